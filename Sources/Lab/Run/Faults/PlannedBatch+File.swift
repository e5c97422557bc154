internal import ASEEDSystem

extension PlannedBatch {
    /// The batch that an engine noted last.
    ///
    /// - Returns: nil when there is no such file or it was cut off: nothing is known then.
    static func read(_ path: String) -> PlannedBatch? {
        guard let text = SmallFile.text(path), let value = try? JSONParser.parse(text),
            let batchID = value["batchId"]?.integer, let most = value["maxRecords"]?.integer
        else { return nil }
        return PlannedBatch(
            batchID: batchID, starts: BatchProgress.positions(value["startOffset"]),
            ends: BatchProgress.positions(value["endOffset"]), maxRecords: most)
    }

    /// Whether a record lies in it.
    func holds(partition: Int, position: Int64) -> Bool {
        guard let start = starts[partition], let end = ends[partition] else { return false }
        return start <= position && position < end
    }
}
