internal import ASEEDSystem

/// What the system is started with; kept, so that `lab restart` needs no options again.
struct StartSettings: Equatable, Sendable {
    /// `file`, `kafka` for a broker of the lab, or the address of a topic.
    var log = "file"
    /// The topic on a broker of the lab; nil is the environment's.
    var topic: String?
    /// The kind of broker that the lab runs itself; nil leaves the log to others.
    var broker: BrokerKind?
    /// Where it listens; 0 takes a free port.
    var brokerPort = 9_092
    /// The order log in use, as `--log` of the services takes it; set by the start.
    var address: String?
    /// Where the dashboard listens; 0 takes a free port.
    var port = 5_005
    /// Orders a second, as the simulator takes it.
    var rate = "100"
    /// Of the engine.
    var trigger = "5s"
    var logLevel = LogLevel.info.name
    /// How often the monitor looks.
    var intervalMs: Int64 = 5_000
    /// A check may take seconds, and the dashboard takes a report for old after 15 s.
    static let longestIntervalMs: Int64 = 5_000
    /// Whether the monitor starts again what died.
    var restarts = false

    /// The options that change them.
    static let options: [CommandSpec.Option] = [
        .init(
            "log", "file|kafka|kafka://HOST:PORT/TOPIC",
            help: "where orders are kept (file: HOME/orders)"),
        .init(
            "broker", BrokerKind.allCases.map(\.rawValue).joined(separator: "|"),
            help: "run this broker too (noida, when nothing names one and --log is kafka)"),
        .init("broker-port", "PORT", help: "where it listens, 0 for a free one (9092)"),
        .init("port", "PORT", help: "of the dashboard, 0 for a free one (DASHBOARD_PORT, 5005)"),
        .init("rate", "N", help: "orders a second (100)"),
        .init("trigger", "TIME", help: "when the engine's batches are due (5s)"),
        .init("interval", "TIME", help: "how often the monitor looks (5s)"),
        .init("restart", help: "let the monitor start again what dies"),
        .init("log-level", "LEVEL", help: "DEBUG, INFO, WARN or ERROR (LOG_LEVEL, INFO)"),
    ]

    /// These settings with what a command line changes.
    func with(
        _ arguments: Arguments, command: String,
        environment: (String) -> String? = Environment.value
    ) throws -> StartSettings {
        var settings = self
        try settings.takeLog(arguments, command: command, environment)
        if let port = try arguments.integer("port", in: 0...65_535) { settings.port = Int(port) }
        if let rate = arguments.string("rate") {
            guard let number = Double(rate), (1e-3...1e8).contains(number) else {
                throw UsageError(
                    "lab \(command): --rate is a number from 0.001 to 100000000, not \"\(rate)\"")
            }
            settings.rate = rate
        }
        if let ms = try arguments.durationMs("trigger") {
            settings.trigger = DurationText.text(milliseconds: ms)
        }
        if let ms = try arguments.durationMs("interval") {
            guard (100...Self.longestIntervalMs).contains(ms) else {
                throw UsageError(
                    "lab \(command): --interval is from 100ms to 5s: the dashboard takes a report "
                        + "of the monitor for old after 15 s")
            }
            settings.intervalMs = ms
        }
        if arguments.has("restart") { settings.restarts = true }
        if arguments.string("log-level") != nil || Environment.value("LOG_LEVEL") != nil {
            settings.logLevel = try ServiceLog.level(arguments, command: command).name
        }
        return settings
    }

    private mutating func takeLog(
        _ arguments: Arguments, command: String, _ environment: (String) -> String?
    ) throws {
        if let text = arguments.string("log") {
            guard text == "file" || KafkaAddress.isKafka(text) else {
                throw UsageError(
                    "lab \(command): --log is file, kafka or kafka://HOST:PORT/TOPIC, not \"\(text)\""
                )
            }
            log = text
            topic = nil
            // Without an address from anybody, the lab runs a broker; this one keeps its topics.
            let isNamed = text != "kafka" || environment("KAFKA_BOOTSTRAP_SERVERS") != nil
            broker = text == "file" || isNamed ? nil : .noida
        }
        if let kind = try arguments.choice("broker", of: BrokerKind.allCases.map(\.rawValue)) {
            guard log == "kafka" else {
                throw UsageError("lab \(command): --broker goes with --log kafka")
            }
            broker = BrokerKind(rawValue: kind)
        }
        if let port = try arguments.integer("broker-port", in: 0...65_535) {
            brokerPort = Int(port)
        }
        try resolve(command: command, environment)
    }

    /// Puts brokers and topic in the place of what the environment names: a restart, perhaps in
    /// another shell, has to find the same log.
    private mutating func resolve(
        command: String, _ environment: (String) -> String?
    ) throws(UsageError) {
        guard log != "file" else { return }
        do throws(LogError) {
            let defaultTopic = topic ?? environment("KAFKA_TOPIC") ?? KafkaSettings.defaultTopic
            let address = try KafkaAddress(
                parsing: log,
                defaultBrokers: (broker == nil ? environment("KAFKA_BOOTSTRAP_SERVERS") : nil)
                    ?? KafkaSettings.defaultBrokers,
                defaultTopic: defaultTopic)
            if broker == nil { log = "\(address)" } else { topic = address.topic }
        } catch {
            throw UsageError("lab \(command): \(error)")
        }
    }

    /// The defaults, with what the environment changes.
    static func fromEnvironment(command: String) throws(UsageError) -> StartSettings {
        var settings = StartSettings()
        if let text = Environment.value("DASHBOARD_PORT") {
            guard let port = Int(text), (0...65_535).contains(port) else {
                throw UsageError(
                    "lab \(command): DASHBOARD_PORT is a port from 0 to 65535, not \"\(text)\"")
            }
            settings.port = port
        }
        return settings
    }

    /// What the last start was told; nil when there was none.
    static func read(_ path: String) -> StartSettings? {
        guard FileTree.exists(path), let bytes = try? TextFile.read(path),
            let json = try? JSONParser.parse(bytes), let log = json["log"]?.string,
            let port = json["port"]?.integer, let rate = json["rate"]?.string,
            let trigger = json["trigger"]?.string, let level = json["log_level"]?.string,
            let interval = json["interval_ms"]?.integer, let restarts = json["restart"]?.bool
        else { return nil }
        return StartSettings(
            log: log, topic: json["topic"]?.string,
            broker: json["broker"]?.string.flatMap(BrokerKind.init),
            brokerPort: json["broker_port"]?.integer.map { Int($0) } ?? 9_092,
            address: json["address"]?.string, port: Int(port), rate: rate, trigger: trigger,
            logLevel: level, intervalMs: min(interval, longestIntervalMs), restarts: restarts)
    }

    /// Keeps them for the next restart.
    func write(to path: String) throws {
        var json = JSONWriter()
        json.object { json in
            json.member("log", log)
            json.member("topic", topic)
            json.member("broker", broker?.rawValue)
            json.member("broker_port", brokerPort)
            json.member("address", address)
            json.member("port", port)
            json.member("rate", rate)
            json.member("trigger", trigger)
            json.member("log_level", logLevel)
            json.member("interval_ms", intervalMs)
            json.member("restart", restarts)
        }
        try TextFile.replace(path, with: json)
    }
}
