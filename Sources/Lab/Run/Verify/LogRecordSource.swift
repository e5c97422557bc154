internal import ASEEDSystem
internal import Glibc
internal import Verifier

/// The order log as the verifier reads it: whole lines of each partition.
struct LogRecordSource: RecordSource {
    private static let blockBytes = 1 << 20

    let name: String
    let partitionCount: Int
    private let log: any OrderLog
    private let ends: [Int64]

    /// Fixes the end of each partition, so that every pass sees the same records.
    init(_ log: any OrderLog, name: String) throws(LogError) {
        self.log = log
        self.name = name
        let count = try log.partitionCount()
        partitionCount = count
        var ends: [Int64] = []
        for partition in 0..<count { ends.append(try log.endPosition(of: partition)) }
        self.ends = ends
    }

    func bounds(of partition: Int) throws -> Range<Int64> {
        let start = try log.startPosition(of: partition)
        return start..<max(start, ends[partition])
    }

    func forEachRecord(
        in partition: Int, range: Range<Int64>, _ body: (LogRecord) throws -> Void
    ) throws {
        let bounds = try bounds(of: partition)
        let limit = min(range.upperBound, bounds.upperBound)
        var position = max(range.lowerBound, bounds.lowerBound)
        guard position < limit else { return }
        let reader = try log.reader(of: partition)
        var buffer = LineBuffer(capacity: Self.blockBytes)
        defer { buffer.free() }
        if position > bounds.lowerBound {
            // A range that starts inside of a record begins with the next one.
            position = try Self.nextStart(
                from: position - 1, upTo: bounds.upperBound, reader, &buffer)
        }
        while position < limit {
            let count = try reader.read(
                from: position, upTo: bounds.upperBound, into: buffer.memory)
            guard count > 0 else { return }
            let lines = UnsafeRawBufferPointer(rebasing: buffer.memory[..<count])
            let used = try Self.deliver(lines, at: position, limit: limit, body)
            if used == 0 {
                // No line feed in a whole block: a longer record. At the log's end: a torn tail.
                guard count == buffer.memory.count else { return }
                buffer.grow()
            }
            position += Int64(used)
        }
    }

    /// Calls `body` for each whole line that starts before `limit`; gives the bytes consumed.
    private static func deliver(
        _ lines: UnsafeRawBufferPointer, at position: Int64, limit: Int64,
        _ body: (LogRecord) throws -> Void
    ) throws -> Int {
        var start = 0
        while position + Int64(start) < limit,
            let end = lineFeed(in: lines, from: start)
        {
            try body(
                LogRecord(
                    position: position + Int64(start), nextPosition: position + Int64(end + 1),
                    bytes: UnsafeRawBufferPointer(rebasing: lines[start..<end]),
                    covered: UnsafeRawBufferPointer(rebasing: lines[start...end])))
            start = end + 1
        }
        return start
    }

    private static func lineFeed(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress,
            let found = memchr(base + start, 0x0a, bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }

    private static func nextStart(
        from position: Int64, upTo end: Int64, _ reader: any PartitionReader,
        _ buffer: inout LineBuffer
    ) throws -> Int64 {
        var at = position
        while at < end {
            let count = try reader.read(from: at, upTo: end, into: buffer.memory)
            guard count > 0 else { return end }
            let block = UnsafeRawBufferPointer(rebasing: buffer.memory[..<count])
            if let found = lineFeed(in: block, from: 0) { return at + Int64(found) + 1 }
            at += Int64(count)
        }
        return end
    }
}

/// Memory for a block of lines; the owner frees it.
private struct LineBuffer {
    private(set) var memory: UnsafeMutableRawBufferPointer

    init(capacity: Int) {
        memory = .allocate(byteCount: capacity, alignment: 64)
    }

    /// Doubles the block; its content is read again.
    mutating func grow() {
        let capacity = memory.count * 2
        memory.deallocate()
        memory = .allocate(byteCount: capacity, alignment: 64)
    }

    func free() { memory.deallocate() }
}
