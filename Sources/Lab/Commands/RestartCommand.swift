internal import ASEEDSystem

/// `lab restart`: stop and start, with what the last start was told.
enum RestartCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "restart",
            summary: "Stop and start the system, or some of its services, with the same settings.",
            operands: "[SERVICE…]",
            options: StartSettings.options + [
                .init("timeout", "TIME", help: "wait so long before a kill (10s; engine 20s)"),
                ServicePaths.option,
            ],
            examples: [
                ("lab restart", "everything, as it was started"),
                ("lab restart engine --trigger 250ms", "one service with another setting"),
            ])
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let services = try ServicePlan.services(arguments.operands, command: "restart")
        let limitMs = try arguments.durationMs("timeout")
        let paths = ServicePaths(arguments)
        let base = StartSettings.read(paths.home.settings)
        let settings = try (base ?? StartSettings.fromEnvironment(command: "restart"))
            .with(arguments, command: "restart")
        let session = try ServiceSession(paths: paths, command: "restart")
        return try session.locked {
            // The engine and the monitor know the dashboard by its port.
            let port = try session.registry.record(ServiceNames.dashboard)?.port
            try session.stop(services, limitMs: limitMs)
            var settings = settings
            if settings.port == 0, services != nil, let port { settings.port = port }
            try session.start(services, settings: settings)
            return .success
        }
    }
}
