/// The publisher's thread: takes the next message, sends it, acts on the answer.
final class PublisherWorker {
    private enum Work {
        case snapshot(Publication)
        case finals
        case probe
        case end
    }

    private let configuration: Publisher.Configuration
    private let client: HTTPClient
    private let source: any FinalWindowSource
    private let shared: ConditionLock<PublisherState>
    private var backoff: Backoff
    private var notBeforeNs: Int64 = 0
    private var lastExchangeNs: Int64 = 0
    /// The messages of the oldest batch whose final windows are not acknowledged.
    private var finals: ArraySlice<Publication> = []
    private var finalsWereLast = false

    init(
        configuration: Publisher.Configuration, client: HTTPClient,
        finals source: any FinalWindowSource, shared: ConditionLock<PublisherState>
    ) {
        self.configuration = configuration
        self.client = client
        self.source = source
        self.shared = shared
        backoff = Backoff(
            firstMs: configuration.firstBackoffMs, maxMs: configuration.maxBackoffMs,
            seed: configuration.seed)
    }

    /// Works until the publisher is stopped or fenced.
    func run() {
        while true {
            let work = next()
            if case .end = work { return }
            switch work {
            case .snapshot(let publication): send(snapshot: publication)
            case .finals: sendFinals()
            case .probe: probe()
            case .end: return
            }
        }
    }

    private func next() -> Work {
        pauseAfterFailure()
        let probeNs = lastExchangeNs + Int64(configuration.probeIntervalMs) * 1_000_000
        let finalsFirst = !finalsWereLast
        let work = shared.wait(untilNs: probeNs) { state -> Work? in
            if state.stopping || state.fencedBy != nil { return .end }
            if state.finalsOutstanding, finalsFirst || state.waiting.isEmpty { return .finals }
            return state.takeSnapshot().map { .snapshot($0) }
        }
        return work ?? .probe
    }

    /// Waits out the backoff; only a stop cuts it short.
    private func pauseAfterFailure() {
        guard notBeforeNs > SystemClock.monotonicNs() else { return }
        _ = shared.wait(untilNs: notBeforeNs) { $0.stopping ? true : nil }
    }

    private func send(snapshot: Publication) {
        finalsWereLast = false
        switch postParts(snapshot) {
        case .taken(let newInstance):
            let keep = newInstance && isDelta(snapshot)
            shared.update {
                $0.inFlight = nil
                if !keep { $0.acknowledged[snapshot.query] = snapshot.batchID }
            }
        case .incomplete:
            shared.update {
                $0.inFlight = nil
                $0.acknowledged[snapshot.query] = nil
                $0.statistics.dropped += 1
            }
        case .refused, .conflict: shared.update { $0.inFlight = nil }
        case .failed, .fenced: shared.update { $0.putBack(snapshot) }
        }
    }

    private func sendFinals() {
        finalsWereLast = true
        if finals.isEmpty, !fetchFinals() { return }
        guard let message = finals.first else { return }
        switch post(message, message.body) {
        case .taken(let newInstance) where newInstance:
            finals = []  // the new instance gets all of them, from the first batch on
        // A conflict fails the run; sending the same value again would not change it.
        case .taken, .conflict:
            finals.removeFirst()
            if finals.isEmpty {
                shared.update { $0.finalsAcknowledged = message.batchID }
            }
        case .refused, .incomplete: fail("final windows of batch \(message.batchID) were refused")
        case .failed, .fenced: break
        }
    }

    /// Reads the next batch with final windows from the outbox.
    private func fetchFinals() -> Bool {
        let (after, target) = shared.read { ($0.finalsAcknowledged ?? -1, $0.finalsTarget) }
        do {
            finals = try source.nextFinals(afterBatch: after, maxRows: configuration.maxFinalRows)[
                ...]
        } catch {
            fail("reading final windows after batch \(after): \(error)")
            return false
        }
        guard finals.isEmpty else { return true }
        shared.update { state in
            guard state.finalsTarget == target else { return }
            state.finalsOutstanding = false
            if let target { state.finalsAcknowledged = max(target, state.finalsAcknowledged ?? -1) }
        }
        return false
    }

