/// State, store and rules behind the addresses. Belongs to the server's thread.
final class DashboardService {
    /// What one POST led to.
    struct Outcome {
        var reply: HTTPReply
        /// The message to pass on to WebSocket clients, when it was accepted.
        var accepted: DashboardMessage?
    }

    let instanceID: String
    private(set) var state: DashboardState
    private let store: DashboardStore
    private let limits: DashboardState.Limits
    /// Why the last transaction failed; reads go on, writes try again.
    private(set) var storageFailure: String?
    private var orderRate = OrderRate()
    private let startedNs = SystemClock.monotonicNs()
    /// WebSocket clients now connected.
    var subscribers = 0

    init(
        store: DashboardStore, instanceID: String,
        limits: DashboardState.Limits = DashboardState.Limits()
    ) throws(DashboardError) {
        self.store = store
        self.instanceID = instanceID
        self.limits = limits
        state = try store.load(instanceID: instanceID, limits: limits)
    }

    /// Takes the body of a POST. What it changes is on disk before the answer says so.
    func post(_ query: QueryName, _ body: [UInt8]) -> Outcome {
        let message: DashboardMessage
        do {
            message = try MessageParser.parse(body, query: query)
        } catch {
            return Outcome(reply: .error(400, "\(error)", instanceID: instanceID))
        }
        do {
            if storageFailure != nil {
                state = try store.load(instanceID: instanceID, limits: limits)
                storageFailure = nil
            }
            let (verdict, changes) = state.receive(message, nowNs: SystemClock.wallNs())
            if !changes.isEmpty { try store.save(changes) }
            if verdict == .accepted { noteRate(message) }
            return Outcome(
                reply: reply(to: message, verdict), accepted: verdict == .accepted ? message : nil)
        } catch {
            // Whether the transaction reached the disk is unknown: what the file says counts. If it
            // can't be read now either, the next POST tries again before it changes anything.
            storageFailure = "\(error)"
            if let reloaded = try? store.load(instanceID: instanceID, limits: limits) {
                state = reloaded
            }
            return Outcome(reply: .error(503, "\(error)", instanceID: instanceID))
        }
    }

    private func noteRate(_ message: DashboardMessage) {
        guard case .complete(let parts) = message.content, let total = parts.totalOrders else {
            return
        }
        orderRate.note(
            run: message.envelope.runID, total: total, nowNs: SystemClock.monotonicNs())
    }

    private func reply(
        to message: DashboardMessage, _ verdict: DashboardState.Verdict
    ) -> HTTPReply {
        let (code, status, error): (Int, String, String?) =
            switch verdict {
            case .accepted: (200, "success", nil)
            case .stale: (200, "stale", nil)
            case .fenced:
                (
                    409, "fenced",
                    "epoch \(state.epoch) has written; \(message.envelope.epoch) may not"
                )
            case .conflict(let difference): (409, "conflict", difference)
            case .incomplete:
                (409, "incomplete", "no open windows of this run are held; send \"full\": true")
            }
        var json = JSONWriter()
        json.object { json in
            json.member("status", status)
            json.member("instance_id", instanceID)
            json.member("epoch", state.epoch)
            json.member("batch_id", message.envelope.batchID)
            if let error { json.member("error", error) }
        }
        return HTTPReply(status: code, body: json.bytes)
    }

    /// `GET /api/analytics`
    func analytics() -> [UInt8] {
        let rate = state.newestRun.flatMap {
            orderRate.perMinute(run: $0.id, nowNs: SystemClock.monotonicNs())
        }
        return DashboardViews.analytics(state, ordersPerMinute: rate)
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

    /// `GET /healthz`
    func health() -> HTTPReply {
        var json = JSONWriter()
        json.object { json in
            json.member("status", storageFailure == nil ? "ok" : "failing")
            json.member("instance_id", instanceID)
            json.member("epoch", state.epoch)
            json.member(
                "uptime_seconds", (SystemClock.monotonicNs() - startedNs) / 1_000_000_000)
            json.member("websocket_clients", subscribers)
            if let storageFailure { json.member("error", storageFailure) }
        }
        return HTTPReply(status: storageFailure == nil ? 200 : 503, body: json.bytes)
    }
}

/// Orders per minute, from how the published total rose over the last minute.
struct OrderRate: Sendable {
    private static let spanNs: Int64 = 60_000_000_000
    private static let spacingNs: Int64 = 500_000_000
    private var run = ""
    private var samples: [(atNs: Int64, total: Int64)] = []

    /// Notes a published total.
    mutating func note(run: String, total: Int64, nowNs: Int64) {
        if run != self.run || total < samples.last?.total ?? 0 {
            self.run = run
            samples = []
        }
        // The latest sample moves until the next one is due, so that the list stays short.
        if samples.count > 1, nowNs - samples[samples.count - 2].atNs < Self.spacingNs {
            samples.removeLast()
        }
        samples.append((nowNs, total))
        let expired = samples.prefix { nowNs - $0.atNs > Self.spanNs }.count
        samples.removeFirst(max(0, min(expired, samples.count - 1)))
    }

    /// The rate over the last minute, or over as much of it as was seen; nil before two totals.
    func perMinute(run: String, nowNs: Int64) -> Double? {
        guard run == self.run, let first = samples.first, let last = samples.last,
            last.atNs > first.atNs
        else { return nil }
        let minutes = Double(max(nowNs - first.atNs, 1)) / Double(Self.spanNs)
        return (Double(last.total - first.total) / minutes).rounded()
    }
}
