/// How far a running system's published results go.
public struct PublishedExtent: Equatable, Sendable {
    /// The newest batch that a published result holds.
    public let newestBatch: Int64
    /// The newest batch that every query's result covers; nil while a query has none.
    public let coveredBatch: Int64?
    /// Records in the batches up to `coveredBatch`: each published result holds all of them.
    public let coveredRecords: Int64
}

extension Evidence {
    /// Cuts the evidence of a running system at what was published: batches that came later, their
    /// dead letters and their records in the log are left out, and nothing is expected to be drained.
    ///
    /// The published results must have been taken first, then the checkpoint's rows.
    ///
    /// - Returns: how far the results go; nil when nothing was published, which leaves the evidence
    ///   as it was.
    public mutating func cutAtPublished() -> PublishedExtent? {
        guard let text = published, let batches else { return nil }
        let results: PublishedResults
        do throws(JSONTreeError) {
            results = try PublishedResults(text)
        } catch {
            // The checks tell what can't be read.
            return nil
        }
        var held = VerifierOptions.Query.allCases.filter { $0 != .categoryWindows }
            .map { results.integer64(results.snapshot($0)?["batch_id"]) }
        held.append(results.integer64(results.windows?["batch_id"]))
        let finals = (results.windows?["final"]?.elements ?? []).map {
            results.integer64($0["batch_id"])
        }
        guard let newest = (held + finals).compactMap({ $0 }).max() else { return nil }
        let kept = batches.filter { $0.batchID <= newest }
        var ends = [Int64](repeating: 0, count: log.partitionCount)
        for row in kept where ends.indices.contains(row.partition) {
            ends[row.partition] = max(ends[row.partition], row.end)
        }
        self.batches = kept
        deadLetters = deadLetters?.filter { $0.batchID <= newest }
        log = BoundedLog(log: log, ends: ends)
        run.drained = false
        let whole = held.compactMap { $0 }
        let covered = whole.count == held.count ? whole.min() : nil
        return PublishedExtent(
            newestBatch: newest, coveredBatch: covered,
            coveredRecords: covered.map { covered in
                kept.filter { $0.batchID <= covered }.reduce(0) { $0 + $1.records }
            } ?? 0)
    }
}
