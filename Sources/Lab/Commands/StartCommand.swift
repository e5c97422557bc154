internal import ASEEDSystem
internal import Glibc

/// `lab start`: the whole system in the background.
enum StartCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "start",
            summary:
                "Start the whole system in the background: dashboard, engine, simulator, monitor.",
            operands: "[SERVICE…]",
            options: StartSettings.options + [ServicePaths.option],
            examples: [
                ("lab start", "everything, the dashboard on http://127.0.0.1:5005"),
                ("lab start --rate 1000 --trigger 1s --restart", "more load; what dies comes back"),
                ("lab start simulator", "only what was stopped before"),
            ])
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let services = try ServicePlan.services(arguments.operands, command: "start")
        let paths = ServicePaths(arguments)
        // Parts join what runs; a whole start begins with the defaults.
        let base =
            arguments.operands.isEmpty
            ? nil : StartSettings.read(paths.home.settings)
        let settings = try (base ?? StartSettings.fromEnvironment(command: "start"))
            .with(arguments, command: "start")
        let session = try ServiceSession(paths: paths, command: "start")
        return try session.locked {
            try session.start(services, settings: settings)
            return .success
        }
    }
}
