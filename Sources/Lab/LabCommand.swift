internal import ASEEDSystem
internal import Glibc

/// `lab`: finds the subcommand, runs it, turns errors into messages and exit codes.
enum LabCommand {
    /// Every subcommand, in the order of `lab help`.
    static var commands: [any Command.Type] {
        [
            RunCommand.self,
            LiveCommand.self,
            VerifyCommand.self,
            ValidateCommand.self,
            ListCommand.self,
            SimulatorCommand.self,
            LoadGenCommand.self,
            EngineCommand.self,
            DashboardCommand.self,
            MonitorCommand.self,
            StartCommand.self,
            StopCommand.self,
            RestartCommand.self,
            StatusCommand.self,
            LogsCommand.self,
            TestCommand.self,
            BrokerCommand.self,
            DoctorCommand.self,
            ConfigCommand.self,
            VersionCommand.self,
            BenchCommand.self,
            ProveCommand.self,
            ChildCommand.self,
        ]
    }

    /// Runs one command line (without the program's name).
    static func main(_ words: [String]) -> ExitCode {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        // For the services as well, and for the loader of librdkafka.
        if let parts = KafkaParts.find() { setenv("LAB_DEPS", parts.folder, 0) }
        guard let name = words.first else {
            StandardStream.out.write(Help.overview(commands.map { $0.spec }))
            return .success
        }
        let rest = Array(words.dropFirst())
        do {
            if ["help", "--help", "-h"].contains(name) { return try help(rest) }
            if name == "--version" { return try run(command(named: "version"), []) }
            return try run(command(named: name), rest)
        } catch let error as UsageError {
            StandardStream.error.write("\(error)\n")
            return .usage
        } catch let failure as CommandFailure {
            StandardStream.error.write("\(failure)\n")
            return failure.code
        } catch {
            StandardStream.error.write("lab \(name): \(error)\n")
            return .internalBug
        }
    }

    private static func run(_ command: any Command.Type, _ words: [String]) throws -> ExitCode {
        if words.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
            StandardStream.out.write(Help.page(command.spec))
            return .success
        }
        return try command.run(Arguments(words, spec: command.spec))
    }

    private static func help(_ words: [String]) throws(UsageError) -> ExitCode {
        if let name = words.first {
            StandardStream.out.write(Help.page(try command(named: name).spec))
        } else {
            StandardStream.out.write(Help.overview(commands.map { $0.spec }))
        }
        return .success
    }

    private static func command(named name: String) throws(UsageError) -> any Command.Type {
        if let found = commands.first(where: { $0.spec.name == name }) { return found }
        let near = Spelling.nearest(to: name, in: commands.map { $0.spec.name } + ["help"])
        let mean = near.map { "; did you mean `lab \($0)`?" } ?? "; `lab help` lists the commands"
        throw UsageError("lab: no command \"\(name)\"\(mean)")
    }
}
