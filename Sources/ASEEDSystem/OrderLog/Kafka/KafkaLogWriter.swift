internal import CKafka
internal import Glibc
internal import Synchronization

/// Appends orders to a topic: idempotent, acknowledged by all replicas, in the order of the blocks.
/// Belongs to one thread.
public final class KafkaLogWriter: OrderLogWriter {
    /// What the orders come from.
    public enum Pace: Sendable {
        /// All at once: large requests.
        case backlog
        /// At their times: each is sent within a millisecond.
        case timed
    }

    /// As many as the topic has.
    public let partitions: Int

    private let client: KafkaClient
    private let topic: OpaquePointer
    private let deliveries: KafkaDeliveries
    private var messages = [rd_kafka_message_t](
        repeating: rd_kafka_message_t(), count: messagesAtOnce)

    /// Bounds of what waits for an answer.
    static let maxRecordsInFlight: Int64 = 262_144
    private static let maxBytesInFlight: Int64 = 128 << 20
    private static let messagesAtOnce = 4_096
    /// A broker may be away for so long before an order is given up.
    private static let deliveryMs = 60_000

    static let required = [(name: "enable.idempotence", value: "true"), ("acks", "all")]

    static func choices(_ pace: Pace) -> [(name: String, value: String)] {
        [
            ("linger.ms", pace == .backlog ? "20" : "0.5"),
            ("batch.num.messages", "100000"), ("batch.size", "1000000"),
            // Records over the limit of R11 must reach the log to be rejected.
            ("message.max.bytes", "4194304"),
            ("queue.buffering.max.messages", "1000000"),
            ("queue.buffering.max.kbytes", "1048576"),
            ("message.timeout.ms", "\(deliveryMs)"),
            ("allow.auto.create.topics", "false"),
        ]
    }

    /// Opens the topic for writing; it must be there.
    ///
    /// - Parameter notice: told when brokers do not answer and when they do again; on standard error
    ///   by default.
    public init(
        _ settings: KafkaSettings, partitions: Int, pace: Pace,
        notice: (@Sendable (String) -> Void)? = nil
    ) throws(LogError) {
        let deliveries = KafkaDeliveries(try KafkaLibrary.loaded())
        client = try KafkaClient(
            RD_KAFKA_PRODUCER, settings,
            required: Self.required, choices: Self.choices(pace),
            events: RD_KAFKA_EVENT_DR, notice: notice ?? KafkaClient.noticeOnStandardError
        ) { deliveries.take($0) }
        // Connects: else the first orders would wait for it.
        guard let found = try client.describe(withID: false), found.partitions >= partitions else {
            throw .kafka(
                .topic(
                    brokers: client.brokers, topic: client.topic,
                    reason: "it has not the \(partitions) partitions that are to be written"))
        }
        guard
            let topic = client.functions.pointee.rd_kafka_topic_new(client.raw, client.topic, nil)
        else {
            throw .kafka(
                .topic(
                    brokers: client.brokers, topic: client.topic, reason: "it can't be written"))
        }
        self.topic = topic
        self.partitions = partitions
        self.deliveries = deliveries
    }

    deinit {
        abandon()
        client.functions.pointee.rd_kafka_topic_destroy(topic)
    }

    /// Records.
    public var unit: PositionUnit { .records }
    /// Nil: other writers may append as well.
    public func nextPosition(of partition: Int) -> Int64? { nil }
    /// Whether as much as is allowed waits for an answer.
    public var isFull: Bool {
        deliveries.recordsInFlight.load(ordering: .relaxed) >= Self.maxRecordsInFlight
            || deliveries.bytesInFlight.load(ordering: .relaxed) >= Self.maxBytesInFlight
    }

