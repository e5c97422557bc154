internal import ASEEDSystem

/// `lab run`: makes runs of scenarios and tells what they proved.
enum RunCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "run", summary: "Runs scenarios and verifies every published number.",
            operands: "PATH…",
            options: ScenarioOptions.all + [
                .init(
                    "repeat", "N", help: "make every run N times, in fresh processes and folders"),
                .init("out", "DIR", help: "the folder of results (default: results)"),
                .init("keep-data", help: "keep order log and checkpoint of passed runs too"),
                .init(
                    "format", "human|json|junit",
                    help: "what goes to standard output (default: human)"),
            ],
            examples: [
                ("lab run scenarios/smoke.json", "a run of a few seconds, verified"),
                (
                    "lab run scenarios/throughput.json --scale 0.1",
                    "a tenth of the orders and of the time"
                ),
                (
                    "lab run scenarios/throughput.json --log kafka",
                    "the same load over a Kafka broker that the lab starts"
                ),
                ("lab run scenarios/ --format junit > junit.xml", "all scenarios, for a CI job"),
                (
                    "lab run scenarios/throughput.json --repeat 5 --param rate=50000",
                    "five runs with another rate"
                ),
            ])
    }

    private static let maxRepetitions: Int64 = 1_000

    static func run(_ arguments: Arguments) throws -> ExitCode {
        guard !arguments.operands.isEmpty else {
            throw UsageError("lab run: needs a scenario, for example scenarios/smoke.json")
        }
        let plans = try RunPlan.all(arguments, maxRepetitions: maxRepetitions)
        try KafkaSetup.ensure(plans.map(\.cell.scenario.log), command: "run")
        return try run(
            plans,
            results: arguments.string("out") ?? "results", keepData: arguments.has("keep-data"),
            format: RunFormat.read(arguments))
    }

    /// Makes runs one after the other and tells what came of them.
    static func run(
        _ plans: [RunPlan], results: String, keepData: Bool, format: RunFormat
    ) throws -> ExitCode {
        let settings = ScenarioRunner.Settings(
            results: results, keepData: keepData,
            view: RunView(style: RunView.fitting(silent: format != .human)),
            interrupts: try SignalWatch.start())
        let style = TerminalStyle(for: .out)
        var outcomes: [RunOutcome] = []
        for plan in plans {
            let runner = ScenarioRunner(
                scenario: plan.cell.scenario, axes: plan.cell.axes, repeatCommand: plan.command,
                settings: settings)
            let outcome = runner.run()
            outcomes.append(outcome)
            if format == .human {
                StandardStream.out.write(RunBlocks(outcome: outcome, style: style).text)
            }
            if outcome.conclusion.exitCode == .interrupted { break }
        }
        switch format {
        case .human:
            if plans.count > 1 {
                StandardStream.out.write(
                    RunTable(outcomes: outcomes, planned: plans.count, style: style).text)
            }
        case .json: StandardStream.out.write(json(outcomes))
        case .junit: StandardStream.out.write(JUnitReport.xml(outcomes))
        }
        return Conclusion.worst(outcomes.map(\.conclusion.exitCode))
    }

    /// One result as it is in result.json; several as an array.
    private static func json(_ outcomes: [RunOutcome]) -> String {
        let documents = outcomes.map { ResultDocument.json($0) }
        if documents.count == 1 { return documents[0].text + "\n" }
        var json = JSONWriter()
        json.array { json in for document in documents { json.raw(document.bytes) } }
        return json.text + "\n"
    }
}

/// What a run's command writes to standard output.
enum RunFormat: String {
    case human, json, junit

    static func read(_ arguments: Arguments) throws(UsageError) -> RunFormat {
        try arguments.choice("format", of: ["human", "json", "junit"]).flatMap(RunFormat.init)
            ?? .human
    }
}

/// One run that `lab run` will make.
struct RunPlan {
    var cell: ScenarioFile.Cell
    /// The command that makes this run again.
    var command: String

    /// All runs of a command line: files, cells of their matrix, repetitions.
    static func all(_ arguments: Arguments, maxRepetitions: Int64) throws -> [RunPlan] {
        let overrides = try ScenarioOptions.overrides(arguments, command: "run")
        let repetitions = try arguments.integer("repeat", in: 1...maxRepetitions)
        var plans: [RunPlan] = []
        var problems: [ScenarioProblem] = []
        for file in try ScenarioFinder.files(arguments.operands) {
            do throws(ScenarioProblems) {
                for cell in try ScenarioFile.read(path: file, overrides: overrides) {
                    let plan = RunPlan(
                        cell: cell, command: command(file, cell, overrides, arguments))
                    let count = repetitions.map(Int.init) ?? cell.scenario.repetitions
                    plans += Array(repeating: plan, count: count)
                }
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else {
            throw CommandFailure(.usage, "\(ScenarioProblems(problems: problems))")
        }
        let log = overrides.log
        if log.broker != nil || log.managed != nil,
            !plans.contains(where: { $0.cell.scenario.log.kind == .kafka })
        {
            throw UsageError(
                "lab run: --broker and --managed need a Kafka log: add --log kafka")
        }
        return plans
    }

    private static func command(
        _ file: String, _ cell: ScenarioFile.Cell, _ overrides: ScenarioFile.Overrides,
        _ arguments: Arguments
    ) -> String {
        var words = [
            Environment.value("LAB_COMMAND") ?? "lab", "run", file, "--seed",
            "\(cell.scenario.seed)",
        ]
        if let scale = arguments.string("scale") { words += ["--scale", scale] }
        words += overrides.log.words
        let axes = cell.axes.map { "\($0.name)=\($0.value)" }
        let params = arguments.strings("param").filter { param in
            !cell.axes.contains { param.hasPrefix("\($0.name)=") }
        }
        for param in params + axes { words += ["--param", param] }
        if arguments.has("keep-data") { words.append("--keep-data") }
        return words.map(quoted).joined(separator: " ")
    }

    /// A word as a shell takes it.
    private static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a)
                || (byte >= 0x61 && byte <= 0x7a) || "_-./=:,+%@".utf8.contains(byte)
        }
        if plain, !word.isEmpty { return word }
        return "'"
            + word.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }
}
