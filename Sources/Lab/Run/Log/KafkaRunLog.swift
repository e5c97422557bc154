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
    /// Work on a topic of the run's own that has not come to its end as far as the run saw.
    private var unfinished: UnfinishedTopic?

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
        let probe = "aseed-probe-\(folder.id)"
        let check = try BrokerCheck(client, broker: who, topic: probe)
        let notice = try monitor.background("broker check", begin(probe, cleansUp: true)) {
            try check.run()
        }
        unfinished = nil
        try monitor.recorder.event(
            "broker.checked",
            [("brokers", .text(brokers)), ("round_trip_ms", .number(notice.roundTripMs))]
                + (notice.left.map { [("left", .text($0))] } ?? []))
        let partitions = settings.partitions
        let work = settings.topic == nil ? begin(topic) : nil
        let made = try monitor.background("topic", work) {
            let admin = try KafkaAdmin(client)
            let isNew = try admin.createTopic(partitions: partitions)
            return (isNew, try admin.topic()?.identity)
        }
        unfinished = nil
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

    private func begin(_ topic: String, cleansUp: Bool = false) -> UnfinishedTopic {
        let work = UnfinishedTopic(name: topic, cleansUp: cleansUp)
        unfinished = work
        return work
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
        if settings.broker == .external, let client {
            if let unfinished {
                let hasEnded = unfinished.awaitEnd(hurry: hurry)
                // It holds no order, so that no evidence is lost.
                if !(hasEnded && unfinished.cleansUp) {
                    problems += delete(unfinished.name, client)
                }
            } else if isFresh, !keepsData {
                problems += delete(topic, client)
            }
        }
        broker?.stop(hurry: hurry)
        return problems
    }

    /// Deletes a topic of the run's own if it is there.
    private func delete(_ topic: String, _ client: KafkaSettings) -> [String] {
        do {
            var own = client
            own.address = try KafkaAddress(brokers: client.address.brokers, topic: topic)
            try KafkaAdmin(own).deleteTopic()
            return []
        } catch {
            return ["topic \(topic) may be left at \(client.address.brokers): \(error)"]
        }
    }
}

/// Work in the background that makes a topic of the run's own: when the run is interrupted, the topic
/// may be there or come a moment later.
final class UnfinishedTopic: Sendable {
    /// How long an interrupted run waits for it.
    private static let waitNs: Int64 = 5_000_000_000

    let name: String
    /// Whether the work deletes the topic itself, however it ends.
    let cleansUp: Bool
    private let ended = Mailbox<Bool>()

    init(name: String, cleansUp: Bool) {
        self.name = name
        self.cleansUp = cleansUp
    }

    /// The work has done all that it will.
    func end() { ended.put(true) }

    /// Waits for that, so that no topic is made after it was looked for.
    ///
    /// - Returns: whether it came.
    func awaitEnd(hurry: () -> Bool) -> Bool {
        let deadline = SystemClock.monotonicNs() + Self.waitNs
        repeat {
            let next = min(deadline, SystemClock.monotonicNs() + 50_000_000)
            if !ended.takeAll(deadlineNs: next).isEmpty { return true }
        } while SystemClock.monotonicNs() < deadline && !hurry()
        return false
    }
}

extension RunMonitor {
    /// Runs work that blocks, and notes its end even when nobody waits for it any more.
    fileprivate func background<Answer: Sendable>(
        _ name: String, _ topic: UnfinishedTopic?, _ work: @escaping @Sendable () throws -> Answer
    ) throws -> Answer {
        try background(name) {
            defer { topic?.end() }
            return try work()
        }
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
