/// State, store and rules behind the addresses. Belongs to the server's thread.
final class DashboardService {
    /// What a body is for.
    enum PostTarget: Hashable, Sendable {
        case query(QueryName)
        /// The same, from a client without the token: bodies of the original only.
        case original(QueryName)
        case verification
        case services
    }

    /// What one POST led to.
    struct Outcome {
        var reply: HTTPReply
        /// What to pass on to the clients that listen, when something was accepted.
        var push: PushMessage?
    }

    let instanceID: String
    private(set) var state: DashboardState
    private let store: DashboardStore
    private let limits: DashboardState.Limits
    /// Why the last transaction failed; reads go on, writes try again.
    private(set) var storageFailure: String?
    private(set) var history = OrderHistory()
    private(set) var verification: VerificationNote
    var board = ServiceBoard()
    private var parts = PartAssembly()
    let metrics = ServerMetrics()
    let startedWallNs = SystemClock.wallNs()
    let startedNs = SystemClock.monotonicNs()
    /// Rises with everything that is taken.
    private(set) var revision: Int64 = 0
    /// Connections now open.
    var connections = 0
    /// Clients that listen now.
    var clients = ClientCounts()

    init(
        store: DashboardStore, instanceID: String,
        limits: DashboardState.Limits = DashboardState.Limits()
    ) throws(DashboardError) {
        self.store = store
        self.instanceID = instanceID
        self.limits = limits
        state = try store.load(instanceID: instanceID, limits: limits)
        verification = try store.verification()
        // What was there before did not arrive now.
        if let run = state.newestRun, let totals = run.state.snapshots[.rawOrders]?.parts.totals {
            history.begin(run: run.id, totals: totals, at: .now())
        }
    }

    /// Takes the body of a POST. What it changes is on disk before the answer says so.
    func post(_ target: PostTarget, _ body: [UInt8]) -> Outcome {
        switch target {
        case .query(let query): post(query, body)
        case .original(let query): post(query, body, isAuthorized: false)
        case .verification: postVerification(body)
        case .services: postServices(body)
        }
    }

    func post(_ query: QueryName, _ body: [UInt8], isAuthorized: Bool = true) -> Outcome {
        do {
            let json = try MessageParser.object(body)
            if query != .categoryWindows, OriginalBody.matches(json) {
                let original = OriginalBody(query: query, json: json)
                return take(
                    try original.message(
                        after: state.runs[OriginalBody.runID], epoch: state.epoch, now: .now()))
            }
            guard isAuthorized else {
                return Outcome(
                    reply: .error(
                        401, "a body with a run_id needs the header Authorization: Bearer TOKEN",
                        instanceID: instanceID))
            }
            return take(try MessageParser.message(json, body, query: query))
        } catch {
            metrics.took(query, "refused")
            return refused(error)
        }
    }

    private func refused(_ error: MessageError) -> Outcome {
        Outcome(reply: .error(400, "\(error)", instanceID: instanceID))
    }

    private func take(_ message: DashboardMessage) -> Outcome {
        guard let part = message.part, message.envelope.epoch >= state.epoch else {
            return receive(message)
        }
        switch parts.take(message, part) {
        case .waiting: return Outcome(reply: reply(to: message, .accepted))
        case .whole(let whole): return receive(whole)
        case .incomplete: return Outcome(reply: reply(to: message, .incomplete))
        }
    }

    private func receive(_ message: DashboardMessage) -> Outcome {
        do {
            try reloadAfterFailure()
            let (verdict, changes) = state.receive(message, nowNs: SystemClock.wallNs())
            if !changes.isEmpty { try store.save(changes) }
            metrics.took(message.query, verdict.word)
            let push = verdict == .accepted ? accepted(message) : nil
            return Outcome(reply: reply(to: message, verdict), push: push)
        } catch {
            return failed(error)
        }
    }

    private func reloadAfterFailure() throws(DashboardError) {
        guard storageFailure != nil else { return }
        state = try store.load(instanceID: instanceID, limits: limits)
        storageFailure = nil
    }

    /// Whether the transaction reached the disk is unknown: what the file says counts. If it can't
    /// be read now either, the next POST tries again before it changes anything.
    private func failed(_ error: DashboardError) -> Outcome {
        storageFailure = "\(error)"
        if let reloaded = try? store.load(instanceID: instanceID, limits: limits) {
            state = reloaded
        }
        return Outcome(reply: .error(503, "\(error)", instanceID: instanceID))
    }

    private func accepted(_ message: DashboardMessage) -> PushMessage? {
        revision += 1
        let now = Moment.now()
        var live: OrderHistory?
        if case .complete(let parts) = message.content, let totals = parts.totals {
            history.note(
                run: message.envelope.runID, totals: totals,
                isFirstBatch: message.envelope.batchID == 0, at: now)
            live = history
        }
        guard clients.total > 0 else { return nil }
        // What the newest windows of many are can be seen in the state alone.
        if case .open(let rows, _) = message.content,
            rows.count > DashboardViews.maxShownWindows || message.body.isEmpty,
            let run = state.runs[message.envelope.runID],
            let json = PushMessages.openWindows(
                runID: message.envelope.runID, run, instanceID: instanceID, at: now)
        {
            return PushMessage(
                .query(.categoryWindows), mode: .update, json: json, runID: message.envelope.runID)
        }
        return PushMessages.update(message, instanceID: instanceID, live: live, at: now)
    }

    private func postVerification(_ body: [UInt8]) -> Outcome {
        do {
            let json = try MessageParser.report(body, MessageSchema.verification)
            let note = VerificationNote(json)
            try reloadAfterFailure()
            try store.save(verification: note)
            verification = note
            revision += 1
            return Outcome(reply: success(), push: PushMessages.verification(note))
        } catch let error as MessageError {
            return refused(error)
        } catch let error as DashboardError {
            return failed(error)
        } catch {
            return Outcome(reply: .error(500, "\(error)", instanceID: instanceID))
        }
    }

    private func postServices(_ body: [UInt8]) -> Outcome {
        do {
            let json = try MessageParser.report(body, MessageSchema.services)
            board.take(json, nowNs: SystemClock.monotonicNs())
            revision += 1
            return Outcome(reply: success(), push: PushMessages.services(services()))
        } catch {
            return refused(error)
        }
    }

    private func success() -> HTTPReply {
        var json = JSONWriter()
        json.object { json in
            json.member("status", "success")
            json.member("instance_id", instanceID)
        }
        return HTTPReply(status: 200, body: json.bytes)
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
}

/// How many clients listen, by how they do.
struct ClientCounts: Sendable {
    var webSocket = 0
    var events = 0
    var socketIO = 0
    var total: Int { webSocket + events + socketIO }
}
