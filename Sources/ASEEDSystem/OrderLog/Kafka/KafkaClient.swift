internal import CKafka
internal import Glibc

/// A librdkafka client with the thread that reads its events. Closes itself when it goes away.
///
/// Sendable by hand: librdkafka's handles may be used from any thread.
final class KafkaClient: @unchecked Sendable {
    /// How long an answer is waited for when nothing works without it.
    static let answerMs: Int32 = 10_000

    let library: KafkaLibrary
    let raw: OpaquePointer
    let settings: KafkaSettings
    let events: KafkaEvents
    let mainQueue: OpaquePointer
    private let thread: NamedThread

    var brokers: String { settings.address.brokers }
    var topic: String { settings.address.topic }
    var functions: UnsafePointer<ckafka_api> { library.functions }

    /// Says what a person should know on standard error.
    static let noticeOnStandardError: @Sendable (String) -> Void = { text in
        StandardStream.error.write("\(text)\n")
    }

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - required: properties that must be so.
    ///   - choices: properties that a variable may change.
    init(
        _ kind: rd_kafka_type_t, _ settings: KafkaSettings,
        required: [(name: String, value: String)] = [],
        choices: [(name: String, value: String)] = [], events: Int32 = 0,
        notice: @escaping @Sendable (String) -> Void = KafkaClient.noticeOnStandardError,
        deliver: (@Sendable (OpaquePointer) -> Void)? = nil
    ) throws(LogError) {
        let library = try KafkaLibrary.loaded()
        let configuration = try KafkaConfiguration(library)
        try configuration.apply(settings)
        try configuration.set(Self.common + choices, unless: settings)
        for (name, value) in required { try configuration.set(name, value) }
        configuration.setEvents(events | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_ERROR)
        try configuration.set("log.queue", "true")
        let raw = try configuration.client(kind)
        guard let mainQueue = library.functions.pointee.rd_kafka_queue_get_main(raw) else {
            library.functions.pointee.rd_kafka_destroy(raw)
            throw .kafka(.library(reason: "a client has no queue"))
        }
        // Only fails without `log.queue`, which is set above.
        _ = library.functions.pointee.rd_kafka_set_log_queue(raw, mainQueue)
        let loop = KafkaEvents(
            library, queue: mainQueue, brokers: settings.address.brokers, notice: notice,
            deliver: deliver)
        do throws(SystemError) {
            thread = try NamedThread("kafka-events") { loop.run() }
        } catch {
            library.functions.pointee.rd_kafka_queue_destroy(mainQueue)
            library.functions.pointee.rd_kafka_destroy(raw)
            throw .system(error)
        }
        self.library = library
        self.raw = raw
        self.settings = settings
        self.mainQueue = mainQueue
        self.events = loop
    }

    deinit {
        events.stop()
        thread.join()
        functions.pointee.rd_kafka_queue_destroy(mainQueue)
        // Nothing is to be committed or left: positions are the checkpoint's.
        functions.pointee.rd_kafka_destroy_flags(raw, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
    }

    private static let common: [(name: String, value: String)] = [
        ("client.id", "aseed-lab"),
        // A broker that comes back is found within a second.
        ("reconnect.backoff.ms", "50"), ("reconnect.backoff.max.ms", "1000"),
        // One broker of the lab answers a fetch with all it has.
        ("receive.message.max.bytes", "2000000000"),
        ("socket.nagle.disable", "true"),
    ]

    /// An error of a wait that was in vain.
    func unreachable(_ action: String, waitedMs: Int64) -> LogError {
        .kafka(
            .unreachable(
                brokers: brokers, action: action, waitedMs: waitedMs, reason: events.lastProblem))
    }

    /// Waits for an event of a request's own queue; the caller destroys it.
    func answer(
        on queue: OpaquePointer, to action: String, timeoutMs: Int32 = KafkaClient.answerMs
    ) throws(LogError) -> OpaquePointer {
        guard let event = functions.pointee.rd_kafka_queue_poll(queue, timeoutMs) else {
            throw unreachable(action, waitedMs: Int64(timeoutMs))
        }
        let code = functions.pointee.rd_kafka_event_error(event)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            let text =
                functions.pointee.rd_kafka_event_error_string(event).map { String(cString: $0) }
                ?? library.text(code)
            functions.pointee.rd_kafka_event_destroy(event)
            if Self.isNoAnswer(code) {
                throw .kafka(
                    .unreachable(
                        brokers: brokers, action: action, waitedMs: Int64(timeoutMs),
                        reason: text + (events.lastProblem.isEmpty ? "" : ": ")
                            + events.lastProblem))
            }
            throw .kafka(
                .topic(brokers: brokers, topic: topic, reason: "can't \(action): \(text)"))
        }
        return event
    }

    /// Codes that stand for a broker that can't be reached.
    static func isNoAnswer(_ code: rd_kafka_resp_err_t) -> Bool {
        [
            RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TRANSPORT,
            RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE,
            RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
        ].contains(code)
    }
}
