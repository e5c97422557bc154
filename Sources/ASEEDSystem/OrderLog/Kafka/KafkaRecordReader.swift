internal import CKafka
internal import Glibc

/// Stages the records of one partition of a Kafka log. Used by one thread at a time.
final class KafkaRecordReader: RecordReader {
    /// A partition that gives nothing for so long is left for the next batch.
    private static let patienceNs: Int64 = 250_000_000

    private let source: KafkaPartition
    /// When nothing was at hand for the first time since something came; 0 when something is.
    private var emptySinceNs: Int64 = 0

    init(_ source: KafkaPartition) { self.source = source }

    func stage(
        from position: Int64, upTo end: Int64, maxRecords: Int, into block: RecordBlock,
        waitMs: Int32
    ) throws(LogError) -> StagedRecords {
        block.clear()
        source.pass(upTo: position)
        if source.available.isEmpty, !source.isAtEnd { try source.fill(waitMs: waitMs) }
        guard let first = source.available.first else { return nothing(at: position, end) }
        emptySinceNs = 0
        if let first, Self.isSingle(first), first.pointee.offset < end {
            return .single(
                UnsafeRawBufferPointer(start: first.pointee.payload, count: first.pointee.len),
                position: first.pointee.offset)
        }
        var next = position
        var isCut = false
        for message in source.available {
            guard let message else { continue }
            let offset = message.pointee.offset
            guard offset < end else {
                next = end
                isCut = true
                break
            }
            let count = message.pointee.payload == nil ? 0 : message.pointee.len
            guard block.recordCount < maxRecords, !Self.isSingle(message),
                block.append(message.pointee.payload, count: count, position: offset)
            else {
                isCut = true
                break
            }
            next = offset + 1
        }
        // The last offsets before the end may hold no records.
        if !isCut, source.isAtEnd { next = min(end, max(next, source.fetched)) }
        guard block.recordCount > 0 else { return .gap(end: next) }
        block.end = next
        block.seal()
        return .block
    }

    /// What an empty hand means.
    private func nothing(at position: Int64, _ end: Int64) -> StagedRecords {
        if source.isAtEnd {
            emptySinceNs = 0
            let next = min(end, source.fetched)
            return next > position ? .gap(end: next) : .stalled
        }
        let nowNs = SystemClock.monotonicNs()
        if emptySinceNs == 0 { emptySinceNs = nowNs }
        return nowNs - emptySinceNs < Self.patienceNs ? .notYet : .stalled
    }

    /// Whether a record can't be staged together with others.
    private static func isSingle(_ message: KafkaPartition.Message) -> Bool {
        guard let payload = message.pointee.payload else { return false }
        let count = message.pointee.len
        return count >= RecordBlock.usualBytes || memchr(payload, 0x0a, count) != nil
    }
}
