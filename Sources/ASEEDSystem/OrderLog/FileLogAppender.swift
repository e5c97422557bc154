/// All partitions of a file log, for whoever writes any log. Answers at once.
public final class FileLogAppender: OrderLogWriter {
    private let writers: [FileLogWriter]

    /// Opens partitions 0 ..< `partitions` for appending.
    ///
    /// - Throws: `LogError.locked` when a living process writes one of them.
    public init(_ log: FileLog, partitions: Int, fsync: FileLog.Fsync) throws(LogError) {
        writers = try (0..<partitions).map { partition throws(LogError) in
            try log.writer(of: partition, fsync: fsync)
        }
    }

    /// Bytes.
    public var unit: PositionUnit { .bytes }
    /// As many as were opened.
    public var partitions: Int { writers.count }
    /// The end of the partition's file.
    public func nextPosition(of partition: Int) -> Int64? { writers[partition].position }
    /// Never: an append waits until it is done.
    public var isFull: Bool { false }

    /// Writes the block; it is acknowledged by returning.
    public func append(
        _ block: UnsafeRawBufferPointer, to partition: Int, ticket: Int64
    ) throws(LogError) -> Bool {
        try writers[partition].append(block)
        return true
    }

    /// None: everything is answered at once.
    public func takeReceipts(untilNs: Int64) -> [AppendReceipt] { [] }
    /// None: an append throws.
    public var failure: LogError? { nil }
    /// Nothing waits for an answer.
    public func abandon() {}
}
