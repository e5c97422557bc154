internal import ASEEDSystem
internal import Glibc

/// The log that the simulator starts or continues.
struct SimulatorLog {
    let log: FileLog
    /// The number of the next order: an order id is never used twice (R6).
    let firstSequence: Int64

    /// Opens the log of a folder, or makes one.
    init(path: String, partitions: Int) throws(LogError) {
        guard access(path, F_OK) == 0, let log = try Self.existing(path) else {
            log = try FileLog.create(at: path, partitions: partitions)
            firstSequence = 1
            return
        }
        guard !log.isReadOnly else { throw .readOnly(path: path) }
        self.log = log
        firstSequence = try Self.lastSequence(of: log) + 1
    }

    /// The log in a folder; nil when the folder is empty of partitions.
    private static func existing(_ path: String) throws(LogError) -> FileLog? {
        if access(path + "/log.json", F_OK) != 0, access(path + "/partition-0.jsonl", F_OK) != 0 {
            return nil
        }
        return try FileLog(opening: path)
    }

    /// The greatest number among the last orders of each partition; 0 in an empty log.
    private static func lastSequence(of log: FileLog) throws(LogError) -> Int64 {
        var last: Int64 = 0
        for partition in 0..<(try log.partitionCount()) {
            let end = try log.endPosition(of: partition)
            guard end > 0 else { continue }
            guard let found = try lastSequence(of: log, partition, end: end) else {
                throw .notALog(
                    path: log.path,
                    reason: "the last records of partition \(partition) are no orders of the "
                        + "simulator (order_id ORD- and digits), so it can't tell which ids are "
                        + "taken; name a new folder")
            }
            last = max(last, found)
        }
        return last
    }

    /// Looks back further and further until a line with a simulator's order id is found.
    private static func lastSequence(
        of log: FileLog, _ partition: Int, end: Int64
    ) throws(LogError) -> Int64? {
        let reader = try log.reader(of: partition)
        var size: Int64 = 65_536
        while true {
            let start = max(0, end - size)
            let buffer = UnsafeMutableRawBufferPointer.allocate(
                byteCount: Int(end - start), alignment: 16)
            defer { buffer.deallocate() }
            let got = try reader.read(from: start, upTo: end, into: buffer)
            let lines = buffer[..<got].split(separator: UInt8(ascii: "\n"))
            // The first line may be cut; JSON cut in front is no object.
            let found = lines.compactMap { sequence(of: Array($0)) }.max()
            if found != nil || start == 0 || size > 64 << 20 { return found }
            size *= 16
        }
    }

    private static func sequence(of line: [UInt8]) -> Int64? {
        guard let json = try? JSONParser.parse(line), let id = json["order_id"]?.string,
            id.hasPrefix("ORD-")
        else { return nil }
        return Int64(id.dropFirst(4))
    }
}
