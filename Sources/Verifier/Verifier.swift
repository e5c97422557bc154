/// Recomputes a run's results from its log, in SQL, and compares all that the run published.
public enum Verifier {
    /// Verifies a run.
    ///
    /// - Returns: the report; faults of the run are in it, not thrown.
    /// - Throws: `VerifierError` when the log or the scratch database fails.
    public static func verify(
        _ evidence: Evidence, options: VerifierOptions = VerifierOptions()
    ) throws -> VerificationReport {
        try Verification(evidence, options).report()
    }

    /// The answer that an engine must give for a log: the JSON object of `lab engine --format json`.
    ///
    /// - Parameter batches: how the engine cut the log; without it the log is one batch (and under
    ///   policy `batch` the empty one after it, R35).
    public static func referenceAnswer(
        log: any RecordSource, run: RunDescription, batches: [BatchLogRow]? = nil,
        scratchFolder: String? = nil
    ) throws -> String {
        let reference = try Reference(
            log: log, run: run, batches: try batches ?? Reference.singleBatch(of: log, run: run),
            scratchFolder: scratchFolder)
        return try ReferenceAnswer(reference: reference).json()
    }
}
