/// The text of `lab help` and `lab help COMMAND`.
enum Help {
    /// All commands, a line each.
    static func overview(_ specs: [CommandSpec]) -> String {
        let shown = specs.filter { !$0.hidden }
        let width = shown.map(\.name.count).max() ?? 0
        var text = """
            lab runs the ASEED order analytics system under described load and proves its output.

            Usage: lab COMMAND [OPTIONS]


            """
        for spec in shown { text += "  \(padded(spec.name, width))  \(spec.summary)\n" }
        text += """

            Start with:
              lab run scenarios/smoke.json        a run of a few seconds, verified
              lab run scenarios/throughput.json   millions of orders, timed and verified
              lab help run                        options of one command

            """
        return text
    }

    /// One command's page.
    static func page(_ spec: CommandSpec) -> String {
        var usage = "Usage: lab \(spec.name)"
        if !spec.options.isEmpty { usage += " [OPTIONS]" }
        if !spec.operands.isEmpty { usage += " \(spec.operands)" }
        var text = "\(spec.summary)\n\n\(usage)\n"
        let names = spec.options.map { option in
            (option.short.map { "-\($0), " } ?? "") + "--\(option.name)"
                + (option.value.map { " \($0)" } ?? "")
        }
        let width = names.map(\.count).max() ?? 0
        if !names.isEmpty { text += "\nOptions:\n" }
        for (name, option) in zip(names, spec.options) {
            text += "  \(padded(name, width))  \(option.help)\n"
        }
        if !spec.examples.isEmpty { text += "\nExamples:\n" }
        for example in spec.examples { text += "  \(example.line)\n      \(example.does)\n" }
        return text
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
