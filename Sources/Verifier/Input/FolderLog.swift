import Glibc

/// A log folder (R2): `partition-0.jsonl`, `partition-1.jsonl`, … Records are lines, positions byte
/// offsets. Bytes after the last line feed are no record.
public struct FolderLog: RecordSource {
    /// The folder.
    public let name: String
    /// How many partition files there are.
    public let partitionCount: Int

    /// Opens a folder.
    ///
    /// - Throws: `VerifierError.log` when there is no `partition-0.jsonl`.
    public init(folder: String) throws(VerifierError) {
        name = folder
        var count = 0
        while access("\(folder)/partition-\(count).jsonl", F_OK) == 0 { count += 1 }
        guard count > 0 else {
            throw .log(path: folder, reason: "there is no partition-0.jsonl in this folder")
        }
        partitionCount = count
    }

    private func path(_ partition: Int) -> String { "\(name)/partition-\(partition).jsonl" }

    /// From 0 to the end of the last whole line.
    public func bounds(of partition: Int) throws -> Range<Int64> {
        let file = try PartitionFile(path: path(partition))
        return try 0..<file.endOfLastLine()
    }

    /// Reads the file in blocks; each record is lent from the block.
    public func forEachRecord(
        in partition: Int, range: Range<Int64>, _ body: (LogRecord) throws -> Void
    ) throws {
        let file = try PartitionFile(path: path(partition))
        let start = try file.startOfRecord(atOrAfter: range.lowerBound)
        let span = Int(range.upperBound - range.lowerBound)
        try file.forEachLine(from: start, blockBytes: min(1 << 20, span + (1 << 12))) { record in
            guard record.position < range.upperBound else { return false }
            try body(record)
            return true
        }
    }
}

/// An open partition file.
final class PartitionFile {
    private let path: String
    private let descriptor: Int32
    private let size: Int64

    init(path: String) throws(VerifierError) {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error(path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = Self.error(path)
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        size = Int64(status.st_size)
    }

    deinit { close(descriptor) }

    private static func error(_ path: String) -> VerifierError {
        .log(path: path, reason: String(cString: strerror(errno)))
    }

    private func read(
        _ buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(VerifierError) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else { throw Self.error(path) }
        }
    }

    func endOfLastLine() throws -> Int64 {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { block.deallocate() }
        var end = size
        while end > 0 {
            let start = max(0, end - Int64(block.count))
            let count = try read(.init(rebasing: block[..<Int(end - start)]), at: start)
            if let last = block[..<count].lastIndex(of: UInt8(ascii: "\n")) {
                return start + Int64(last) + 1
            }
            end = start
        }
        return 0
    }

    /// The given position when a record starts there, else the start of the next one.
    func startOfRecord(atOrAfter position: Int64) throws -> Int64 {
        guard position > 0 else { return 0 }
        var start = position
        try forEachLine(from: position - 1, blockBytes: 1 << 12) { record in
            start = record.nextPosition
            return false
        }
        return start
    }

    /// Calls `body` with each whole line until it returns false.
    ///
    /// - Parameter blockBytes: how much is read at once; a longer line is read all the same.
    func forEachLine(
        from start: Int64, blockBytes: Int, _ body: (LogRecord) throws -> Bool
    ) throws {
        var block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 64)
        defer { block.deallocate() }
        /// The position of the block's first byte, and how many bytes are in it.
        var blockPosition = start
        var filled = 0
        while true {
            let count = try read(
                .init(rebasing: block[filled...]), at: blockPosition + Int64(filled))
            if count == 0 { return }
            filled += count
            guard let base = block.baseAddress else { return }
            var lineStart = 0
            while let found = memchr(base + lineStart, 0x0a, filled - lineStart) {
                let lineEnd = UnsafeRawPointer(found) - UnsafeRawPointer(base)
                let record = LogRecord(
                    position: blockPosition + Int64(lineStart),
                    nextPosition: blockPosition + Int64(lineEnd) + 1,
                    bytes: UnsafeRawBufferPointer(rebasing: block[lineStart..<lineEnd]),
                    covered: UnsafeRawBufferPointer(rebasing: block[lineStart...lineEnd]))
                guard try body(record) else { return }
                lineStart = lineEnd + 1
            }
            // The cut line moves to the front; one that fills the whole block needs a bigger block.
            filled -= lineStart
            blockPosition += Int64(lineStart)
            if lineStart > 0 {
                memmove(base, base + lineStart, filled)
            } else if filled == block.count {
                let bigger = UnsafeMutableRawBufferPointer.allocate(
                    byteCount: block.count * 2, alignment: 64)
                bigger.copyMemory(from: UnsafeRawBufferPointer(rebasing: block[..<filled]))
                block.deallocate()
                block = bigger
            }
        }
    }
}
