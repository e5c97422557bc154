internal import CKafka
internal import Synchronization

/// The side jobs of a Kafka log, on a thread of their own: commits offsets to the consumer group, and
/// looks now and then whether the topic has more partitions or was made anew.
final class KafkaWatch: Sendable {
    private struct State {
        var partitions: Int
        var pending: [Int64]?
        var problem: LogError?
        var isStopping = false
    }

    private static let commitEveryNs: Int64 = 1_000_000_000
    private static let lookEveryNs: Int64 = 5_000_000_000

    private let state: ConditionLock<State>
    private let thread: NamedThread

    init(_ client: KafkaClient, topic: KafkaTopic) throws(LogError) {
        let state = ConditionLock(State(partitions: topic.partitions))
        self.state = state
        do throws(SystemError) {
            thread = try NamedThread("kafka-watch") { Self.run(client, topic, state) }
        } catch {
            throw .system(error)
        }
    }

    var partitions: Int { state.read { $0.partitions } }

    /// Why the topic must not be read any further.
    var problem: LogError? { state.read { $0.problem } }

    /// Commits these offsets when the time has come; newer ones replace them.
    func commit(_ positions: [Int64]) { state.update { $0.pending = positions } }

    /// Commits what is left, and ends.
    func stop() {
        state.update { $0.isStopping = true }
        thread.join()
    }

    private static func run(
        _ client: KafkaClient, _ topic: KafkaTopic, _ state: ConditionLock<State>
    ) {
        var lookNs = SystemClock.monotonicNs() + lookEveryNs
        while true {
            let wakeNs = SystemClock.monotonicNs() + commitEveryNs
            let isStopping = state.wait(untilNs: wakeNs) { $0.isStopping ? true : nil } ?? false
            let pending = state.update { state in
                defer { state.pending = nil }
                return state.pending
            }
            if let pending { client.commit(pending, waits: isStopping) }
            if isStopping { return }
            guard SystemClock.monotonicNs() >= lookNs else { continue }
            look(client, topic, state)
            lookNs = SystemClock.monotonicNs() + lookEveryNs
        }
    }

    private static func look(
        _ client: KafkaClient, _ topic: KafkaTopic, _ state: ConditionLock<State>
    ) {
        // Without an answer nothing is known, and the client's events tell of it.
        guard let found = try? client.describe(timeoutMs: 3_000) else { return }
        state.update { state in
            if found.isOther(than: topic) {
                state.problem = .kafka(
                    .topic(
                        brokers: client.brokers, topic: client.topic,
                        reason: "it was made anew while it was read; start with a new checkpoint"))
            } else {
                state.partitions = max(state.partitions, found.partitions)
            }
        }
    }
}

extension KafkaClient {
    /// Commits offsets to the consumer group; what becomes of it comes as an event.
    ///
    /// - Parameter waits: wait for it, at most two seconds.
    func commit(_ positions: [Int64], waits: Bool) {
        guard
            let list = functions.pointee.rd_kafka_topic_partition_list_new(Int32(positions.count))
        else { return }
        defer { functions.pointee.rd_kafka_topic_partition_list_destroy(list) }
        for (partition, position) in positions.enumerated() {
            let entry = functions.pointee.rd_kafka_topic_partition_list_add(
                list, topic, Int32(partition))
            entry?.pointee.offset = position
        }
        guard waits else {
            noteCommit(functions.pointee.rd_kafka_commit_queue(raw, list, mainQueue, nil, nil))
            return
        }
        guard let queue = functions.pointee.rd_kafka_queue_new(raw) else { return }
        defer { functions.pointee.rd_kafka_queue_destroy(queue) }
        noteCommit(functions.pointee.rd_kafka_commit_queue(raw, list, queue, nil, nil))
        guard let event = functions.pointee.rd_kafka_queue_poll(queue, 2_000) else { return }
        noteCommit(functions.pointee.rd_kafka_event_error(event))
        functions.pointee.rd_kafka_event_destroy(event)
    }

    private func noteCommit(_ code: rd_kafka_resp_err_t) {
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { events.noteCommit(code) }
    }
}
