internal import CKafka

/// A topic as the brokers describe it.
public struct KafkaTopic: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// Its id; nil where the broker gives none.
    public let id: String?
    /// The cluster's id; nil where the broker gives none.
    public let clusterID: String?
    /// Its partitions are 0 ..< this.
    public let partitions: Int
    /// Whether each partition has a leader, so that it can be read and written.
    public let isReady: Bool

    /// What tells this topic from every other one, also from a later one of the same name (R4).
    public var identity: String {
        "kafka:\(clusterID ?? "-"):" + (id.map { "id=\($0)" } ?? "name=\(name)")
    }

    /// Whether an id that both have tells that this is not the topic of before.
    func isOther(than before: KafkaTopic) -> Bool {
        func differ(_ one: String?, _ other: String?) -> Bool {
            one != nil && other != nil && one != other
        }
        return differ(id, before.id) || differ(clusterID, before.clusterID)
    }
}

/// A broker as the metadata names it.
public struct KafkaBroker: Equatable, Sendable {
    /// Its number.
    public let id: Int
    /// Where it says it is.
    public let host: String
    /// Its port.
    public let port: Int
}

extension KafkaClient {
    /// Asks the brokers for a topic.
    ///
    /// - Parameter withID: ask for the ids too. One that is nil is then one that the broker does not
    ///   have, as it says.
    /// - Returns: nil when there is none of that name.
    /// - Throws: `KafkaError.unreachable` when not all is answered in time.
    func describe(
        timeoutMs: Int32 = KafkaClient.answerMs, withID: Bool = true
    ) throws(LogError) -> KafkaTopic? {
        let limit = AnswerLimit(timeoutMs: timeoutMs)
        guard let found = try metadata(timeoutMs: timeoutMs).topic else { return nil }
        guard withID else { return found }
        let cluster = try clusterID(limit)
        return KafkaTopic(
            name: topic, id: try topicID(limit), clusterID: cluster,
            partitions: found.partitions, isReady: found.isReady)
    }

    /// The brokers, and the topic if there is one.
    func metadata(
        timeoutMs: Int32 = KafkaClient.answerMs
    ) throws(LogError) -> (brokers: [KafkaBroker], topic: KafkaTopic?) {
        guard let handle = functions.pointee.rd_kafka_topic_new(raw, topic, nil) else {
            throw .kafka(
                .topic(
                    brokers: brokers, topic: topic,
                    reason: library.text(functions.pointee.rd_kafka_last_error())))
        }
        defer { functions.pointee.rd_kafka_topic_destroy(handle) }
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = functions.pointee.rd_kafka_metadata(raw, 0, handle, &answer, timeoutMs)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else {
            throw unreachable("ask for topic \(topic)", waitedMs: Int64(timeoutMs))
        }
        defer { functions.pointee.rd_kafka_metadata_destroy(answer) }
        let named = UnsafeBufferPointer(
            start: answer.pointee.brokers, count: Int(answer.pointee.broker_cnt)
        ).map { broker in
            KafkaBroker(
                id: Int(broker.id), host: broker.host.map { String(cString: $0) } ?? "",
                port: Int(broker.port))
        }
        guard answer.pointee.topic_cnt > 0, let found = answer.pointee.topics?.pointee else {
            return (named, nil)
        }
        return (named, try described(found))
    }

    private func described(_ found: rd_kafka_metadata_topic) throws(LogError) -> KafkaTopic? {
        switch found.err {
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
            return nil
        case RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE: break
        default:
            throw .kafka(.topic(brokers: brokers, topic: topic, reason: library.text(found.err)))
        }
        let partitions = UnsafeBufferPointer(
            start: found.partitions, count: Int(found.partition_cnt))
        return KafkaTopic(
            name: topic, id: nil, clusterID: nil, partitions: partitions.count,
            isReady: !partitions.isEmpty
                && partitions.allSatisfy {
                    $0.err == RD_KAFKA_RESP_ERR_NO_ERROR && $0.leader >= 0
                })
    }

    /// A time-out that several questions share.
    private struct AnswerLimit {
        let timeoutMs: Int32
        private let untilNs: Int64

        init(timeoutMs: Int32) {
            self.timeoutMs = timeoutMs
            untilNs = SystemClock.monotonicNs() + Int64(timeoutMs) * 1_000_000
        }

        var leftMs: Int32 {
            Int32(clamping: max(0, untilNs - SystemClock.monotonicNs()) / 1_000_000)
        }
    }

    /// The cluster's id; nil when the broker answered without one.
    private func clusterID(_ limit: AnswerLimit) throws(LogError) -> String? {
        // Returns early when there was an answer.
        guard let text = functions.pointee.rd_kafka_clusterid(raw, max(1, limit.leftMs)) else {
            guard limit.leftMs > 0 else {
                throw unreachable("ask for the cluster's id", waitedMs: Int64(limit.timeoutMs))
            }
            return nil
        }
        defer { functions.pointee.rd_kafka_mem_free(raw, text) }
        let id = String(cString: text)
        return id.isEmpty ? nil : id
    }

    /// The topic's id; nil when library or broker do not know of ids.
    private func topicID(_ limit: AnswerLimit) throws(LogError) -> String? {
        guard let collect = functions.pointee.topic_collection,
            let release = functions.pointee.topic_collection_destroy,
            let describe = functions.pointee.describe_topics,
            let result = functions.pointee.described_topics,
            let list = functions.pointee.described_topics_list,
            let topicID = functions.pointee.topic_id, let text = functions.pointee.uuid_text
        else { return nil }
        guard functions.pointee.rd_kafka_controllerid(raw, max(1, limit.leftMs)) >= 0 else {
            guard limit.leftMs > 0 else {
                throw unreachable(
                    "ask which broker describes topics", waitedMs: Int64(limit.timeoutMs))
            }
            // A cluster that answers and has no controller has nobody to ask.
            return nil
        }
        guard let queue = functions.pointee.rd_kafka_queue_new(raw) else { return nil }
        defer { functions.pointee.rd_kafka_queue_destroy(queue) }
        let topics = topic.withCString { name in
            var names: [UnsafePointer<CChar>] = [name]
            return names.withUnsafeMutableBufferPointer { buffer in
                buffer.baseAddress.flatMap { collect($0, 1) }
            }
        }
        guard let topics else { return nil }
        defer { release(topics) }
        describe(raw, topics, nil, queue)
        let event = try answer(
            on: queue, to: "describe topic \(topic)", timeoutMs: max(1, limit.leftMs))
        defer { functions.pointee.rd_kafka_event_destroy(event) }
        var count = 0
        guard let answer = result(event), let found = list(answer, &count), count > 0,
            let described = found[0], let id = topicID(described), let value = text(id)
        else { return nil }
        let written = String(cString: value)
        // The null id, which brokers without ids are given.
        return written.allSatisfy { $0 == "A" || $0 == "=" } ? nil : written
    }
}
