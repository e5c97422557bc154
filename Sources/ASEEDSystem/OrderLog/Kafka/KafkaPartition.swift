internal import CKafka

/// The records of one partition as the client has fetched them, lent until they are passed.
///
/// Used by one thread at a time. Messages stay librdkafka's: nothing is copied here.
final class KafkaPartition {
    typealias Message = UnsafeMutablePointer<rd_kafka_message_t>

    /// Messages taken from the client at once.
    static let capacity = 1_024

    let number: Int
    /// Where reading goes on: every record before it was passed.
    private(set) var position: Int64
    /// The offset after the last message in `messages`, or `position`.
    private(set) var fetched: Int64
    /// Where the client met the end of what can be read; -1 as long as it did not.
    private(set) var endSeen: Int64 = -1

    private let client: KafkaClient
    private let queue: OpaquePointer
    private let messages: UnsafeMutablePointer<Message?>
    private var head = 0
    private var tail = 0
    private var problem: LogError?

    /// - Parameter position: where the client was told to start.
    init(_ client: KafkaClient, number: Int, position: Int64) throws(LogError) {
        guard
            let queue = client.functions.pointee.rd_kafka_queue_get_partition(
                client.raw, client.topic, Int32(number))
        else {
            throw .kafka(
                .topic(
                    brokers: client.brokers, topic: client.topic,
                    reason: "partition \(number) has no queue"))
        }
        // Before the client fetches: else its messages would go to the queue of all partitions.
        client.functions.pointee.rd_kafka_queue_forward(queue, nil)
        self.client = client
        self.queue = queue
        self.number = number
        self.position = position
        fetched = position
        messages = .allocate(capacity: Self.capacity)
        messages.initialize(repeating: nil, count: Self.capacity)
    }

    deinit {
        drop(tail - head)
        messages.deallocate()
        client.functions.pointee.rd_kafka_queue_destroy(queue)
    }

    /// The messages at hand, in order.
    var available: UnsafeBufferPointer<Message?> {
        UnsafeBufferPointer(start: messages + head, count: tail - head)
    }

    /// Whether no more messages are taken before some are passed.
    var isFull: Bool { tail - head >= Self.capacity }

    /// Whether the client has met the end after the messages at hand.
    var isAtEnd: Bool { endSeen >= fetched }

    /// Gives the messages before an offset back.
    func pass(upTo offset: Int64) {
        var count = 0
        while head + count < tail, let message = messages[head + count],
            message.pointee.offset < offset
        {
            count += 1
        }
        drop(count)
        position = max(position, offset)
        fetched = max(fetched, position)
    }

    /// Takes what the client has fetched, and waits for the first of it when there is nothing.
    ///
    /// - Returns: whether a message or the end came.
    /// - Throws: what ended the reading, once the messages before it were passed.
    @discardableResult
    func fill(waitMs: Int32) throws(LogError) -> Bool {
        if head == tail {
            if let problem { throw problem }
            head = 0
            tail = 0
        } else if head > Self.capacity / 2 {
            messages.update(from: messages + head, count: tail - head)
            tail -= head
            head = 0
        }
        guard problem == nil, tail < Self.capacity else { return false }
        // The call waits until all it may take is there: wait for one, then take the others.
        var came = take(Self.capacity - tail, waitMs: 0)
        if !came, waitMs > 0, head == tail {
            came = take(1, waitMs: waitMs)
            if came, tail < Self.capacity { _ = take(Self.capacity - tail, waitMs: 0) }
        }
        if head == tail, let problem { throw problem }
        if came { client.events.noteAnswer() }
        return came
    }

    private func take(_ most: Int, waitMs: Int32) -> Bool {
        let got = client.functions.pointee.rd_kafka_consume_batch_queue(
            queue, waitMs, messages + tail, most)
        guard got > 0 else { return false }
        var kept = tail
        for index in tail..<tail + got {
            guard let message = messages[index] else { continue }
            if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                // A broker sends whole batches, from before the offset that was asked for.
                if message.pointee.offset >= fetched, problem == nil {
                    messages[kept] = message
                    kept += 1
                    fetched = message.pointee.offset + 1
                    continue
                }
            } else {
                judge(message)
            }
            client.functions.pointee.rd_kafka_message_destroy(message)
        }
        tail = kept
        return true
    }

    private func judge(_ message: Message) {
        let code = message.pointee.err
        if code == RD_KAFKA_RESP_ERR__PARTITION_EOF {
            endSeen = max(endSeen, message.pointee.offset)
            // The last offsets may hold no record: markers of transactions, aborted ones.
            fetched = max(fetched, endSeen)
            return
        }
        // The client goes on by itself after these.
        if KafkaClient.isNoAnswer(code) || code == RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH
            || code == RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH
        {
            return
        }
        // An error's payload is its text.
        let text = message.pointee.payload.map {
            String(
                decoding: UnsafeRawBufferPointer(start: $0, count: message.pointee.len),
                as: UTF8.self)
        }
        problem = problem ?? error(code, text ?? client.library.text(code))
    }

    private func error(_ code: rd_kafka_resp_err_t, _ text: String) -> LogError {
        switch code {
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            return .kafka(
                .outOfRange(
                    brokers: client.brokers, topic: client.topic, partition: number,
                    offset: fetched,
                    reason: "it is not in the partition (\(text)): records were deleted, or the "
                        + "topic was made anew; use the topic that the checkpoint was made from, "
                        + "or another checkpoint"))
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
            RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
            return .kafka(
                .read(
                    brokers: client.brokers, topic: client.topic, partition: number,
                    offset: fetched,
                    reason: "\(text); was the topic deleted? Make it again under another name, "
                        + "and use a new checkpoint"))
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
            return .kafka(
                .read(
                    brokers: client.brokers, topic: client.topic, partition: number,
                    offset: fetched,
                    reason: "\(text); let this user read it, or set KAFKA_SASL_USERNAME and "
                        + "KAFKA_SASL_PASSWORD"))
        default:
            return .kafka(
                .read(
                    brokers: client.brokers, topic: client.topic, partition: number,
                    offset: fetched,
                    reason: "\(text); look at the broker's log, then start again: nothing is lost"))
        }
    }

    private func drop(_ count: Int) {
        for index in head..<head + count {
            if let message = messages[index] {
                client.functions.pointee.rd_kafka_message_destroy(message)
            }
            messages[index] = nil
        }
        head += count
    }

    /// The high watermark of the last fetch; nil before the first.
    var highWatermark: Int64? {
        var low: Int64 = -1
        var high: Int64 = -1
        let code = client.functions.pointee.rd_kafka_get_watermark_offsets(
            client.raw, client.topic, Int32(number), &low, &high)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? high : nil
    }
}
