internal import ASEEDSystem

/// `lab logs`: what the services wrote, in the order of time.
enum LogsCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "logs", summary: "Show the last lines of the services' logs, and what follows.",
            operands: "[SERVICE…]",
            options: [
                .init("follow", help: "go on with what is written, until Ctrl-C", short: "f"),
                .init("lines", "N", help: "lines to begin with (20)"),
                .init("level", "LEVEL", help: "leave out what is less (DEBUG)"),
                .init("format", "human|json", help: "readable (default) or as it is written"),
                ServicePaths.option,
            ],
            examples: [
                ("lab logs", "the last 20 lines of all services"),
                ("lab logs engine -f", "what the engine writes, across rotation"),
                ("lab logs --level WARN --format json", "warnings and errors, for machines"),
            ])
    }

    private static let pollNs: Int64 = 200_000_000

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let services =
            try ServicePlan.services(arguments.operands, command: "logs") ?? ServicePlan.order
        let count = Int(try arguments.integer("lines", in: 0...1_000_000) ?? 20)
        let isJSON = try arguments.choice("format", of: ["human", "json"]) == "json"
        let level = try level(arguments)
        let paths = ServicePaths(arguments)
        let followers = services.map {
            LogFollower(service: $0, path: paths.logFile(of: $0))
        }
        guard
            arguments.has("follow")
                || services.contains(where: { FileTree.exists(paths.logFile(of: $0)) })
        else {
            throw CommandFailure(
                .unavailable,
                "lab logs: there is no log in \(paths.logs); `lab start` makes them")
        }
        let printer = LogPrinter(isJSON: isJSON, least: level)
        do {
            // With a level, more has to be read than is shown.
            let wanted = level == nil ? count : count * 100
            let last = try followers.flatMap { try $0.lastLines(min(wanted, 1_000_000)) }
            printer.show(last, last: count)
            guard arguments.has("follow") else { return .success }
            let stop = try TerminationSignal()
            while !stop.wait(untilNs: SystemClock.monotonicNs() + pollNs) {
                printer.show(try followers.flatMap { try $0.newLines() })
            }
        } catch let error as SystemError {
            throw CommandFailure(.inputOutput, "lab logs: \(error)")
        }
        return .success
    }

    private static func level(_ arguments: Arguments) throws(UsageError) -> LogLevel? {
        guard let text = arguments.string("level") else { return nil }
        if let level = LogLevel(name: text) { return level }
        let names = LogLevel.allCases.map(\.name).joined(separator: ", ")
        throw UsageError("lab logs: --level is one of \(names), not \"\(text)\"")
    }
}

/// Prints lines of several logs in the order of their times.
struct LogPrinter {
    let isJSON: Bool
    let least: LogLevel?
    private let colours = TerminalStyle(for: .out).isOn

    init(isJSON: Bool, least: LogLevel?) {
        self.isJSON = isJSON
        self.least = least
    }

    /// Prints lines, or only the last of them.
    func show(_ lines: [String], last: Int? = nil) {
        var time = ""
        var found: [(time: String, order: Int, line: String)] = []
        for (order, line) in lines.enumerated() {
            let json = try? JSONParser.parse(line)
            // What is no line of a log belongs to the one before.
            time = json?["time"]?.string ?? time
            if let least, let name = json?["level"]?.string, let level = LogLevel(name: name),
                level < least
            {
                continue
            }
            found.append((time, order, line))
        }
        found.sort { ($0.time, $0.order) < ($1.time, $1.order) }
        for entry in last.map({ found.suffix($0) }) ?? found[...] {
            let text = isJSON ? entry.line : LogText.readable(entry.line, colours: colours)
            StandardStream.out.write(text + "\n")
        }
    }
}
