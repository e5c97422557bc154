internal import ASEEDSystem

/// `lab config`: the settings of the environment and where each came from.
enum ConfigCommand: Command {
    static let spec = CommandSpec(
        name: "config", summary: "Show the settings in use and where each comes from.",
        options: [.init("format", "human|json", help: "for people (default) or for machines")],
        examples: [
            ("lab config", "every variable, its value and source"),
            ("DASHBOARD_PORT=6006 lab config", "with one variable changed"),
        ])

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let format = try arguments.choice("format", of: ["human", "json"]) ?? "human"
        let (values, mistakes) = Configuration.read()
        StandardStream.out.write(format == "json" ? json(values, mistakes) : human(values))
        for mistake in mistakes { StandardStream.error.write("lab config: \(mistake)\n") }
        return mistakes.isEmpty ? .success : .usage
    }

    private static func human(_ values: [Configuration.Value]) -> String {
        let style = TerminalStyle(for: .out)
        let name = values.map(\.setting.name.count).max() ?? 0
        let shown = values.map { $0.setting.shown($0.value) }
        let value = shown.map(\.count).max() ?? 0
        var text = ""
        for (entry, shown) in zip(values, shown) {
            text +=
                entry.setting.name.padded(to: name) + "  " + style(shown.padded(to: value), .bold)
            text += "  " + entry.source.rawValue.padded(to: 11)
            text += "  " + style(entry.setting.meaning, .dim) + "\n"
        }
        return text
    }

    private static func json(_ values: [Configuration.Value], _ mistakes: [String]) -> String {
        var json = JSONWriter()
        json.object { json in
            json.name("settings")
            json.array { json in
                for entry in values {
                    json.object { json in
                        json.member("name", entry.setting.name)
                        json.member("value", entry.setting.shown(entry.value))
                        json.member("source", entry.source.rawValue)
                        json.member("default", entry.setting.fallback)
                        json.member("meaning", entry.setting.meaning)
                    }
                }
            }
            json.name("mistakes")
            json.array { json in for mistake in mistakes { json.string(mistake) } }
        }
        return json.text + "\n"
    }
}

extension String {
    /// With spaces behind it, at least `width` characters.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
