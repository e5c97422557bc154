internal import ASEEDSystem
internal import Verifier

/// The verification of one run's folder.
struct RunVerification: Sendable {
    let scenario: Scenario
    let folder: RunFolder
    /// Whether all was committed and shown when the run ended.
    let isDrained: Bool

    /// Whether the folder still has what a verification needs.
    var isPossible: Bool {
        FileTree.exists(folder.log) && FileTree.exists(folder.checkpointFile)
    }

    /// Compares all that the run published with the reference. Takes a while: some seconds for a
    /// million orders.
    func verify() throws -> VerificationReport {
        try FileTree.make(folder.scratch)
        defer { FileTree.remove(folder.scratch) }
        return try Verifier.verify(evidence(), options: options)
    }

    /// What the run left behind to be judged.
    ///
    /// - Parameter logFolder: where the log is, or a copy of it; by default where the run keeps it.
    func evidence(logFolder: String? = nil) throws -> Evidence {
        let published = folder.file("published.json")
        var evidence = Evidence(log: try log(logFolder ?? folder.log), run: description)
        try evidence.readCheckpoint(path: folder.checkpointFile)
        if FileTree.exists(folder.history) { evidence.history = RunHistory(path: folder.history) }
        if FileTree.exists(published) { evidence.published = try TextFile.read(published) }
        return evidence
    }

    private func log(_ path: String) throws(VerifierError) -> any RecordSource {
        switch scenario.log.kind {
        case .file: try FolderLog(folder: path)
        case .kafka: try ExportedLog(folder: path)
        }
    }

    private var description: RunDescription {
        let engine = scenario.engine
        return RunDescription(
            windows: engine.windows.map { .init(sizeMs: $0.sizeMs, slideMs: $0.slideMs) },
            watermarkDelayMs: engine.watermarkDelayMs,
            policy: engine.policy == .record ? .record : .batch,
            deadLetterLimit: engine.deadLetterLimit, futureBound: scenario.load.eventTimeMax,
            drained: isDrained)
    }

    /// How to judge a run that goes on.
    var runningOptions: VerifierOptions {
        var options = options
        options.isRunning = true
        return options
    }

    private var options: VerifierOptions {
        VerifierOptions(
            checks: Set(scenario.verify.checks.compactMap(CheckName.init)),
            queries: Set(scenario.verify.queries.compactMap(VerifierOptions.Query.init)),
            maxDifferences: scenario.verify.maxDifferences, explain: scenario.verify.explain,
            scratchFolder: folder.scratch)
    }
}

/// How many records each batch rejected, by reason.
struct RejectCounts: Equatable, Sendable {
    private(set) var byBatch: [Int64: [String: Int64]] = [:]
    private(set) var byReason: [String: Int64] = [:]

    /// Counts the dead letters that the checkpoint kept.
    init(_ letters: [DeadLetter]) {
        for letter in letters {
            byBatch[letter.batchID, default: [:]][letter.reason, default: 0] += 1
            byReason[letter.reason, default: 0] += 1
        }
    }
}
