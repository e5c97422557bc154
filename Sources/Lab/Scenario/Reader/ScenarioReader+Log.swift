internal import ASEEDSystem

extension ScenarioReader {
    /// The order log, with what the command line says of it.
    func readLog(_ top: inout ObjectReader) -> LogSettings {
        var log = readOwnLog(&top)
        overrides.log.apply(to: &log)
        return log
    }

    private func readOwnLog(_ top: inout ObjectReader) -> LogSettings {
        var log = LogSettings()
        guard let value = top.member("log"),
            var reader = ObjectReader(value, path: "log", problems: problems)
        else { return log }
        log.kind = reader.choice("kind", LogSettings.Kind.self) ?? log.kind
        log.partitions =
            reader.integer("partitions", in: Limits.partitions).map(Int.init) ?? log.partitions
        switch log.kind {
        case .file:
            log.fsync = reader.choice("fsync", LogSettings.Fsync.self) ?? log.fsync
            for name in ["broker", "topic"] {
                refuse(&reader, name, "it belongs to the log kind \"kafka\"")
            }
            // For `--log kafka`: which broker suits the scenario.
            log.managed = reader.choice("managed", BrokerKind.self) ?? log.managed
        case .kafka:
            refuse(
                &reader, "fsync",
                "it belongs to the log kind \"file\"; Kafka acknowledges when all replicas have it")
            readBroker(&reader, &log)
        }
        reader.finish()
        return log
    }

    private func readBroker(_ reader: inout ObjectReader, _ log: inout LogSettings) {
        log.broker = reader.choice("broker", LogSettings.Broker.self) ?? log.broker
        if log.broker == .external {
            refuse(&reader, "managed", "it belongs to the broker \"managed\"")
        } else {
            log.managed = reader.choice("managed", BrokerKind.self) ?? log.managed
        }
        guard let topic = reader.string("topic") else { return }
        if let mistake = Configuration.topicMistake(topic) {
            problems.add(
                at: reader.value["topic"]?.offset ?? reader.value.offset,
                "log.topic: \(mistake)")
        } else {
            log.topic = topic
        }
    }

    private func refuse(_ reader: inout ObjectReader, _ name: String, _ why: String) {
        guard reader.member(name) != nil else { return }
        problems.add(at: reader.offsetOfName(name), "log.\(name): \(why)")
    }
}

/// What `--log`, `--broker` and `--managed` say of every scenario's log.
struct LogOverrides: Equatable, Sendable {
    var kind: LogSettings.Kind?
    var broker: LogSettings.Broker?
    var managed: BrokerKind?

    /// Changes a scenario's settings. What only the other kind of log has is left as it is.
    func apply(to log: inout LogSettings) {
        if let kind { log.kind = kind }
        if let broker { log.broker = broker }
        if let managed {
            log.managed = managed
            log.broker = .managed
        }
    }

    /// The words that say the same on a command line.
    var words: [String] {
        (kind.map { ["--log", $0.rawValue] } ?? [])
            + (broker.map { ["--broker", $0.rawValue] } ?? [])
            + (managed.map { ["--managed", $0.rawValue] } ?? [])
    }
}
