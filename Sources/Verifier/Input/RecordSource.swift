/// One record of a log, lent to the callback that receives it.
public struct LogRecord {
    /// The record's position in its partition (R1).
    public let position: Int64
    /// The position after the record (R3): where the next batch range may start.
    public let nextPosition: Int64
    /// The record itself.
    public let bytes: UnsafeRawBufferPointer
    /// The bytes that a batch's checksum covers for this record: the line with its line feed.
    public let covered: UnsafeRawBufferPointer

    /// Lends a record.
    public init(
        position: Int64, nextPosition: Int64, bytes: UnsafeRawBufferPointer,
        covered: UnsafeRawBufferPointer
    ) {
        self.position = position
        self.nextPosition = nextPosition
        self.bytes = bytes
        self.covered = covered
    }
}

/// The log as the verifier sees it. It is read several times, always in position order.
public protocol RecordSource {
    /// What a person finds the log by: a folder, a topic.
    var name: String { get }
    /// The partitions are 0 ..< this.
    var partitionCount: Int { get }
    /// The first position, and the position after the last whole record (R3).
    func bounds(of partition: Int) throws -> Range<Int64>
    /// Calls `body` with each record whose position lies in `range`, in position order.
    ///
    /// A range that starts inside of a record names the records that start in it.
    func forEachRecord(
        in partition: Int, range: Range<Int64>, _ body: (LogRecord) throws -> Void
    ) throws
}
