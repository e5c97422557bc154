internal import ASEEDSystem
internal import Glibc

/// `lab monitor`: watches every service until it is told to stop.
enum MonitorCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "monitor",
            summary: "Watch every service: its process, its answer, CPU and memory, health.",
            options: [
                ServicePaths.option,
                .init("log", "DIR", help: "the order log to look at (HOME/orders)"),
                .init("dashboard", "URL", help: "who is asked and told (DASHBOARD_URL)"),
                .init("token-file", "FILE", help: "the dashboard's bearer token (HOME/token)"),
                .init("interval", "TIME", help: "from one check to the next (5s)"),
                .init("timeout", "TIME", help: "how long an answer may take (2s)"),
                .init("restart", help: "start again what dies and was started by lab start"),
                .init("restart-limit", "N", help: "restarts of a service in a row (5)"),
                HeartbeatOption.option,
            ] + ServiceLog.options,
            examples: [
                ("lab monitor", "watches what `lab start` started, and says what changes"),
                (
                    "ZOOKEEPER_CONNECT=localhost:2181 lab monitor --interval 1s",
                    "a ZooKeeper too, every second"
                ),
            ])
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let paths = ServicePaths(arguments)
        let interval = try duration(
            arguments, "interval", fallbackMs: 5_000, mostMs: StartSettings.longestIntervalMs)
        let timeout = try duration(arguments, "timeout", fallbackMs: 2_000, mostMs: 10_000)
        var policy = ServiceRestarter.Policy()
        policy.limit = Int(try arguments.integer("restart-limit", in: 0...1_000) ?? 5)
        let log = try ServiceLog.open(
            arguments, service: ServiceNames.monitor, command: "monitor")
        return try log.telling {
            let tokenPath = arguments.string("token-file") ?? paths.home.token
            let configuration = try MonitorSetup.configuration(
                home: paths.home, log: arguments.string("log") ?? paths.home.orders,
                dashboardURL: arguments.string("dashboard"), tokenPath: tokenPath,
                timeoutMs: Int(timeout), command: "monitor")
            try makeFolders(paths)
            let stop = try TerminationSignal()
            let heartbeat = try HeartbeatOption.start(
                arguments, service: ServiceNames.monitor, command: "monitor", log: log)
            defer { heartbeat?.stop() }
            var settings = MonitorService.Configuration(statusPath: paths.home.status)
            settings.intervalMs = interval
            settings.timeoutMs = Int(timeout)
            // Read for each report: whoever starts first, the dashboard may still make the file.
            settings.tokenPath = tokenPath
            let service = MonitorService(
                monitor: ServiceMonitor(configuration), configuration: settings, log: log)
            let restarter =
                arguments.has("restart")
                ? ServiceRestarter(
                    registry: ServiceRegistry(paths: paths), policy: policy, log: log) : nil
            StandardStream.out.write("{\"ready\":\"monitor\",\"pid\":\(getpid())}\n")
            log.info(
                "service.started",
                "looks every \(DurationText.text(milliseconds: interval)) at the services of "
                    + paths.home.path)
            var checks: Int64 = 0
            service.run(stop: stop) { status in
                checks += 1
                restarter?.consider(status)
                heartbeat?.note(
                    .running, records: checks,
                    nextNs: SystemClock.monotonicNs() + interval * 1_000_000)
            }
            log.info("service.stopped", "stopped after \(checks) checks")
            return .success
        }
    }

    private static func duration(
        _ arguments: Arguments, _ name: String, fallbackMs: Int64, mostMs: Int64
    ) throws(UsageError) -> Int64 {
        let ms = try arguments.durationMs(name) ?? fallbackMs
        guard (50...mostMs).contains(ms) else {
            throw UsageError(
                "lab monitor: --\(name) is from 50ms to "
                    + "\(DurationText.text(milliseconds: mostMs)): the dashboard takes a report "
                    + "for old after 15 s")
        }
        return ms
    }

    private static func makeFolders(_ paths: ServicePaths) throws {
        do throws(SystemError) { try FileTree.make(paths.home.run) } catch {
            throw CommandFailure(.inputOutput, "lab monitor: \(error)")
        }
    }
}
