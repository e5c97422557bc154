internal import ASEEDSystem
internal import Verifier

/// A run's log in a topic of a Kafka broker, which the lab starts and stops or is given.
final class KafkaRunLog: RunLog {
    private let settings: LogSettings
    private let folder: RunFolder
    private let services: ServiceGroup
    private var broker: ManagedBroker?
    private var client: KafkaSettings?
    private var library: String?
    private var identity: String?
    /// Whether the run made the topic, so that it may delete it.
    private var isOwnTopic = false

    init(_ settings: LogSettings, _ folder: RunFolder, _ services: ServiceGroup) {
        self.settings = settings
        self.folder = folder
        self.services = services
    }

    private var topic: String { settings.topic ?? "aseed-\(folder.id)" }

    var address: String { client?.address.description ?? "kafka" }

    var environment: [String: String?] {
        settings.broker == .managed ? KafkaVariables.plain() : [:]
    }

    var serviceNames: Set<String> { ServiceName.brokers }

    var summary: LogSummary {
        LogSummary(
            kind: .kafka, broker: settings.broker,
            managed: settings.broker == .managed ? settings.managed : nil,
            version: broker?.version, brokers: client?.address.brokers, topic: topic,
            library: library, identity: identity)
    }

    // MARK: - The beginning

    func open(_ monitor: RunMonitor) throws {
        let brokers = try startBroker(monitor)
        let client = try KafkaSettings(
            log: KafkaAddress(brokers: brokers, topic: topic).description,
            names: KafkaVariables.names(managed: settings.broker == .managed),
            value: Environment.value)
        self.client = client
        library = try LibraryVersions.kafka()
        let who = broker.map { "\($0.kind.rawValue) at \(brokers)" } ?? brokers
        let check = try BrokerCheck(client, broker: who, topic: "aseed-probe-\(folder.id)")
        let notice = try monitor.background("broker check") { try check.run() }
        try monitor.recorder.event(
            "broker.checked",
            [("brokers", .text(brokers)), ("round_trip_ms", .number(notice.roundTripMs))]
                + (notice.left.map { [("left", .text($0))] } ?? []))
        let partitions = settings.partitions
        let made = try monitor.background("topic") {
            let admin = try KafkaAdmin(client)
            let isNew = try admin.createTopic(partitions: partitions)
            return (isNew, try admin.topic()?.identity)
        }
        isOwnTopic = made.0
        identity = made.1
        if !isOwnTopic { try requireEmpty(client, monitor) }
        try monitor.recorder.event(
            "topic.ready",
            [
                ("topic", .text(topic)), ("partitions", .number(Int64(partitions))),
                ("made", .text(isOwnTopic ? "yes" : "no")),
            ])
    }

    private func startBroker(_ monitor: RunMonitor) throws -> String {
        guard settings.broker == .managed else {
            return Environment.value("KAFKA_BOOTSTRAP_SERVERS") ?? KafkaSettings.defaultBrokers
        }
        let broker = try ManagedBroker(
            settings.managed, folder: folder.broker, logs: folder.logs, services: services)
        self.broker = broker
        monitor.mayEnd.formUnion(broker.brief)
        try broker.start { try monitor.beat() }
        try monitor.recorder.event(
            "broker.ready", [("broker", .text(broker.version)), ("at", .text(broker.address))])
        return broker.address
    }

    /// Order ids are never used twice (R6), so a run begins with an empty topic.
    private func requireEmpty(_ client: KafkaSettings, _ monitor: RunMonitor) throws {
        let starts = try monitor.background("look at topic") {
            let reader = try KafkaConsumer(client)
            return try (0..<(reader.topic()?.partitions ?? 0)).map { partition in
                let start = try reader.startOffset(of: partition)
                return (start, try reader.endOffset(of: partition, from: start))
            }
        }
        for (partition, bounds) in starts.enumerated() where bounds.0 < bounds.1 {
            throw RunStop.environment(
                "topic \(topic) at \(client.address.brokers) holds records already (partition "
                    + "\(partition), offsets \(bounds.0) to \(bounds.1)); a run needs an empty "
                    + "topic: leave log.topic out, name another one, or delete this one")
        }
    }

    // MARK: - The end

    func ends(_ monitor: RunMonitor) throws -> [Int64] {
        guard let client else { return [] }
        let partitions = settings.partitions
        return try monitor.background("ends of log") {
            let reader = try KafkaConsumer(client)
            return try (0..<partitions).map { partition in
                try reader.endOffset(
                    of: partition, from: reader.startOffset(of: partition))
            }
        }
    }

    func keepEvidence(pulse: () throws -> Void) throws {
        guard let client, broker?.isRunning != false else { return }
        let export = LogExport(client, folder: folder.log, partitions: settings.partitions)
        do {
            _ = try Background.run("export", pulse: pulse) { try export.run() }
        } catch {
            export.cancel()
            throw error
        }
    }

    func close(keepsData: Bool, hurry: () -> Bool) -> [String] {
        var problems: [String] = []
        let isFresh = isOwnTopic && settings.topic == nil
        if settings.broker == .external, isFresh, !keepsData, let client {
            do {
                try KafkaAdmin(client).deleteTopic()
            } catch {
                problems.append("topic \(topic) was left at \(client.address.brokers): \(error)")
            }
        }
        broker?.stop(hurry: hurry)
        return problems
    }
}

/// Which variables of the environment clients of a broker get.
enum KafkaVariables {
    /// How to speak to somebody's own brokers; one that the lab starts speaks plain text.
    private static let guarded = [
        "KAFKA_SECURITY_", "KAFKA_SASL_", "KAFKA_SSL_", "KAFKA_ENABLE_SSL_",
    ]
    private static let addresses: Set<String> = ["KAFKA_BOOTSTRAP_SERVERS", "KAFKA_TOPIC"]

    private static func isTaken(_ name: String) -> Bool {
        addresses.contains(name) || guarded.contains { name.hasPrefix($0) }
    }

    /// Takes away what a broker of the lab's own would stumble over.
    static func plain(_ names: [String] = Environment.names) -> [String: String?] {
        names.filter(isTaken).reduce(into: [:]) { $0[$1] = .some(nil) }
    }

    /// The names of the variables that count.
    static func names(
        managed: Bool, _ names: [String] = Environment.names
    ) -> [String] {
        managed ? names.filter { !isTaken($0) } : names
    }
}
