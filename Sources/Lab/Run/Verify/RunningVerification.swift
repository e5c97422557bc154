internal import ASEEDSystem
internal import Verifier

/// Proves the published numbers of a run that goes on, without disturbing it: the results are taken
/// first, then the batch log, then the log is read up to where the batches end.
struct RunningVerification {
    let work: RunVerification
    let dashboard: String
    let token: String
    /// `kafka://…` when the log is a topic, which is copied for each verification.
    var topic: String?

    /// C8 needs a history that is whole: it is checked when the run is over.
    private static let checks = Set(CheckName.allCases).subtracting([.producer])

    /// Judges what the dashboard holds now and tells it.
    func prove() -> LiveProof {
        let begunNs = SystemClock.monotonicNs()
        let cpuNs = SystemClock.processCPUNs()
        var proof = LiveProof(
            state: .unknown, checkedAt: SystemClock.wallNs() / 1_000, takenNs: begunNs, text: "")
        do {
            try judge(&proof)
        } catch {
            proof.text = "\(error)"
        }
        proof.cpuMs = (SystemClock.processCPUNs() - cpuNs) / 1_000_000
        proof.wallMs = (SystemClock.monotonicNs() - begunNs) / 1_000_000
        do {
            try tell(proof)
        } catch {
            proof.untold = "\(error)"
        }
        return proof
    }

    private func judge(_ proof: inout LiveProof) throws {
        let published = try fetch()
        proof.checkedAt = SystemClock.wallNs() / 1_000
        proof.takenNs = SystemClock.monotonicNs()
        guard FileTree.exists(work.folder.checkpointFile) else {
            proof.text = "the engine has no checkpoint yet"
            return
        }
        try FileTree.make(work.folder.scratch)
        defer { FileTree.remove(work.folder.scratch) }
        var evidence = try evidence()
        evidence.published = published.body
        evidence.history = nil
        guard let extent = evidence.cutAtPublished() else {
            proof.text = "nothing is published yet"
            return
        }
        var options = work.runningOptions
        options.checks.formIntersection(Self.checks)
        // Which letters were dropped by that batch is not known any more.
        if evidence.deadLettersDropped > 0 { options.checks.remove(.rejects) }
        let report = try Verifier.verify(evidence, options: options)
        proof.orders = extent.coveredRecords
        proof.batchID = extent.coveredBatch
        switch report.verdict {
        case .passed:
            proof.state = .proved
            proof.text =
                "every published number equals the reference over "
                + "\(Figures.grouped(extent.coveredRecords)) orders"
        case .wrong:
            proof.state = .differs
            let first = report.firstDifference
            proof.text =
                first.map {
                    "\($0.subject) \($0.key): \($0.field) should be \($0.expected), is \($0.got) "
                        + "(\($0.check.rawValue), \($0.faultClass.rawValue))"
                } ?? "\(report.differenceCount) differences"
        case .incomplete:
            let reasons = report.checks.compactMap { check -> String? in
                if case .skipped(let why) = check.outcome { why } else { nil }
            }
            proof.text = reasons.first ?? "not all could be checked"
        }
    }

    /// The checkpoint first, then a log that holds at least what it names.
    private func evidence() throws -> Evidence {
        guard let topic else { return try work.evidence() }
        let copy = "\(work.folder.scratch)/log"
        let settings = work.scenario.log
        let client = try KafkaSettings(
            log: topic, names: KafkaVariables.names(managed: settings.broker == .managed),
            value: Environment.value)
        // What is in the checkpoint now is in the topic for sure when it is read next.
        var batches = Evidence(log: NoRecords(), run: RunDescription())
        try batches.readCheckpoint(path: work.folder.checkpointFile)
        _ = try LogExport(client, folder: copy, partitions: settings.partitions).run()
        var evidence = try work.evidence(logFolder: copy)
        evidence.batches = batches.batches
        evidence.deadLetters = batches.deadLetters
        evidence.deadLettersDropped = batches.deadLettersDropped
        return evidence
    }

    private func fetch() throws -> PublishedState {
        var configuration = HTTPClient.Configuration()
        configuration.timeoutMs = 10_000
        configuration.maxResponseBytes = 1 << 30
        let client = try HTTPClient(configuration: configuration)
        return try PublishedState.fetch(client, dashboard: dashboard, runID: work.folder.id)
    }

    private func tell(_ proof: LiveProof) throws {
        var configuration = HTTPClient.Configuration()
        configuration.timeoutMs = 3_000
        let client = try HTTPClient(configuration: configuration)
        let url = "\(dashboard)/api/verification"
        let response = try client.send(
            HTTPRequest(
                "POST", url,
                headers: [
                    HTTPHeader("Content-Type", "application/json"),
                    HTTPHeader("Authorization", "Bearer \(token)"),
                ], body: proof.message(runID: work.folder.id).bytes))
        guard response.status == 200 else {
            throw RunStop.environment(
                "the dashboard answered \(response.status) to POST \(url): "
                    + String(response.text.prefix(200)))
        }
    }
}

/// A log that holds nothing, for evidence that is read before the log.
private struct NoRecords: RecordSource {
    let name = "no log"
    let partitionCount = 0
    func bounds(of partition: Int) -> Range<Int64> { 0..<0 }
    func forEachRecord(
        in partition: Int, range: Range<Int64>, _ body: (LogRecord) throws -> Void
    ) {}
}