    /// Hands the records of a block to the client; receipts follow.
    public func append(
        _ block: UnsafeRawBufferPointer, to partition: Int, ticket: Int64
    ) throws(LogError) -> Bool {
        if let failure { throw failure }
        var index = 0
        var start = 0
        while start < block.count {
            let count = fill(block, &start, index: index, ticket: ticket)
            precondition(index + count <= KafkaDeliveries.maxRecords, "a block has 65536 records")
            send(count, to: partition, index: index, ticket: ticket)
            index += count
        }
        return false
    }

    /// Reports since the last call.
    public func takeReceipts(untilNs: Int64) -> [AppendReceipt] {
        deliveries.takeReceipts(untilNs: untilNs)
    }

    /// Why nothing is taken any more.
    public var failure: LogError? {
        if let fatal = client.events.fatal {
            return error(
                "\(fatal); the producer can't go on without a gap or a double: start again")
        }
        guard let code = deliveries.failure else { return nil }
        let text = client.library.text(code)
        guard code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT else { return error(text) }
        let reason = client.events.lastProblem
        return error(
            "\(text) after \(Self.deliveryMs) ms\(reason.isEmpty ? "" : " (\(reason))"); is the "
                + "broker running?")
    }

    /// Takes back what was not sent, and waits no longer for the rest.
    public func abandon() {
        let flags = RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT
        _ = client.functions.pointee.rd_kafka_purge(client.raw, flags)
    }

    /// Puts the next lines of a block into `messages`.
    private func fill(
        _ block: UnsafeRawBufferPointer, _ start: inout Int, index: Int, ticket: Int64
    ) -> Int {
        guard let base = block.baseAddress else { return 0 }
        var count = 0
        while start < block.count, count < Self.messagesAtOnce {
            let line = base + start
            let lineFeed = memchr(line, 0x0a, block.count - start)
            let length = lineFeed.map { UnsafeRawPointer($0) - line } ?? block.count - start
            messages[count].payload = UnsafeMutableRawPointer(mutating: line)
            messages[count].len = length
            messages[count].err = RD_KAFKA_RESP_ERR_NO_ERROR
            messages[count]._private = KafkaDeliveries.tag(ticket: ticket, index: index + count)
            start += length + 1
            count += 1
        }
        return count
    }

    private func send(_ count: Int, to partition: Int, index: Int, ticket: Int64) {
        var bytes: Int64 = 0
        for place in 0..<count { bytes += Int64(messages[place].len) }
        // Before they are handed over: reports may come at once.
        deliveries.recordsInFlight.add(Int64(count), ordering: .relaxed)
        deliveries.bytesInFlight.add(bytes, ordering: .relaxed)
        let taken = messages.withUnsafeMutableBufferPointer { buffer in
            client.functions.pointee.rd_kafka_produce_batch(
                topic, Int32(partition), RD_KAFKA_MSG_F_COPY, buffer.baseAddress, Int32(count))
        }
        guard Int(taken) < count else { return }
        refuse(count, partition: partition, index: index, ticket: ticket)
    }

    /// Receipts of records that the client refused: too large ones, or all after an end.
    private func refuse(_ count: Int, partition: Int, index: Int, ticket: Int64) {
        let nowNs = SystemClock.monotonicNs()
        var receipts: [AppendReceipt] = []
        var failure: rd_kafka_resp_err_t?
        for place in 0..<count where messages[place].err != RD_KAFKA_RESP_ERR_NO_ERROR {
            if !KafkaDeliveries.isOfOneRecord(messages[place].err) {
                failure = failure ?? messages[place].err
            }
            deliveries.recordsInFlight.subtract(1, ordering: .relaxed)
            deliveries.bytesInFlight.subtract(Int64(messages[place].len), ordering: .relaxed)
            receipts.append(
                AppendReceipt(
                    ticket: ticket, partition: partition, first: index + place, count: 1,
                    outcome: .failed, position: -1, answeredNs: nowNs))
        }
        deliveries.put(receipts, failure)
    }

    private func error(_ reason: String) -> LogError {
        .kafka(
            .write(
                brokers: client.brokers, topic: client.topic, partition: -1, reason: reason))
    }
}
