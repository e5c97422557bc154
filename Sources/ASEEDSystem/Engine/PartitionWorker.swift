internal import CBytes
internal import Glibc

/// A partition's part of one batch: the range that was read and what was found in it.
struct PartitionBatch {
    /// A piece of the range whose records were read together.
    struct Block: BitwiseCopyable {
        var start: Int64
        var end: Int64
        /// The latest event time of its valid records.
        var latestUs: Int64
    }

    var scan: PartitionScan
    let start: Int64
    var end: Int64
    /// CRC-32C of the bytes of the range (R47).
    var crc: UInt32 = 0
    var blocks: [Block] = []
    /// Whether the batch had no room for further panes or dead letters.
    var wasCut = false
}

/// Reads partitions of a log, block by block, and scans them. Belongs to one thread.
///
/// Here are the logs whose positions are bytes; `PartitionWorker+Records.swift` has the others.
final class PartitionWorker {
    /// Bytes of a usual read: small enough to stay in the processor's second-level cache.
    static let blockBytes = RecordBlock.usualBytes
    /// Partitions that a worker keeps open.
    static let maxReaders = 64
    /// The buffer holds the longest record that is no reject, and some more.
    static let bufferBytes = OrderLimits.recordBytes + (64 << 10)

    let scanner: OrderScanner
    /// Blocks of a batch's latest orders, of logs that are not read twice.
    var latest = LatestBlocks()
    private let log: any OrderLog
    private var sources: [Int: LogSource] = [:]
    private let buffer: UnsafeMutableRawBufferPointer
    let bytes: UnsafeMutablePointer<UInt8>

    init(log: any OrderLog, grid: PaneGrid) {
        self.log = log
        scanner = OrderScanner(grid: grid)
        bytes = .allocate(capacity: Self.bufferBytes + OrderScanner.slackBytes)
        bytes.initialize(repeating: 0, count: Self.bufferBytes + OrderScanner.slackBytes)
        buffer = UnsafeMutableRawBufferPointer(start: bytes, count: Self.bufferBytes)
    }

    deinit { bytes.deallocate() }

    /// Reads a partition from `start` to `end`, which is the end of a record, but not more than
    /// `maxRecords` records.
    func process(
        _ scan: PartitionScan, from start: Int64, to end: Int64, maxRecords: Int64
    ) throws(LogError) -> PartitionBatch {
        var batch = PartitionBatch(scan: scan, start: start, end: start)
        let reader = try bytes(of: scan.partition)
        var readBytes = Self.blockBytes
        while batch.end < end, batch.scan.records < maxRecords {
            let count = try fill(reader, from: batch.end, upTo: end, bytes: readBytes)
            guard count > 0 else { break }
            let found = scanner.scan(
                bytes, count: count, positions: .init(first: batch.end),
                maxRecords: Int(min(maxRecords - batch.scan.records, Int64(Int32.max))),
                into: &batch.scan)
            if found.consumed > 0 {
                let next = batch.end + Int64(found.consumed)
                batch.crc = cbytes_crc32c(batch.crc, bytes, found.consumed)
                batch.blocks.append(
                    .init(start: batch.end, end: next, latestUs: found.latestUs))
                batch.end = next
                readBytes = Self.blockBytes
            }
            if found.mustCut {
                batch.wasCut = true
                break
            }
            guard found.consumed == 0 else { continue }
            if readBytes < Self.bufferBytes {
                readBytes = Self.bufferBytes
            } else {
                try rejectOversized(reader, upTo: end, &batch)
                readBytes = Self.blockBytes
                if scanner.isFullOfDeadLetters {
                    batch.wasCut = true
                    break
                }
            }
        }
        return batch
    }

    /// Reads a range again into memory of the caller's.
    func read(
        partition: Int, from start: Int64, to end: Int64, into target: UnsafeMutableRawBufferPointer
    ) throws(LogError) -> Int {
        try bytes(of: partition).read(from: start, upTo: end, into: target)
    }

    func source(of partition: Int) throws(LogError) -> LogSource {
        if let source = sources[partition] { return source }
        // Each may hold a descriptor open, and any worker may come to read any partition.
        if sources.count >= Self.maxReaders { sources.removeAll() }
        let source = try log.source(of: partition)
        sources[partition] = source
        return source
    }

    private func bytes(of partition: Int) throws(LogError) -> any PartitionReader {
        guard case .bytes(let reader) = try source(of: partition) else {
            preconditionFailure("a log of bytes has readers of bytes")
        }
        return reader
    }

    private func fill(
        _ reader: any PartitionReader, from start: Int64, upTo end: Int64, bytes wanted: Int
    ) throws(LogError) -> Int {
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
        let count = try reader.read(from: start, upTo: end, into: target)
        (bytes + count).update(repeating: 0, count: OrderScanner.slackBytes)
        return count
    }

    /// Rejects a record that does not fit into the buffer (R11) and goes on after it.
    private func rejectOversized(
        _ reader: any PartitionReader, upTo end: Int64, _ batch: inout PartitionBatch
    ) throws(LogError) {
        let start = batch.end
        let head = Array(UnsafeBufferPointer(start: bytes, count: DeadLetter.keptBytes))
        var position = start
        while position < end {
            let count = try fill(reader, from: position, upTo: end, bytes: Self.bufferBytes)
            guard count > 0 else { break }
            if let newline = memchr(bytes, 0x0a, count) {
                let used = newline.assumingMemoryBound(to: UInt8.self) - bytes + 1
                batch.crc = cbytes_crc32c(batch.crc, bytes, used)
                position += Int64(used)
                break
            }
            batch.crc = cbytes_crc32c(batch.crc, bytes, count)
            position += Int64(count)
        }
        batch.scan.records += 1
        head.withUnsafeBufferPointer { kept in
            guard let base = kept.baseAddress else { return }
            scanner.reject(
                .recordTooLarge, base, count: kept.count, byteCount: Int(position - start) - 1,
                position: start, scan: &batch.scan)
        }
        batch.end = position
    }
}
