internal import CKafka

/// A record of a Kafka topic, lent to the callback that receives it.
public struct KafkaRecord {
    /// Its offset.
    public let offset: Int64
    /// The value; empty when it is null.
    public let bytes: UnsafeRawBufferPointer
}

/// Reads ranges of a topic's partitions, one after the other: plain and complete. Belongs to one
/// thread.
public final class KafkaConsumer {
    /// Longer than a broker holds a fetch back that has nothing to bring.
    private static let lookAgainMs: Int32 = 500

    private let reading: KafkaReading

    /// Makes the consumer; nothing is read yet. Committed offsets are neither used nor changed.
    ///
    /// - Parameter notice: told of what a person should know; on standard error by default.
    public init(
        _ settings: KafkaSettings, notice: (@Sendable (String) -> Void)? = nil
    ) throws(LogError) {
        reading = try KafkaReading(settings, notice: notice ?? KafkaClient.noticeOnStandardError)
    }

    /// The topic; nil when there is none of that name.
    public func topic(timeoutMs: Int = 10_000) throws(LogError) -> KafkaTopic? {
        try reading.client.describe(timeoutMs: Int32(clamping: timeoutMs))
    }

    /// The first offset that a partition still has.
    public func startOffset(of partition: Int) throws(LogError) -> Int64 {
        try reading.startOffset(of: partition)
    }

    /// The offset after the last record that can be read now (R3).
    ///
    /// Found by fetching, not by asking: what brokers answer to "latest" is not always right.
    public func endOffset(of partition: Int, from start: Int64) throws(LogError) -> Int64 {
        let source = try go(to: start, in: partition)
        try reading.waitForAnswer(source)
        if source.isAtEnd { return source.fetched }
        return max(source.highWatermark ?? source.fetched, source.fetched)
    }

    /// Calls `body` with each record of a range, in the order of their offsets.
    ///
    /// The range ends before its end when the partition does. An error of `body` ends the reading.
    public func forEachRecord(
        in partition: Int, range: Range<Int64>, _ body: (KafkaRecord) throws -> Void
    ) throws {
        guard !range.isEmpty else { return }
        let source = try go(to: range.lowerBound, in: partition)
        // An end that was met before this call may lie before records by now.
        var isEndOld = source.isAtEnd
        while source.position < range.upperBound {
            if source.available.isEmpty {
                if source.isAtEnd {
                    guard isEndOld else { return }
                    isEndOld = false
                    try source.fill(waitMs: Self.lookAgainMs)
                    continue
                }
                try reading.waitForAnswer(source)
            }
            var next = source.isAtEnd ? source.fetched : source.position
            for message in source.available {
                guard let message, message.pointee.offset < range.upperBound else {
                    source.pass(upTo: range.upperBound)
                    return
                }
                try body(
                    KafkaRecord(
                        offset: message.pointee.offset,
                        bytes: UnsafeRawBufferPointer(
                            start: message.pointee.payload,
                            count: message.pointee.payload == nil ? 0 : message.pointee.len)))
                next = message.pointee.offset + 1
            }
            source.pass(upTo: next)
        }
    }

    /// Fetches one partition, and no other.
    private func go(to offset: Int64, in partition: Int) throws(LogError) -> KafkaPartition {
        if let found = reading.partitions[partition], found.position == offset { return found }
        try reading.stop(Array(reading.partitions.keys))
        try reading.start([(partition, offset)])
        guard let source = reading.partitions[partition] else {
            preconditionFailure("a partition that was started is there")
        }
        return source
    }
}
