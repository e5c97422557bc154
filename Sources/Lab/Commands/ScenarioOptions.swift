/// The options that change a scenario, the same in every command that takes one.
enum ScenarioOptions {
    static let all: [CommandSpec.Option] = [
        .init(
            "param", "NAME=VALUE",
            help: "give a parameter of the scenario another value; repeatable"),
        .init("seed", "N", help: "use this seed instead of the scenario's"),
        .init("scale", "FACTOR", help: "multiply orders and durations of the load; rates stay"),
        .init("log", "file|kafka", help: "the order log to use instead of the scenario's"),
        .init(
            "broker", "managed|external",
            help: "on Kafka: start a broker, or use the one at KAFKA_BOOTSTRAP_SERVERS"),
        .init(
            "managed", BrokerKind.allCases.map(\.rawValue).joined(separator: "|"),
            help: "on Kafka: which broker to start (default: tansu)"),
    ]

    /// Reads them.
    static func overrides(
        _ arguments: Arguments, command: String
    ) throws(UsageError) -> ScenarioFile.Overrides {
        var overrides = ScenarioFile.Overrides()
        for text in arguments.strings("param") {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw UsageError("lab \(command): --param is NAME=VALUE, not \"\(text)\"")
            }
            overrides.params.append((String(parts[0]), String(parts[1])))
        }
        overrides.seed = try arguments.integer("seed", in: Limits.seed)
        if let text = arguments.string("scale") {
            guard let scale = Double(text), scale > 0, scale <= Limits.scale else {
                throw UsageError(
                    "lab \(command): --scale is a number above 0 up to "
                        + "\(NumberText.text(Limits.scale)), not \"\(text)\"")
            }
            overrides.scale = scale
        }
        overrides.log = try logOverrides(arguments, command)
        return overrides
    }

    private static func logOverrides(
        _ arguments: Arguments, _ command: String
    ) throws(UsageError) -> LogOverrides {
        let log = LogOverrides(
            kind: try choice(arguments, "log"), broker: try choice(arguments, "broker"),
            managed: try choice(arguments, "managed"))
        if log.kind == .file, log.broker != nil || log.managed != nil {
            throw UsageError(
                "lab \(command): --broker and --managed go with --log kafka, not with --log file")
        }
        if log.broker == .external, log.managed != nil {
            throw UsageError(
                "lab \(command): --managed starts a broker, --broker external uses the one at "
                    + "KAFKA_BOOTSTRAP_SERVERS; leave one of them out")
        }
        return log
    }

    private static func choice<Word: RawRepresentable & CaseIterable>(
        _ arguments: Arguments, _ name: String
    ) throws(UsageError) -> Word? where Word.RawValue == String {
        try arguments.choice(name, of: Word.allCases.map(\.rawValue)).flatMap(Word.init)
    }
}