    private func probe() {
        lastExchangeNs = SystemClock.monotonicNs()
        do {
            let identity = try DashboardIdentity.read(
                client: client, baseURL: configuration.baseURL, token: configuration.token)
            _ = meet(identity.instanceID)
            backoff.succeed()
            if identity.epoch > configuration.epoch {
                shared.update {
                    $0.fencedBy = identity.epoch
                    $0.note(failure: "fenced by epoch \(identity.epoch)")
                }
            }
        } catch {
            fail("\(error)")
        }
    }

    private func meet(_ instanceID: String) -> Bool {
        let isNew = shared.update { $0.meet(instanceID: instanceID, isDelta: isDelta) }
        if isNew { finals = [] }
        return isNew
    }

    /// Whether a message only says what changed since an acknowledged one.
    private func isDelta(_ publication: Publication) -> Bool {
        guard publication.mode == .update else { return false }
        // The body was written by the engine; one that can't be read is refused by the dashboard.
        let json = try? JSONParser.parse(publication.body)
        return json?["full"]?.bool != true
    }
}

extension PublisherWorker {
    fileprivate enum Outcome {
        case taken(newInstance: Bool)
        case fenced
        case conflict
        case incomplete
        case refused
        case failed
    }

    /// Sends all parts of a message, up to the first that is not taken.
    ///
    /// After a failure all parts are sent again: the dashboard starts over at the first.
    private func postParts(_ publication: Publication) -> Outcome {
        var outcome = post(publication, publication.body)
        var metNew = false
        for part in publication.furtherParts {
            guard case .taken(let newInstance) = outcome else { return outcome }
            metNew = metNew || newInstance
            outcome = post(publication, part)
        }
        guard case .taken(let newInstance) = outcome else { return outcome }
        return .taken(newInstance: metNew || newInstance)
    }

    private func post(_ publication: Publication, _ body: [UInt8]) -> Outcome {
        var request = HTTPRequest(
            "POST", DashboardURL.join(configuration.baseURL, publication.query.path),
            headers: [HTTPHeader("Content-Type", "application/json")], body: body)
        if let token = configuration.token {
            request.headers.append(HTTPHeader("Authorization", "Bearer \(token)"))
        }
        let startNs = SystemClock.monotonicNs()
        shared.update {
            $0.statistics.sent += 1
            if backoff.failures > 0 { $0.statistics.retries += 1 }
            $0.statistics.bytesSent += Int64(body.count)
        }
        do {
            let response = try client.send(request)
            lastExchangeNs = SystemClock.monotonicNs()
            return judge(DashboardAnswer(response), publication, lastExchangeNs - startNs)
        } catch {
            lastExchangeNs = SystemClock.monotonicNs()
            fail("\(error)")
            return .failed
        }
    }

    private func judge(
        _ answer: DashboardAnswer, _ publication: Publication, _ durationNs: Int64
    ) -> Outcome {
        let what = "\(publication.query.path) of batch \(publication.batchID)"
        guard let instanceID = answer.instanceID else {
            fail("\(what): status \(answer.httpStatus) is no dashboard's answer")
            return .failed
        }
        let isNew = meet(instanceID)
        switch (answer.httpStatus, answer.status) {
        case (200, _):
            backoff.succeed()
            shared.update {
                $0.statistics.acknowledged += 1
                if answer.status == "stale" { $0.statistics.stale += 1 }
                $0.statistics.lastAcknowledgedNs[publication.query] = SystemClock.monotonicNs()
                $0.statistics.lastDurationNs = durationNs
            }
            return .taken(newInstance: isNew)
        case (409, "fenced"):
            let epoch = answer.epoch ?? configuration.epoch + 1
            shared.update {
                $0.fencedBy = epoch
                $0.note(failure: "\(what): fenced by epoch \(epoch)")
            }
            return .fenced
        case (409, "incomplete"):
            backoff.succeed()
            return .incomplete
        case (409, _):
            backoff.succeed()
            shared.update {
                $0.statistics.conflicts += 1
                $0.note(failure: "\(what): \(answer.error ?? "conflict")")
            }
            return .conflict
        case (400, _), (413, _), (415, _):
            shared.update {
                $0.statistics.refused += 1
                $0.note(failure: "\(what): \(answer.httpStatus): \(answer.error ?? "refused")")
            }
            return .refused
        default:
            fail("\(what): \(answer.httpStatus): \(answer.error ?? "no reason given")")
            return .failed
        }
    }

    private func fail(_ reason: String) {
        notBeforeNs = SystemClock.monotonicNs() + backoff.fail()
        shared.update { $0.note(failure: reason) }
    }
}
