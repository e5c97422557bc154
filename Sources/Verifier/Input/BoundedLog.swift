/// A log that grows, as it was up to fixed ends: what comes after them is not there.
struct BoundedLog: RecordSource {
    let log: any RecordSource
    /// The end of each partition.
    let ends: [Int64]

    var name: String { log.name }
    var partitionCount: Int { ends.count }

    func bounds(of partition: Int) throws -> Range<Int64> {
        let bounds = try log.bounds(of: partition)
        return bounds.clamped(to: Int64.min..<ends[partition])
    }

    func forEachRecord(
        in partition: Int, range: Range<Int64>, _ body: (LogRecord) throws -> Void
    ) throws {
        try log.forEachRecord(
            in: partition, range: range.clamped(to: Int64.min..<ends[partition]), body)
    }
}
