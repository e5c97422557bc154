internal import CKafka

/// A consumer that is told by hand which partitions it reads and from where; it never subscribes.
///
/// Partitions are added by one thread at a time; each may then be read by another.
final class KafkaReading {
    /// The first record or the end of a partition is waited for so long.
    private static let answerMs: Int64 = 30_000

    let client: KafkaClient
    private(set) var partitions: [Int: KafkaPartition] = [:]

    /// Makes the consumer; nothing is fetched before `start`.
    init(
        _ settings: KafkaSettings,
        notice: @escaping @Sendable (String) -> Void = KafkaClient.noticeOnStandardError
    ) throws(LogError) {
        client = try KafkaClient(
            RD_KAFKA_CONSUMER, settings,
            required: [
                ("group.id", settings.groupID), ("enable.auto.commit", "false"),
                ("enable.auto.offset.store", "false"), ("isolation.level", "read_committed"),
                ("auto.offset.reset", "error"), ("check.crcs", "true"),
                ("enable.partition.eof", "true"), ("allow.auto.create.topics", "false"),
            ],
            choices: [
                // The client fetches ahead as long as less than this waits in a partition's queue.
                ("queued.min.messages", "100000"), ("queued.max.messages.kbytes", "65536"),
                ("fetch.queue.backoff.ms", "5"), ("max.partition.fetch.bytes", "8388608"),
                ("fetch.max.bytes", "33554432"), ("fetch.wait.max.ms", "100"),
                ("fetch.error.backoff.ms", "100"),
            ],
            events: RD_KAFKA_EVENT_OFFSET_COMMIT, notice: notice)
    }

    deinit { partitions.removeAll() }

    /// Starts to fetch partitions, each from an offset; others go on.
    func start(_ places: [(number: Int, offset: Int64)]) throws(LogError) {
        guard !places.isEmpty else { return }
        for (number, offset) in places {
            partitions[number] = try KafkaPartition(client, number: number, position: offset)
        }
        try change(places, "its partitions can't be read") { list in
            client.functions.pointee.rd_kafka_incremental_assign(client.raw, list)
        }
    }

    /// Fetches no more of some partitions, and forgets what was fetched.
    func stop(_ numbers: [Int]) throws(LogError) {
        guard !numbers.isEmpty else { return }
        try change(numbers.map { ($0, 0) }, "its partitions can't be left") { list in
            client.functions.pointee.rd_kafka_incremental_unassign(client.raw, list)
        }
        for number in numbers { partitions[number] = nil }
    }

    private func change(
        _ places: [(number: Int, offset: Int64)], _ complaint: String,
        _ call: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> OpaquePointer?
    ) throws(LogError) {
        let functions = client.functions
        guard
            let list = functions.pointee.rd_kafka_topic_partition_list_new(Int32(places.count))
        else { return }
        defer { functions.pointee.rd_kafka_topic_partition_list_destroy(list) }
        for (number, offset) in places {
            let entry = functions.pointee.rd_kafka_topic_partition_list_add(
                list, client.topic, Int32(number))
            entry?.pointee.offset = offset
        }
        guard let failure = call(list) else { return }
        defer { functions.pointee.rd_kafka_error_destroy(failure) }
        let text = functions.pointee.rd_kafka_error_string(failure)
        throw .kafka(
            .topic(
                brokers: client.brokers, topic: client.topic,
                reason: "\(complaint): \(text.map { String(cString: $0) } ?? "unknown error")"))
    }

    /// The first offset that a partition still has.
    func startOffset(of number: Int) throws(LogError) -> Int64 {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = client.functions.pointee.rd_kafka_query_watermark_offsets(
            client.raw, client.topic, Int32(number), &low, &high, KafkaClient.answerMs)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR { return max(0, low) }
        if KafkaClient.isNoAnswer(code) {
            throw client.unreachable(
                "ask where partition \(number) of topic \(client.topic) starts",
                waitedMs: Int64(KafkaClient.answerMs))
        }
        throw .kafka(
            .topic(
                brokers: client.brokers, topic: client.topic,
                reason: "can't ask where partition \(number) starts: "
                    + client.library.text(code)))
    }

    /// Waits until a partition has given a record or its end.
    ///
    /// - Throws: `KafkaError.unreachable` when neither came in 30 seconds.
    func waitForAnswer(_ source: KafkaPartition) throws(LogError) {
        let startNs = SystemClock.monotonicNs()
        while try !source.fill(waitMs: 200), source.available.isEmpty, !source.isAtEnd {
            // Not every broker ends a fetch at the end; but then it has told the high watermark.
            if let high = source.highWatermark, high == source.fetched { return }
            let waitedMs = (SystemClock.monotonicNs() - startNs) / 1_000_000
            guard waitedMs < Self.answerMs else {
                throw client.unreachable(
                    "read partition \(source.number) of topic \(client.topic) from offset "
                        + "\(source.fetched) on, which may lie beyond its end",
                    waitedMs: waitedMs)
            }
        }
    }
}
