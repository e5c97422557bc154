internal import ASEEDSystem
internal import Verifier

/// The verification of one run's folder.
struct RunVerification: Sendable {
    let scenario: Scenario
    let folder: RunFolder
    /// Whether all was committed and shown when the run ended.
    let isDrained: Bool

    /// Compares all that the run published with the reference. Takes a while: some seconds for a
    /// million orders.
    func verify(_ tables: CheckpointTables) throws -> VerificationReport {
        let log = try LogRecordSource(FileLog(opening: folder.log), name: folder.log)
        let published: [UInt8]? =
            scenario.services.dashboard ? try TextFile.read(folder.file("published.json")) : nil
        let evidence = Evidence(
            log: log, run: description, batches: tables.batches, deadLetters: tables.deadLetters,
            deadLettersDropped: tables.deadLettersDropped,
            history: RunHistory(path: folder.history), published: published)
        return try Verifier.verify(evidence, options: options)
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

    private var options: VerifierOptions {
        VerifierOptions(
            checks: Set(scenario.verify.checks.compactMap(CheckName.init)),
            queries: Set(scenario.verify.queries.compactMap(VerifierOptions.Query.init)),
            maxDifferences: scenario.verify.maxDifferences, explain: scenario.verify.explain,
            scratchFolder: folder.data)
    }
}
