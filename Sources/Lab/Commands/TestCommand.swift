internal import ASEEDSystem

/// `lab test`: the whole system for some minutes, and whether every number it published is right.
enum TestCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "test",
            summary: "Run the whole system for some minutes at some rate, then verify its output.",
            options: [
                .init("minutes", "M", help: "how long orders come, also a part like 0.2 (2)"),
                .init("rate", "R", help: "orders a second (30)"),
                .init("seed", "N", help: "the same seed makes the same orders (42)"),
                .init("trigger", "TIME", help: "when the engine's batches are due (1s)"),
                .init("out", "DIR", help: "the folder of results (results)"),
                .init("keep-data", help: "keep order log and checkpoint of a passed test too"),
                .init("format", "human|json|junit", help: "what goes to standard output (human)"),
            ],
            examples: [
                ("lab test --minutes 2 --rate 30", "as the system's manual has it"),
                ("lab test --minutes 0.2 --rate 5000", "twelve seconds of more load"),
            ])
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let minutes = try number(arguments, "minutes", 0.01...1_440, fallback: "2")
        let rate = try number(arguments, "rate", 0.1...1_000_000, fallback: "30")
        let seed = try arguments.integer("seed", in: 0...Int64.max) ?? 42
        let trigger = try arguments.durationMs("trigger") ?? 1_000
        let format = try RunFormat.read(arguments)
        let durationMs = Int64((minutes.value * 60_000).rounded())
        let text = scenario(rate: rate.text, durationMs: durationMs, seed: seed, trigger)
        let cells: [ScenarioFile.Cell]
        do throws(ScenarioProblems) {
            cells = try ScenarioFile.parse(Array(text.utf8), file: "test.json")
        } catch {
            throw CommandFailure(.usage, "lab test: \(error)")
        }
        guard let cell = cells.first else {
            throw CommandFailure(.internalBug, "lab test: its scenario has no cell")
        }
        let lab = Environment.value("LAB_COMMAND") ?? "lab"
        let plan = RunPlan(
            cell: cell,
            command: "\(lab) test --minutes \(minutes.text) --rate \(rate.text) --seed \(seed) "
                + "--trigger \(DurationText.text(milliseconds: trigger))")
        return try RunCommand.run(
            [plan], results: arguments.string("out") ?? "results",
            keepData: arguments.has("keep-data"), format: format)
    }

    /// The system at a constant rate, with the monitor; every published number must be right.
    private static func scenario(
        rate: String, durationMs: Int64, seed: Int64, _ triggerMs: Int64
    ) -> String {
        """
        {
          "name": "test",
          "title": "The whole system at \(rate) orders a second",
          "seed": \(seed),
          "timeout": "\(durationMs + 600_000)ms",
          "engine": { "trigger": "\(triggerMs)ms" },
          "services": { "monitor": true },
          "load": {
            "executor": "constant-arrival-rate", "rate": \(rate), "duration": "\(durationMs)ms"
          },
          "thresholds": {
            "mismatched_results": ["value == 0"],
            "lost_orders": ["value == 0"],
            "doubled_orders": ["value == 0"],
            "unaccounted_orders": ["value == 0"],
            "achieved_ratio": ["rate >= 0.99"]
          }
        }
        """
    }

    private static func number(
        _ arguments: Arguments, _ name: String, _ range: ClosedRange<Double>, fallback: String
    ) throws(UsageError) -> (value: Double, text: String) {
        let text = arguments.string(name) ?? fallback
        guard let value = Double(text), range.contains(value) else {
            throw UsageError(
                "lab test: --\(name) is a number from \(range.lowerBound) to \(range.upperBound), "
                    + "not \"\(text)\"")
        }
        // As JSON has numbers: no sign, no leading point.
        return (value, value == value.rounded() ? "\(Int64(value))" : "\(value)")
    }
}
