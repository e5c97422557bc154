internal import ASEEDSystem
internal import Glibc

/// `lab live`: everything up, on one screen, with keys that do faults.
enum LiveCommand: Command {
    private static let maxDurationMs: Int64 = 43_200_000
    private static let maxRate = 1_000_000.0

    static var spec: CommandSpec {
        CommandSpec(
            name: "live",
            summary:
                "Shows the whole system live, with keys for faults, and proves it all the time.",
            options: [
                .init("rate", "R", help: "orders a second (default: 1000)"),
                .init("log", "file|kafka", help: "the order log (default: file)"),
                .init(
                    "port", "PORT",
                    help: "of the dashboard, 0 for a free one (DASHBOARD_PORT, 5005)"),
                .init("open", help: "open the dashboard in a browser"),
                .init("duration", "D", help: "end by itself after this (default: 1h)"),
                .init("seed", "N", help: "of the orders (default: 1)"),
                .init("out", "DIR", help: "the folder of results (default: results)"),
                .init("keep-data", help: "keep order log and checkpoint of a passed run too"),
                .init(
                    "format", "human|json",
                    help: "json: a line for each second, fault and proof, and the result"),
            ],
            examples: [
                ("lab live", "everything up; press ? for the keys, Ctrl-C for the verdict"),
                (
                    "lab live --rate 20000 --open",
                    "20,000 orders a second, and the page in a browser"
                ),
                (
                    "(sleep 5; echo k; sleep 20; echo q) | lab live --port 0 --format json",
                    "keys from a script"
                ),
            ])
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let live = try scenario(arguments)
        let format = try arguments.choice("format", of: ["human", "json"]) ?? "human"
        let port = try port(arguments)
        let scenario = try live.scenario()
        try KafkaSetup.ensure([scenario.log], command: "live")
        // Before any thread is started, so that all of them leave the signals to one.
        let interrupts = try SignalWatch.start()
        let output: LiveOutput =
            if format == "json" {
                .json(LiveJSON())
            } else if TerminalScreen.isPossible {
                .screen(try TerminalScreen())
            } else {
                .lines(LiveLines())
            }
        let director = LiveDirector(
            LiveDirector.Settings(
                rate: live.rate, seed: live.seed, durationMs: live.durationMs, log: live.log,
                open: arguments.has("open") ? { BrowserOpener.open($0) } : nil), output: output)
        let runner = ScenarioRunner(
            scenario: scenario, axes: [], repeatCommand: repeatCommand(live, arguments),
            settings: ScenarioRunner.Settings(
                results: arguments.string("out") ?? "results",
                keepData: arguments.has("keep-data"), view: RunView(style: .silent),
                interrupts: interrupts, dashboardPort: port, companion: director))
        let outcome = runner.run()
        output.close()
        if format == "json" {
            var json = JSONWriter()
            json.object { json in
                json.member("type", "result")
                json.name("result")
                json.raw(ResultDocument.json(outcome).bytes)
            }
            StandardStream.out.write(json.text + "\n")
        } else {
            StandardStream.out.write(
                LiveEnding(
                    outcome: outcome, stories: director.told, style: TerminalStyle(for: .out)
                ).text)
        }
        return outcome.conclusion.exitCode
    }

    private static func scenario(_ arguments: Arguments) throws(UsageError) -> LiveScenario {
        var rate = 1_000.0
        if let text = arguments.string("rate") {
            guard let value = Double(text), value >= 1, value <= maxRate else {
                throw UsageError(
                    "lab live: --rate is orders a second, from 1 to \(Int(maxRate)), "
                        + "not \"\(text)\"")
            }
            rate = value
        }
        let durationMs = try arguments.durationMs("duration") ?? 3_600_000
        guard (1_000...maxDurationMs).contains(durationMs) else {
            throw UsageError("lab live: --duration is from 1s to 12h")
        }
        let kinds = LogSettings.Kind.allCases.map(\.rawValue)
        return LiveScenario(
            rate: rate, durationMs: durationMs,
            seed: try arguments.integer("seed", in: Limits.seed) ?? 1,
            log: try arguments.choice("log", of: kinds) ?? LogSettings.Kind.file.rawValue)
    }

    /// The dashboard's port, which must be free now.
    private static func port(_ arguments: Arguments) throws -> Int {
        var port = 5_005
        if let given = try arguments.integer("port", in: 0...65_535) {
            port = Int(given)
        } else if let text = Environment.value("DASHBOARD_PORT") {
            guard let value = UInt16(text) else {
                throw UsageError(
                    "lab live: DASHBOARD_PORT is a port from 0 to 65535, not \"\(text)\"")
            }
            port = Int(value)
        }
        guard port != 0 else { return 0 }
        do throws(SystemError) {
            try NetworkChecks.bindLoopback(port: UInt16(port))
        } catch  where error.errno == EADDRINUSE {
            let holder = TakenPort.holder(port: port) ?? "another process"
            throw CommandFailure(
                .unavailable,
                "lab live: port \(port) is taken by \(holder); stop it, or choose another one: "
                    + "--port \(port == 65_535 ? port - 1 : port + 1), or --port 0 for a free one")
        } catch {
            throw CommandFailure(.unavailable, "lab live: port \(port): \(error)")
        }
        return port
    }

    private static func repeatCommand(_ live: LiveScenario, _ arguments: Arguments) -> String {
        var words = [
            Environment.value("LAB_COMMAND") ?? "lab", "live", "--seed", "\(live.seed)", "--rate",
            NumberText.text(live.rate),
        ]
        if live.log != LogSettings.Kind.file.rawValue { words += ["--log", live.log] }
        if let duration = arguments.string("duration") { words += ["--duration", duration] }
        return words.joined(separator: " ")
    }
}
