internal import ASEEDSystem

/// `lab stop`: ends what `lab start` started.
enum StopCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "stop", summary: "Stop the system, or some of its services.",
            operands: "[SERVICE…]",
            options: [
                .init("timeout", "TIME", help: "wait so long before a kill (10s; engine 20s)"),
                ServicePaths.option,
            ],
            examples: [
                ("lab stop", "everything, in the reverse order of the start"),
                ("lab stop simulator", "no more orders; the rest goes on"),
            ])
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let services = try ServicePlan.services(arguments.operands, command: "stop")
        let limitMs = try arguments.durationMs("timeout")
        let paths = ServicePaths(arguments)
        guard FileTree.exists(paths.home.run) else {
            StandardStream.out.write("nothing was started in \(paths.home.path)\n")
            return .success
        }
        let session = try ServiceSession(paths: paths, command: "stop")
        return try session.locked {
            if try session.stop(services, limitMs: limitMs) == 0 {
                StandardStream.out.write("nothing was running\n")
            }
            return .success
        }
    }
}
