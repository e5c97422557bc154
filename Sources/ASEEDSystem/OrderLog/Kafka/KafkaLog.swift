internal import CKafka
internal import Synchronization

/// An order log in a topic of Kafka: a record is a message's value, its position the offset (R2).
///
/// Reads ahead by itself. What is read and committed is the checkpoint's; the offsets that the
/// consumer group shows are for those who look on.
public final class KafkaLog: OrderLog, @unchecked Sendable {
    // Sendable by hand: the engine's thread starts partitions and makes their readers between
    // batches, when no worker asks; during a batch `readers` is only read, and a partition's reader is
    // used by the one worker that has the partition. All else is behind locks or constant.

    /// Cluster and topic, by their ids where the broker has ids (R4).
    public let identity: String
    /// Brokers, topic, and how to reach them.
    public let settings: KafkaSettings

    private let reading: KafkaReading
    private let watch: KafkaWatch
    private var readers: [Int: KafkaRecordReader] = [:]
    private var hasAnswered: Set<Int> = []

    /// Opens the log of a topic that is there.
    ///
    /// - Parameter notice: told when brokers do not answer and when they do again; on standard error
    ///   by default.
    /// - Throws: `KafkaError.unreachable` when no broker answers, `KafkaError.topic` when there is
    ///   no such topic.
    public init(
        opening settings: KafkaSettings, notice: (@Sendable (String) -> Void)? = nil
    ) throws(LogError) {
        let reading = try KafkaReading(
            settings, notice: notice ?? KafkaClient.noticeOnStandardError)
        guard let topic = try reading.client.describe() else {
            throw .kafka(
                .topic(
                    brokers: settings.address.brokers, topic: settings.address.topic,
                    reason:
                        "there is none of that name; `lab simulator` and `lab loadgen` make it, "
                        + "KAFKA_TOPIC names another"))
        }
        self.settings = settings
        self.reading = reading
        identity = topic.identity
        watch = try KafkaWatch(reading.client, topic: topic)
    }

    deinit { watch.stop() }

    /// Records.
    public var unit: PositionUnit { .records }

    /// As the brokers said a few seconds ago (R5).
    public func partitionCount() throws(LogError) -> Int {
        if let problem = watch.problem { throw problem }
        return watch.partitions
    }

    /// The first offset that the partition still has.
    public func startPosition(of partition: Int) throws(LogError) -> Int64 {
        try reading.startOffset(of: partition)
    }

    /// Starts to read ahead.
    public func prepare(from positions: [Int64]) throws(LogError) {
        try reading.stop(Array(reading.partitions.keys))
        readers.removeAll()
        hasAnswered.removeAll()
        try reading.start(positions.enumerated().map { ($0.offset, $0.element) })
        readers = reading.partitions.mapValues { KafkaRecordReader($0) }
    }

    /// The offset after what can be read, as fetching shows it: where the client met the end, else
    /// the high watermark.
    ///
    /// A record of a transaction that is not decided yet lies beyond it (R2).
    public func endPosition(of partition: Int) throws(LogError) -> Int64 {
        let source = try source(partition)
        if hasAnswered.contains(partition) {
            try source.fill(waitMs: 0)
        } else {
            try reading.waitForAnswer(source)
            hasAnswered.insert(partition)
        }
        if source.isAtEnd { return source.fetched }
        return max(source.highWatermark ?? source.fetched, source.fetched)
    }

    /// The partition's reader, the same for all who ask.
    ///
    /// Workers ask during a batch, so nothing is started here: `prepare` and `endPosition` do that.
    public func source(of partition: Int) throws(LogError) -> LogSource {
        guard let reader = readers[partition] else {
            throw .kafka(
                .topic(
                    brokers: settings.address.brokers, topic: settings.address.topic,
                    reason: "partition \(partition) is read before its end was asked for"))
        }
        return .records(reader)
    }

    /// Commits the offsets to the consumer group, about once a second, without waiting.
    public func noteCommitted(_ positions: [Int64]) { watch.commit(positions) }

    private func source(_ partition: Int) throws(LogError) -> KafkaPartition {
        if let source = reading.partitions[partition] { return source }
        try reading.start([(partition, try startPosition(of: partition))])
        guard let source = reading.partitions[partition] else {
            preconditionFailure("a partition that was started is there")
        }
        readers[partition] = KafkaRecordReader(source)
        return source
    }
}
