internal import CKafka

/// A client's configuration before the client is made.
struct KafkaConfiguration: ~Copyable {
    private let library: KafkaLibrary
    private let raw: OpaquePointer

    /// Properties that the lab's promises hang on; variables can't change them.
    private static let fixed: [String: String] = [
        "enable.idempotence": "exactly once", "acks": "nothing acknowledged is lost",
        "request.required.acks": "nothing acknowledged is lost",
        "isolation.level": "only committed records count",
        "auto.offset.reset": "no record is skipped", "check.crcs": "no damaged record is read",
        "enable.auto.commit": "positions live in the checkpoint",
        "enable.auto.offset.store": "positions live in the checkpoint",
        "enable.partition.eof": "the engine must know where the log ends",
        "log.queue": "the lab reads the client's messages",
    ]

    /// librdkafka's defaults.
    init(_ library: KafkaLibrary) throws(LogError) {
        guard let raw = library.functions.pointee.rd_kafka_conf_new() else {
            throw .kafka(.library(reason: "it makes no configuration"))
        }
        self.library = library
        self.raw = raw
    }

    deinit { library.functions.pointee.rd_kafka_conf_destroy(raw) }

    /// Takes over the address and what the variables set.
    func apply(_ settings: KafkaSettings) throws(LogError) {
        try set("bootstrap.servers", settings.address.brokers, from: "KAFKA_BOOTSTRAP_SERVERS")
        for property in settings.properties {
            if let why = Self.fixed[property.name] {
                throw .kafka(
                    .setting(
                        name: property.variable,
                        reason: "\(property.name) can't be changed: \(why)"))
            }
            try set(property.name, property.value, from: property.variable)
        }
    }

    /// Sets a property.
    ///
    /// - Parameter source: the variable to name when it can't be set.
    func set(_ name: String, _ value: String, from source: String? = nil) throws(LogError) {
        var text = [CChar](repeating: 0, count: 512)
        let result = library.functions.pointee.rd_kafka_conf_set(
            raw, name, value, &text, text.count)
        guard result != RD_KAFKA_CONF_OK else { return }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let reason =
            result == RD_KAFKA_CONF_UNKNOWN
            ? "librdkafka \(library.version) has no property \(name)"
            : String(decoding: bytes, as: UTF8.self)
        throw .kafka(.setting(name: source ?? name, reason: reason))
    }

    /// Sets those of our own choices that no variable made.
    func set(_ choices: [(name: String, value: String)], unless settings: KafkaSettings)
        throws(LogError)
    {
        let given = Set(settings.properties.map(\.name))
        for (name, value) in choices where !given.contains(name) { try set(name, value) }
    }

    /// Which events come through the main queue.
    func setEvents(_ events: Int32) {
        library.functions.pointee.rd_kafka_conf_set_events(raw, events)
    }

    /// Makes the client; the configuration is used up.
    consuming func client(_ kind: rd_kafka_type_t) throws(LogError) -> OpaquePointer {
        var text = [CChar](repeating: 0, count: 512)
        guard
            let client = library.functions.pointee.rd_kafka_new(kind, raw, &text, text.count)
        else {
            let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            _ = consume self
            throw .kafka(
                .setting(
                    name: "librdkafka", reason: String(decoding: bytes, as: UTF8.self)))
        }
        // The client owns it now.
        discard self
        return client
    }
}
