internal import ASEEDSystem

/// Which services a system has, in the order of their start, and their command lines.
struct ServicePlan: Sendable {
    let settings: StartSettings
    let paths: ServicePaths

    /// In the order of the start; they are stopped in the reverse order.
    static let order = [
        ServiceNames.kafka, ServiceNames.dashboard, ServiceNames.engine, ServiceNames.simulator,
        ServiceNames.monitor,
    ]

    /// Those that these settings ask for.
    var services: [String] {
        Self.order.filter { $0 != ServiceNames.kafka || settings.broker != nil }
    }

    /// Names that people may type for services.
    private static let aliases = [
        "simulator": ServiceNames.simulator, "engine": ServiceNames.engine,
        "analyzer": ServiceNames.engine,
    ]

    /// The services of a command line, in the order of the start; nil when none is named.
    static func services(_ words: [String], command: String) throws(UsageError) -> [String]? {
        var named: Set<String> = []
        for word in words {
            let name = aliases[word] ?? word
            guard order.contains(name) else {
                let near = Spelling.nearest(to: word, in: order + Array(aliases.keys))
                let mean = near.map { "; did you mean \($0)?" } ?? ""
                throw UsageError(
                    "lab \(command): no service \"\(word)\"\(mean) There are "
                        + order.joined(separator: ", "))
            }
            named.insert(name)
        }
        return named.isEmpty ? nil : order.filter { named.contains($0) }
    }

    /// How long a service may take until it works: an engine first reads its checkpoint.
    static func readyLimitMs(_ service: String) -> Int64 {
        service == ServiceNames.engine ? 120_000 : 30_000
    }

    /// How long a service may take to end: an engine finishes its batch and publishes it.
    static func stopLimitMs(_ service: String) -> Int64 {
        service == ServiceNames.engine ? 20_000 : 10_000
    }

    /// What the program is started with.
    ///
    /// - Parameters:
    ///   - port: where the dashboard listens, or shall.
    ///   - brokerPort: where the broker does, if one is run.
    func words(_ service: String, port: Int, brokerPort: Int) -> [String] {
        let log = address(brokerPort: brokerPort)
        let home = paths.home
        let logging = [
            "--log-level", settings.logLevel, "--log-file", paths.logFile(of: service),
        ]
        let heartbeat = ["--heartbeat", home.heartbeat(of: service)]
        let url = "http://127.0.0.1:\(port)"
        switch service {
        case ServiceNames.kafka:
            return [
                "broker", "--kind", (settings.broker ?? .noida).rawValue, "--port",
                "\(brokerPort)", "--data", "\(home.path)/broker",
            ]
        case ServiceNames.dashboard:
            return [
                "dashboard", "--port", "\(port)", "--data", home.dashboard, "--token-file",
                home.token,
            ] + logging
        case ServiceNames.engine:
            return [
                "engine", "--log", log, "--checkpoint", paths.checkpoint, "--trigger",
                settings.trigger, "--dashboard", url, "--token-file", home.token,
            ] + heartbeat + logging
        case ServiceNames.simulator:
            return ["simulator", "--log", log, "--rate", settings.rate] + heartbeat
                + logging
        default:
            let restart = settings.restarts ? ["--restart"] : []
            return [
                "monitor", "--home", home.path, "--log", log, "--dashboard", url,
                "--token-file", home.token, "--interval",
                DurationText.text(milliseconds: settings.intervalMs),
            ] + restart + heartbeat + logging
        }
    }

    /// The order log, as `--log` takes it.
    func address(brokerPort: Int) -> String {
        guard settings.log != "file" else { return paths.home.orders }
        guard settings.broker != nil else { return settings.log }
        let topic = settings.topic ?? KafkaSettings.defaultTopic
        return "kafka://127.0.0.1:\(brokerPort)/\(topic)"
    }

    /// Looks for what Kafka needs, before anything is started.
    func check(command: String) throws {
        guard settings.log != "file" else { return }
        var wanted = LogSettings(kind: .kafka)
        wanted.broker = settings.broker == nil ? .external : .managed
        if let broker = settings.broker { wanted.managed = broker }
        try KafkaSetup.ensure([wanted], command: command)
    }

    /// Makes the order log, unless it is there.
    func prepare(brokerPort: Int) throws {
        do throws(LogError) {
            switch try LogName(address(brokerPort: brokerPort)) {
            case .folder(let path):
                guard !FileTree.exists("\(path)/log.json") else { return }
                _ = try FileLog.create(at: path, partitions: Self.partitions)
            case .kafka(let settings):
                let admin = try KafkaAdmin(settings)
                guard try admin.topic() == nil else { return }
                try admin.createTopic(partitions: Self.partitions)
            }
        } catch {
            throw CommandFailure(error.exitCode, "\(error)")
        }
    }

    /// Of a new order log.
    private static let partitions = 3
}
