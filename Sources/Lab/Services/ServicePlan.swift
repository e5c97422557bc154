internal import ASEEDSystem

/// Which services a system has, in the order of their start, and their command lines.
struct ServicePlan: Sendable {
    let settings: StartSettings
    let paths: ServicePaths

    /// In the order of the start; they are stopped in the reverse order.
    static let order = [
        ServiceNames.dashboard, ServiceNames.engine, ServiceNames.simulator, ServiceNames.monitor,
    ]

    /// Names that people may type for services.
    private static let aliases = [
        "simulator": ServiceNames.simulator, "engine": ServiceNames.engine,
        "analyzer": ServiceNames.engine,
    ]

    /// The services of a command line, in the order of the start; all when none is named.
    static func services(_ words: [String], command: String) throws(UsageError) -> [String] {
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
        return named.isEmpty ? order : order.filter { named.contains($0) }
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
    /// - Parameter port: where the dashboard listens, or shall.
    func words(_ service: String, port: Int) -> [String] {
        let home = paths.home
        let logging = [
            "--log-level", settings.logLevel, "--log-file", paths.logFile(of: service),
        ]
        let heartbeat = ["--heartbeat", home.heartbeat(of: service)]
        let url = "http://127.0.0.1:\(port)"
        switch service {
        case ServiceNames.dashboard:
            return [
                "dashboard", "--port", "\(port)", "--data", home.dashboard, "--token-file",
                home.token,
            ] + logging
        case ServiceNames.engine:
            return [
                "engine", "--log", home.orders, "--checkpoint", paths.checkpoint, "--trigger",
                settings.trigger, "--dashboard", url, "--token-file", home.token,
            ] + heartbeat + logging
        case ServiceNames.simulator:
            return ["simulator", "--log", home.orders, "--rate", settings.rate] + heartbeat
                + logging
        default:
            let restart = settings.restarts ? ["--restart"] : []
            return [
                "monitor", "--home", home.path, "--log", home.orders, "--dashboard", url,
                "--token-file", home.token, "--interval",
                DurationText.text(milliseconds: settings.intervalMs),
            ] + restart + heartbeat + logging
        }
    }

    /// Makes what services expect to find: the order log.
    func prepare() throws {
        guard !FileTree.exists("\(paths.home.orders)/log.json") else { return }
        do throws(LogError) {
            _ = try FileLog.create(at: paths.home.orders, partitions: 3)
        } catch {
            throw CommandFailure(.inputOutput, "lab start: \(error)")
        }
    }
}
