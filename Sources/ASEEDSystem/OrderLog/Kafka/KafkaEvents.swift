internal import CKafka
internal import Synchronization

/// What a client says besides records: problems, what became of commits, delivery reports.
///
/// Sendable by hand: the pointers never change, and everything else is behind a lock or atomic.
final class KafkaEvents: @unchecked Sendable {
    /// What is known of the client's connections.
    private struct State {
        var lastProblem = ""
        var fatal: String?
        var commitProblem: String?
    }

    private let library: KafkaLibrary
    private let queue: OpaquePointer
    private let brokers: String
    private let notice: @Sendable (String) -> Void
    private let deliver: (@Sendable (OpaquePointer) -> Void)?
    private let state = ConditionLock(State())
    private let isDown = Atomic(false)
    private let isStopping = Atomic(false)

    /// - Parameters:
    ///   - queue: the client's main queue.
    ///   - notice: told of what a person should know, once for each time it begins and ends.
    ///   - deliver: takes delivery reports; they are destroyed after it.
    init(
        _ library: KafkaLibrary, queue: OpaquePointer, brokers: String,
        notice: @escaping @Sendable (String) -> Void,
        deliver: (@Sendable (OpaquePointer) -> Void)?
    ) {
        self.library = library
        self.queue = queue
        self.brokers = brokers
        self.notice = notice
        self.deliver = deliver
    }

    /// The last thing that went wrong; empty when nothing did.
    var lastProblem: String { state.read { $0.lastProblem } }

    /// Why the client is of no use any more; nil as long as it is.
    var fatal: String? { state.read { $0.fatal } }

    /// Empties the queue until told to stop.
    func run() {
        let functions = library.functions
        while !isStopping.load(ordering: .acquiring) {
            guard let event = functions.pointee.rd_kafka_queue_poll(queue, 500) else { continue }
            take(event)
            functions.pointee.rd_kafka_event_destroy(event)
        }
    }

    /// Ends `run`.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        library.functions.pointee.rd_kafka_queue_yield(queue)
    }

    /// Records or reports came: the brokers are there.
    func noteAnswer() {
        guard isDown.load(ordering: .relaxed),
            isDown.exchange(false, ordering: .relaxed)
        else { return }
        notice("Kafka: \(brokers) answers again")
    }

    private func take(_ event: OpaquePointer) {
        let functions = library.functions
        switch functions.pointee.rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR:
            noteAnswer()
            deliver?(event)
        case RD_KAFKA_EVENT_LOG:
            var facility: UnsafePointer<CChar>?
            var text: UnsafePointer<CChar>?
            var level: Int32 = 0
            guard functions.pointee.rd_kafka_event_log(event, &facility, &text, &level) == 0,
                let text, level <= 4
            else { return }
            noteProblem(String(cString: text))
        case RD_KAFKA_EVENT_ERROR:
            takeError(event)
        case RD_KAFKA_EVENT_OFFSET_COMMIT:
            noteCommit(functions.pointee.rd_kafka_event_error(event))
        default: break
        }
    }

    private func noteProblem(_ text: String) { state.update { $0.lastProblem = text } }

    private func takeError(_ event: OpaquePointer) {
        let functions = library.functions
        let code = functions.pointee.rd_kafka_event_error(event)
        let text =
            functions.pointee.rd_kafka_event_error_string(event).map { String(cString: $0) }
            ?? library.text(code)
        if code == RD_KAFKA_RESP_ERR__FATAL
            || functions.pointee.rd_kafka_event_error_is_fatal(event) != 0
        {
            state.update { $0.fatal = $0.fatal ?? text }
        }
        guard code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN else { return noteProblem(text) }
        guard !isDown.exchange(true, ordering: .relaxed) else { return }
        let reason = lastProblem
        notice(
            "Kafka: \(brokers) does not answer\(reason.isEmpty ? "" : " (\(reason))"); "
                + "waiting until it is back")
    }

    /// A commit of offsets to the group serves who looks on; it never stops the engine.
    func noteCommit(_ code: rd_kafka_resp_err_t) {
        let isFine = code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR__NO_OFFSET
        let text = isFine ? nil : library.text(code)
        let isNews = state.update { state in
            defer { state.commitProblem = text }
            return text != nil && state.commitProblem != text
        }
        if isNews, let text {
            notice(
                "Kafka: offsets of the consumer group were not committed (\(text)); lag tools show "
                    + "an old place, the engine goes on")
        }
    }
}
