/// A partitioned, ordered, replayable log of orders, as its readers see it (R1–R3).
///
/// Called once a batch, never once an order, so a simulated log can stand in for a real one.
public protocol OrderLog: Sendable {
    /// What tells this log from every other one (R4).
    var identity: String { get }
    /// What its positions count.
    var unit: PositionUnit { get }
    /// The partitions are 0 ..< this. It may grow while the log is followed (R5).
    func partitionCount() throws(LogError) -> Int
    /// The position of the first record that can be read.
    func startPosition(of partition: Int) throws(LogError) -> Int64
    /// The position after the last whole record now in the log (R3); a torn tail is not counted.
    func endPosition(of partition: Int) throws(LogError) -> Int64
    /// Tells where the reading of partitions 0, 1, … will begin.
    func prepare(from positions: [Int64]) throws(LogError)
    /// Opens a partition for reading.
    func source(of partition: Int) throws(LogError) -> LogSource
    /// Tells that everything before these positions is in a checkpoint, for those who look on.
    func noteCommitted(_ positions: [Int64])
}

extension OrderLog {
    /// Nothing: not every log reads ahead.
    public func prepare(from positions: [Int64]) throws(LogError) {}
    /// Nothing: not every log tells others.
    public func noteCommitted(_ positions: [Int64]) {}
}

/// What the positions of a log count.
public enum PositionUnit: String, Sendable {
    /// Bytes, line feeds included.
    case bytes
    /// Records, and what else has an offset.
    case records
}

/// A partition as its reader gets it.
public enum LogSource {
    /// Lines of text, positions are byte offsets.
    case bytes(any PartitionReader)
    /// Records that have positions of their own.
    case records(any RecordReader)
}

/// Reads one partition's bytes. Belongs to one thread.
public protocol PartitionReader: AnyObject {
    /// Copies bytes of the partition, records with the line feed after each, from `position` on.
    ///
    /// - Returns: how many bytes were copied: all up to `end`, or as many as the buffer takes; the
    ///   last record may be cut by the buffer's end.
    func read(
        from position: Int64, upTo end: Int64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(LogError) -> Int
}

/// Reads one partition's records. Used by one thread at a time.
public protocol RecordReader: AnyObject {
    /// Stages the next records from `position` on.
    ///
    /// A record that was staged is staged again by a call with a position that is not after it.
    ///
    /// - Parameters:
    ///   - end: no record at or after it is staged.
    ///   - maxRecords: stage no more.
    ///   - waitMs: how long the first record is waited for when none is at hand.
    func stage(
        from position: Int64, upTo end: Int64, maxRecords: Int, into block: RecordBlock,
        waitMs: Int32
    ) throws(LogError) -> StagedRecords
}

/// What a reader of records has staged.
public enum StagedRecords {
    /// The block holds one record or more, none with a line feed inside.
    case block
    /// One record that must be judged by itself: it holds line feeds, or is larger than a block.
    /// Its bytes are lent until the next call.
    case single(UnsafeRawBufferPointer, position: Int64)
    /// No record lies between the position asked for and this one.
    case gap(end: Int64)
    /// Nothing has come yet.
    case notYet
    /// Nothing has come for so long that it is not worth waiting within this batch.
    case stalled
}

/// Why a log can't be read or written.
public enum LogError: Error, Equatable, CustomStringConvertible {
    /// A system call failed.
    case system(SystemError)
    /// The folder is no log: what is missing or wrong in it.
    case notALog(path: String, reason: String)
    /// Another process writes this partition.
    case locked(path: String, pid: Int32)
    /// The log shrank or a position is outside of it.
    case outOfRange(path: String, position: Int64, start: Int64, end: Int64)
    /// Records that are in the log did not come.
    case stalled(log: String, partition: Int, position: Int64, end: Int64, waitedMs: Int64)
    /// The log is a folder of recorded data and is never written into.
    case readOnly(path: String)
    /// A block was not, or not wholly, appended: its first `keptBytes` bytes (whole lines) are in
    /// the log and acknowledged, the rest is not in it.
    case notAcknowledged(path: String, keptBytes: Int, reason: SystemError)
    /// Whether the last block is in the log is unknown; the writer takes no more.
    case unknownOutcome(path: String, reason: SystemError)
    /// Something about a log on Kafka.
    case kafka(KafkaError)

    /// What failed, where, and what to do next.
    public var description: String {
        switch self {
        case .system(let error): "order log: \(error)"
        case .notALog(let path, let reason):
            "order log: \(path) is no order log: \(reason)"
        case .locked(let path, let pid):
            "order log: \(path) is being written by process \(pid); stop it, or write another log"
        case .outOfRange(let path, let position, let start, let end):
            "order log: position \(position) is outside of \(path), which holds \(start) to \(end); "
                + "was the log replaced? Use the log that the checkpoint was made from"
        case .stalled(let log, let partition, let position, let end, let waitedMs):
            "order log: no record of partition \(partition) of \(log) came in \(waitedMs) ms, though "
                + "positions \(position) to \(end) are unread; is the broker running?"
        case .readOnly(let path):
            "order log: \(path) has no log.json, so it is recorded data and is only read; "
                + "write into another folder"
        case .notAcknowledged(let path, let kept, let reason):
            "order log: \(path) did not take the orders (\(reason)); \(kept) bytes of the block "
                + "are in the log, the rest is not acknowledged; free space and append again"
        case .unknownOutcome(let path, let reason):
            "order log: whether \(path) holds the last orders is unknown (\(reason)); "
                + "check the disk, then open the log again"
        case .kafka(let error): "order log: \(error)"
        }
    }
}
