internal import CKafka

/// Makes, describes and deletes the topic of an order log. Belongs to one thread.
public final class KafkaAdmin {
    private let client: KafkaClient

    /// Connects when it is first used.
    ///
    /// - Parameter notice: told of what a person should know; on standard error by default.
    public init(
        _ settings: KafkaSettings, notice: (@Sendable (String) -> Void)? = nil
    ) throws(LogError) {
        client = try KafkaClient(
            RD_KAFKA_CONSUMER, settings, notice: notice ?? KafkaClient.noticeOnStandardError)
    }

    /// The brokers that answer; throws when none does.
    public func brokers(timeoutMs: Int = 10_000) throws(LogError) -> [KafkaBroker] {
        try client.metadata(timeoutMs: Int32(clamping: timeoutMs)).brokers
    }

    /// The topic; nil when there is none of that name.
    public func topic(timeoutMs: Int = 10_000) throws(LogError) -> KafkaTopic? {
        try client.describe(timeoutMs: Int32(clamping: timeoutMs))
    }

    /// Makes the topic with one replica, unless it is there with as many partitions.
    ///
    /// - Returns: whether it was made.
    /// - Throws: `KafkaError.topic` when it is there with another number of partitions.
    @discardableResult
    public func createTopic(partitions: Int) throws(LogError) -> Bool {
        if let found = try client.describe(withID: false) {
            guard found.partitions == partitions else {
                throw wrong(
                    "it has \(found.partitions) partitions, not \(partitions); use another topic, "
                        + "or delete this one")
            }
            return false
        }
        guard let topic = makeTopic(partitions: partitions) else {
            throw wrong("can't create it with \(partitions) partitions")
        }
        defer { client.functions.pointee.rd_kafka_NewTopic_destroy(topic) }
        try request("create it") { queue, options in
            var topics: [OpaquePointer?] = [topic]
            client.functions.pointee.rd_kafka_CreateTopics(client.raw, &topics, 1, options, queue)
        } results: { event, count in
            guard let result = client.functions.pointee.rd_kafka_event_CreateTopics_result(event)
            else { return nil }
            return client.functions.pointee.rd_kafka_CreateTopics_result_topics(result, count)
        }
        try waitUntil("topic \(client.topic) has \(partitions) partitions with leaders") { found in
            found?.partitions == partitions && found?.isReady == true
        }
        return true
    }

    /// Adds partitions, up to a number of them.
    public func addPartitions(upTo count: Int) throws(LogError) {
        var text = [CChar](repeating: 0, count: 256)
        guard
            let wanted = client.functions.pointee.rd_kafka_NewPartitions_new(
                client.topic, count, &text, text.count)
        else { throw wrong("can't give it \(count) partitions") }
        defer { client.functions.pointee.rd_kafka_NewPartitions_destroy(wanted) }
        try request("give it \(count) partitions") { queue, options in
            var list: [OpaquePointer?] = [wanted]
            client.functions.pointee.rd_kafka_CreatePartitions(
                client.raw, &list, 1, options, queue)
        } results: { event, count in
            guard
                let result = client.functions.pointee.rd_kafka_event_CreatePartitions_result(event)
            else { return nil }
            return client.functions.pointee.rd_kafka_CreatePartitions_result_topics(result, count)
        }
        try waitUntil("topic \(client.topic) has \(count) partitions with leaders") { found in
            found?.partitions == count && found?.isReady == true
        }
    }

    /// Deletes the topic and all its records; nothing happens when there is none.
    public func deleteTopic() throws(LogError) {
        guard try client.describe(withID: false) != nil else { return }
        guard let topic = client.functions.pointee.rd_kafka_DeleteTopic_new(client.topic) else {
            throw wrong("can't delete it")
        }
        defer { client.functions.pointee.rd_kafka_DeleteTopic_destroy(topic) }
        try request("delete it") { queue, options in
            var topics: [OpaquePointer?] = [topic]
            client.functions.pointee.rd_kafka_DeleteTopics(client.raw, &topics, 1, options, queue)
        } results: { event, count in
            guard let result = client.functions.pointee.rd_kafka_event_DeleteTopics_result(event)
            else { return nil }
            return client.functions.pointee.rd_kafka_DeleteTopics_result_topics(result, count)
        }
        try waitUntil("topic \(client.topic) is gone") { $0 == nil }
    }

    /// Records over the limit of R11 must reach the log to be rejected.
    private static let largestRecordBytes = 4_194_304

    private func makeTopic(partitions: Int) -> OpaquePointer? {
        var text = [CChar](repeating: 0, count: 256)
        let topic = client.functions.pointee.rd_kafka_NewTopic_new(
            client.topic, Int32(clamping: partitions), 1, &text, text.count)
        guard let topic else { return nil }
        let code = client.functions.pointee.rd_kafka_NewTopic_set_config(
            topic, "max.message.bytes", "\(Self.largestRecordBytes)")
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            client.functions.pointee.rd_kafka_NewTopic_destroy(topic)
            return nil
        }
        return topic
    }

    private typealias TopicResults = UnsafeMutablePointer<OpaquePointer?>

    /// Sends a request and looks at what it says of the topic.
    private func request(
        _ action: String, send: (_ queue: OpaquePointer, _ options: OpaquePointer?) -> Void,
        results: (_ event: OpaquePointer, _ count: UnsafeMutablePointer<Int>) -> TopicResults?
    ) throws(LogError) {
        let functions = client.functions
        guard let queue = functions.pointee.rd_kafka_queue_new(client.raw) else {
            throw wrong("can't \(action)")
        }
        defer { functions.pointee.rd_kafka_queue_destroy(queue) }
        let options = functions.pointee.rd_kafka_AdminOptions_new(
            client.raw, RD_KAFKA_ADMIN_OP_ANY)
        defer { if let options { functions.pointee.rd_kafka_AdminOptions_destroy(options) } }
        var text = [CChar](repeating: 0, count: 256)
        _ = functions.pointee.rd_kafka_AdminOptions_set_request_timeout(
            options, KafkaClient.answerMs, &text, text.count)
        send(queue, options)
        let event = try client.answer(
            on: queue, to: action, timeoutMs: KafkaClient.answerMs + 2_000)
        defer { functions.pointee.rd_kafka_event_destroy(event) }
        var count = 0
        guard let topics = results(event, &count), count > 0, let topic = topics[0] else {
            throw wrong("can't \(action): the broker's answer names no topic")
        }
        let code = functions.pointee.rd_kafka_topic_result_error(topic)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            let reason = functions.pointee.rd_kafka_topic_result_error_string(topic)
            throw wrong(
                "can't \(action): "
                    + (reason.map { String(cString: $0) } ?? client.library.text(code)))
        }
    }

    /// Brokers answer before the change is to be seen everywhere.
    private func waitUntil(
        _ what: String, _ condition: (KafkaTopic?) -> Bool
    ) throws(LogError) {
        let startNs = SystemClock.monotonicNs()
        let limitNs = Int64(KafkaClient.answerMs) * 1_000_000
        let pause = ConditionLock(())
        while true {
            if condition(try client.describe(withID: false)) { return }
            let nowNs = SystemClock.monotonicNs()
            guard nowNs - startNs < limitNs else {
                throw client.unreachable(
                    "see that \(what)", waitedMs: (nowNs - startNs) / 1_000_000)
            }
            _ = pause.wait(untilNs: nowNs + 20_000_000) { _ -> Void? in nil }
        }
    }

    private func wrong(_ reason: String) -> LogError {
        .kafka(.topic(brokers: client.brokers, topic: client.topic, reason: reason))
    }
}
