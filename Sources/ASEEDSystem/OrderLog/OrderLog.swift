/// A partitioned, ordered, replayable log of orders, as its readers see it (R1–R3).
///
/// Called once a batch, never once an order, so a simulated log can stand in for a real one.
public protocol OrderLog: Sendable {
    /// What tells this log from every other one (R4).
    var identity: String { get }
    /// The partitions are 0 ..< this. It may grow while the log is followed (R5).
    func partitionCount() throws(LogError) -> Int
    /// The position of the first record that can be read.
    func startPosition(of partition: Int) throws(LogError) -> Int64
    /// The position after the last whole record now in the log (R3); a torn tail is not counted.
    func endPosition(of partition: Int) throws(LogError) -> Int64
    /// Opens a partition for reading.
    func reader(of partition: Int) throws(LogError) -> any PartitionReader
    /// What the difference of two positions counts.
    var positionUnit: PositionUnit { get }
}

/// What positions of a log count.
public enum PositionUnit: String, Sendable {
    /// Bytes of a file.
    case bytes
    /// Records, as good as: offsets may have gaps.
    case records
}

extension OrderLog {
    /// Bytes, unless the log says otherwise.
    public var positionUnit: PositionUnit { .bytes }
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
    /// The log is a folder of recorded data and is never written into.
    case readOnly(path: String)
    /// A block was not, or not wholly, appended: its first `keptBytes` bytes (whole lines) are in
    /// the log and acknowledged, the rest is not in it.
    case notAcknowledged(path: String, keptBytes: Int, reason: SystemError)
    /// Whether the last block is in the log is unknown; the writer takes no more.
    case unknownOutcome(path: String, reason: SystemError)

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
        case .readOnly(let path):
            "order log: \(path) has no log.json, so it is recorded data and is only read; "
                + "write into another folder"
        case .notAcknowledged(let path, let kept, let reason):
            "order log: \(path) did not take the orders (\(reason)); \(kept) bytes of the block "
                + "are in the log, the rest is not acknowledged; free space and append again"
        case .unknownOutcome(let path, let reason):
            "order log: whether \(path) holds the last orders is unknown (\(reason)); "
                + "check the disk, then open the log again"
        }
    }
}
