/// The options that change a scenario, the same in every command that takes one.
enum ScenarioOptions {
    static let all: [CommandSpec.Option] = [
        .init(
            "param", "NAME=VALUE",
            help: "give a parameter of the scenario another value; repeatable"),
        .init("seed", "N", help: "use this seed instead of the scenario's"),
        .init("scale", "FACTOR", help: "multiply orders and durations of the load; rates stay"),
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
        return overrides
    }
}
