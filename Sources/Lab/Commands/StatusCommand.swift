internal import ASEEDSystem

/// `lab status`: looks at every service now.
enum StatusCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "status",
            summary: "Show how every service is. Exit code 0 healthy, 1 partial, 3 down.",
            options: [
                ServicePaths.option,
                .init("timeout", "TIME", help: "how long an answer may take (2s)"),
                .init("format", "human|json", help: "for people (default) or for machines"),
            ],
            examples: [
                ("lab status", "a table of services and health checks"),
                ("lab status --format json", "the same as GET /api/service-status"),
            ])
    }

    /// CPU shares are taken over this time.
    private static let spanNs: Int64 = 250_000_000

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let isJSON = try arguments.choice("format", of: ["human", "json"]) == "json"
        let timeout = try arguments.durationMs("timeout") ?? 2_000
        guard (50...60_000).contains(timeout) else {
            throw UsageError("lab status: --timeout is from 50ms to 1m")
        }
        let paths = ServicePaths(arguments)
        let monitor = ServiceMonitor(
            try MonitorSetup.configuration(
                home: paths.home,
                log: StartSettings.read(paths.home.settings)?.address ?? paths.home.orders,
                dashboardURL: nil,
                tokenPath: paths.home.token, timeoutMs: Int(timeout), command: "status"))
        monitor.prime()
        let untilNs = SystemClock.monotonicNs() + spanNs
        _ = ConditionLock(()).wait(untilNs: untilNs) { _ -> Void? in nil }
        let status = monitor.check()
        if isJSON {
            StandardStream.out.write(status.json + [UInt8(ascii: "\n")])
        } else {
            StandardStream.out.write(
                StatusView(
                    status: status, monitor: monitor.itself(), style: TerminalStyle(for: .out)
                ).text)
        }
        switch status.overall {
        case .healthy: return .success
        case .partial: return .partlyRunning
        case .down: return .notRunning
        }
    }
}

extension ExitCode {
    /// `lab status`: some services run, as `systemctl` and LSB have 1 to 4 for what is not well.
    static let partlyRunning = ExitCode(rawValue: 1)
    /// `lab status`: none runs; LSB's code for a program that is not running.
    static let notRunning = ExitCode(rawValue: 3)
}
