/// The messages to WebSocket clients.
enum PushMessages {
    /// The first message: all that `GET /api/analytics` says.
    static func snapshot(_ analytics: [UInt8]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("type", "snapshot")
            json.name("data")
            json.raw(analytics)
        }
        return json.bytes
    }

    /// An accepted message: its envelope at the top, for quick reading, and all of it as received.
    static func update(_ message: DashboardMessage, instanceID: String) -> [UInt8] {
        update(
            query: message.query, envelope: message.envelope, instanceID: instanceID,
            body: message.body)
    }

    /// All open windows of a run in the form of a full update.
    static func openWindows(runID: String, _ run: RunState, instanceID: String) -> [UInt8]? {
        guard let mark = run.openMark else { return nil }
        var body = JSONWriter()
        body.object { json in
            json.name("windows")
            json.array { json in
                for (_, row) in run.open.sorted(by: { $0.key < $1.key }) { json.raw(row.json) }
            }
            json.member("full", true)
            json.member("run_id", runID)
            DashboardViews.mark(mark, into: &json)
            json.member("query", QueryName.categoryWindows.rawValue)
            json.member("mode", OutputMode.update.rawValue)
        }
        let envelope = Envelope(
            runID: runID, epoch: mark.version.epoch, batchID: mark.version.batchID, mode: .update,
            watermark: mark.watermark, positions: mark.positions)
        return update(
            query: .categoryWindows, envelope: envelope, instanceID: instanceID, body: body.bytes)
    }

    private static func update(
        query: QueryName, envelope: Envelope, instanceID: String, body: [UInt8]
    ) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("type", "update")
            json.member("query", query.rawValue)
            json.member("mode", envelope.mode.rawValue)
            json.member("run_id", envelope.runID)
            json.member("epoch", envelope.epoch)
            json.member("batch_id", envelope.batchID)
            json.member("watermark", envelope.watermark)
            json.name("positions")
            DashboardViews.positions(envelope.positions, into: &json)
            json.member("instance_id", instanceID)
            json.member("accepted_ns", SystemClock.monotonicNs())
            json.name("message")
            json.raw(body)
        }
        return json.bytes
    }
}
