internal import ASEEDSystem
internal import Verifier

/// `lab verify`: judges a finished run again, or gives the reference's answer for a log.
enum VerifyCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "verify",
            summary: "Verifies a finished run again, or computes the reference's answer for a log.",
            operands: "[RUN]",
            options: [
                .init("log", "DIR", help: "give the reference's answer for this order log"),
                .init("watermark-delay", "D", help: "how late orders may be (default: 10m)"),
                .init(
                    "window", "D", help: "size of a window query (default: 60s); repeatable"),
                .init("slide", "D", help: "slide of the window before (default: its size)"),
                .init("event-time-max", "TIME", help: "reject orders after this time"),
                .init(
                    "policy", "record|batch", help: "which orders are late (default: record)"),
                .init("top", "N|all", help: "products to list (default: 10)"),
                .init("format", "human|json", help: "default: human for a run, json for a log"),
            ],
            examples: [
                ("lab verify results/latest", "the newest run once more"),
                (
                    "lab verify --log orders/ --top all",
                    "what an engine must answer for a recorded data set"
                ),
            ])
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        if let log = arguments.string("log") {
            guard arguments.operands.isEmpty else {
                throw UsageError("lab verify: takes a run or --log, not both")
            }
            return try ReferenceAnswer.print(log: log, arguments)
        }
        guard arguments.operands.count == 1, let path = arguments.operands.first else {
            throw UsageError("lab verify: needs a run, for example results/latest, or --log DIR")
        }
        for option in ["watermark-delay", "window", "slide", "event-time-max", "policy", "top"]
        where arguments.has(option) {
            throw UsageError("lab verify: --\(option) goes with --log; a run has its own settings")
        }
        guard let folder = RunFolder.open(path) else {
            throw CommandFailure(
                .usage,
                "lab verify: \(path) is no run folder (it has no result.json); "
                    + "`ls results/*/` shows the runs")
        }
        let format = try arguments.choice("format", of: ["human", "json"]) ?? "human"
        return try RunReverification(folder: folder).print(json: format == "json")
    }
}
