/// The answers to reads.
extension DashboardService {
    /// The services as the monitor last reported them; `unknown` when that is too long ago.
    func services() -> [UInt8] {
        board.json(
            lastPublicationNs: state.newestRun?.state.counters.updatedNs, at: .now())
    }

    /// `GET /api/analytics`
    func analytics() -> [UInt8] {
        let extras = AnalyticsExtras(
            history: history.run == state.newestRun?.id ? history : OrderHistory(), now: .now(),
            verification: verification.body, services: services())
        return DashboardViews.analytics(state, extras)
    }

    /// `GET /api/published`; the run that was written last when none is named.
    func published(runID: String?) -> HTTPReply {
        guard let id = runID ?? state.newestRun?.id else {
            return .error(404, "no run has published yet", instanceID: instanceID)
        }
        guard let run = state.runs[id] else {
            return .error(404, "run \"\(id)\" has published nothing here", instanceID: instanceID)
        }
        return HTTPReply(
            status: 200, body: DashboardViews.published(state, runID: id, run))
    }

    private var uptimeSeconds: Int64 { (SystemClock.monotonicNs() - startedNs) / 1_000_000_000 }

    /// `GET /healthz`
    func health() -> HTTPReply {
        var json = JSONWriter()
        json.object { json in
            json.member("status", storageFailure == nil ? "ok" : "failing")
            json.member("instance_id", instanceID)
            json.member("epoch", state.epoch)
            json.member("uptime_seconds", uptimeSeconds)
            json.member("websocket_clients", clients.webSocket)
            if let storageFailure { json.member("error", storageFailure) }
        }
        return HTTPReply(status: storageFailure == nil ? 200 : 503, body: json.bytes)
    }

    /// `GET /api/status`: one object for scripts.
    func status() -> HTTPReply {
        let run = state.newestRun
        let now = Moment.now()
        let newest = run?.state.newest
        let totals = run?.state.snapshots[.rawOrders]?.parts.totals
        let rate = history.run == run?.id ? history.perMinute(at: now)?.orders : nil
        var json = JSONWriter()
        json.object { json in
            json.member("status", storageFailure == nil ? "ok" : "failing")
            json.member("run_id", run?.id)
            json.member("epoch", state.epoch)
            json.member("batch_id", newest?.version.batchID)
            json.member("watermark", newest?.watermark)
            json.member("total_orders", totals?.orders ?? 0)
            json.member("orders_per_minute", rate)
            json.member("services", board.overall(nowNs: now.monotonicNs))
            json.member("verification", verification.state(of: run?.id))
            json.member("websocket_clients", clients.webSocket)
            json.member("event_stream_clients", clients.events)
            json.member("socket_io_clients", clients.socketIO)
            json.member("uptime_seconds", uptimeSeconds)
            json.member("instance_id", instanceID)
            if let storageFailure { json.member("error", storageFailure) }
        }
        return HTTPReply(status: 200, body: json.bytes)
    }
}
