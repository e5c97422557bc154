internal import Glibc

/// A log in a folder: `log.json` and `partition-N.jsonl`, a record a line (R2).
///
/// A position is the byte offset of a record. A folder with partition files and no `log.json` is
/// recorded data: a log that is read and never written.
public struct FileLog: OrderLog {
    /// When an appended block is on disk.
    public enum Fsync: String, CaseIterable, Sendable {
        /// When the system writes it back.
        case never
        /// Before it is acknowledged.
        case always
    }

    /// The most partitions a log has.
    public static let maxPartitions = 1_024

    /// The folder.
    public let path: String
    /// What tells this log from every other one (R4).
    public let identity: String
    /// Whether the folder is recorded data without `log.json`.
    public let isReadOnly: Bool

    /// Opens an existing log.
    ///
    /// - Throws: `LogError.notALog` when the folder holds none.
    public init(opening path: String) throws(LogError) {
        let absolute = try FileLogFolder.absolute(path)
        self.path = path
        if let manifest = try FileLogManifest(folder: path) {
            identity = manifest.id
            isReadOnly = false
            return
        }
        guard try FileLogFolder.partitionsPresent(in: path) > 0 else {
            throw .notALog(
                path: path, reason: "it has neither log.json nor partition-0.jsonl")
        }
        identity = "files:" + Self.digest(absolute)
        isReadOnly = true
    }

    private init(path: String, manifest: FileLogManifest) {
        self.path = path
        identity = manifest.id
        isReadOnly = false
    }

    /// Makes a new, empty log; the folder is made when missing.
    ///
    /// - Throws: `LogError.notALog` when the folder already holds a log or partition files.
    public static func create(at path: String, partitions: Int) throws(LogError) -> FileLog {
        precondition((1...maxPartitions).contains(partitions), "1 to 1024 partitions")
        try FileLogFolder.make(path)
        guard try FileLogManifest(folder: path) == nil,
            try FileLogFolder.partitionsPresent(in: path) == 0
        else {
            throw .notALog(
                path: path, reason: "an order log is there already; open it or name a new folder")
        }
        try makePartitions(0..<partitions, in: path)
        let manifest = FileLogManifest(newWithPartitions: partitions)
        try manifest.write(toFolder: path)
        return FileLog(path: path, manifest: manifest)
    }

    /// Adds empty partitions to a log; running readers see them at their next batch (R5).
    public func addPartitions(upTo count: Int) throws(LogError) {
        guard !isReadOnly, let manifest = try FileLogManifest(folder: path) else {
            throw .readOnly(path: path)
        }
        let present = try partitionCount()
        guard count > present, count <= Self.maxPartitions else { return }
        try Self.makePartitions(present..<count, in: path)
        try FileLogManifest(id: manifest.id, partitions: count).write(toFolder: path)
    }

    private static func makePartitions(_ numbers: Range<Int>, in path: String) throws(LogError) {
        for partition in numbers {
            _ = try FileDescriptor(
                path + "/" + FileLogFolder.partitionName(partition), O_WRONLY | O_CREAT)
        }
    }

    /// The partitions now in the folder are 0 ..< this (R5).
    public func partitionCount() throws(LogError) -> Int {
        let present = try FileLogFolder.partitionsPresent(in: path)
        guard !isReadOnly else { return present }
        return max(present, try FileLogManifest(folder: path)?.partitions ?? 0)
    }

    /// Always 0: a file log keeps everything.
    public func startPosition(of partition: Int) throws(LogError) -> Int64 { 0 }

    /// The position after the last line feed; a torn tail is not counted (R2, R3).
    public func endPosition(of partition: Int) throws(LogError) -> Int64 {
        guard access(partitionPath(partition), F_OK) == 0 else { return 0 }
        let file = try FileDescriptor(partitionPath(partition), O_RDONLY)
        return try file.endOfLastLine(size: try file.size())
    }

    /// Bytes.
    public var unit: PositionUnit { .bytes }

    /// Opens a partition for reading.
    public func source(of partition: Int) throws(LogError) -> LogSource {
        .bytes(try reader(of: partition))
    }

    /// Opens a partition for reading.
    public func reader(of partition: Int) throws(LogError) -> any PartitionReader {
        FileLogReader(path: partitionPath(partition))
    }

    /// Opens a partition for appending; one writer at a time.
    ///
    /// - Throws: `LogError.locked` when a living process writes it.
    public func writer(of partition: Int, fsync: Fsync) throws(LogError) -> FileLogWriter {
        guard !isReadOnly else { throw .readOnly(path: path) }
        let count = try partitionCount()
        guard (0..<count).contains(partition) else {
            throw .notALog(path: path, reason: "it has no partition \(partition), only \(count)")
        }
        return try FileLogWriter(
            path: partitionPath(partition),
            lock: try PartitionLock(path: path + "/" + FileLogFolder.lockName(partition)),
            fsync: fsync)
    }

    func partitionPath(_ partition: Int) -> String {
        path + "/" + FileLogFolder.partitionName(partition)
    }

    /// 128 bits of a path, as 32 hexadecimal digits.
    private static func digest(_ text: String) -> String {
        func hash(_ start: UInt64) -> UInt64 {
            var mix = SplitMix64(
                text.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 })
            return mix.next()
        }
        return Hex.text([hash(0xcbf2_9ce4_8422_2325), hash(0x6c62_272e_07bb_0142)])
    }
}
