/// The messages to clients that listen, as JSON.
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
    ///
    /// - Parameter live: how the orders rose, when these are orders.
    static func update(
        _ message: DashboardMessage, instanceID: String, live: OrderHistory?, at now: Moment
    ) -> PushMessage {
        let json = update(
            query: message.query, envelope: message.envelope, instanceID: instanceID, at: now,
            live: live, body: message.body)
        return PushMessage(
            .query(message.query), mode: message.envelope.mode, json: json, content: message.body,
            runID: message.envelope.runID)
    }

    static func verification(_ note: VerificationNote) -> PushMessage {
        PushMessage(
            .verification, json: object("verification", note.body), content: note.body)
    }

    static func services(_ body: [UInt8]) -> PushMessage {
        PushMessage(.services, json: object("services", body), content: body)
    }

    private static func object(_ type: String, _ body: [UInt8]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("type", type)
            json.name(type)
            json.raw(body)
        }
        return json.bytes
    }

    /// The open windows of a run in the form of a full update; the latest of them, when there are
    /// very many.
    static func openWindows(
        runID: String, _ run: RunState, instanceID: String, at now: Moment
    ) -> [UInt8]? {
        guard let mark = run.openMark else { return nil }
        var body = JSONWriter()
        body.object { json in
            json.name("windows")
            json.array { json in
                for row in DashboardViews.recentOpenWindows(run) { json.raw(row) }
            }
            json.member("full", true)
            json.member("truncated", run.open.count > DashboardViews.maxShownWindows)
            json.member("run_id", runID)
            DashboardViews.mark(mark, into: &json)
            json.member("query", QueryName.categoryWindows.rawValue)
            json.member("mode", OutputMode.update.rawValue)
        }
        let envelope = Envelope(
            runID: runID, epoch: mark.version.epoch, batchID: mark.version.batchID, mode: .update,
            watermark: mark.watermark, positions: mark.positions)
        return update(
            query: .categoryWindows, envelope: envelope, instanceID: instanceID, at: now,
            live: nil, body: body.bytes)
    }

    private static func update(
        query: QueryName, envelope: Envelope, instanceID: String, at now: Moment,
        live: OrderHistory?, body: [UInt8]
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
            json.member("accepted_ns", now.monotonicNs)
            if let live {
                json.name("live")
                LiveViews.live(live, at: now, into: &json)
            }
            json.name("message")
            json.raw(body)
        }
        return json.bytes
    }
}
