internal import ASEEDSystem

/// `lab list`: the scenarios there are.
enum ListCommand: Command {
    static let spec = CommandSpec(
        name: "list", summary: "List scenarios with their titles and tags.", operands: "[PATH…]",
        options: [
            .init("tag", "TAG", help: "only scenarios with this tag; repeatable, all must match"),
            .init("format", "human|json", help: "for people (default) or for machines"),
        ],
        examples: [
            ("lab list", "all scenarios of the folder scenarios/"),
            ("lab list --tag ci", "those that continuous integration runs"),
        ])

    private struct Entry {
        var path: String
        /// Nil when the file is no valid scenario.
        var scenario: Scenario?
        var runs = 0
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let format = try arguments.choice("format", of: ["human", "json"]) ?? "human"
        let operands = arguments.operands.isEmpty ? ["scenarios"] : arguments.operands
        let tags = arguments.strings("tag")
        let entries = try ScenarioFinder.files(operands).map(read).filter { entry in
            // What can't be read has no tags, but is never hidden from a list of everything.
            guard let scenario = entry.scenario else { return tags.isEmpty }
            return tags.allSatisfy(scenario.tags.contains)
        }
        StandardStream.out.write(format == "json" ? json(entries) : human(entries))
        return .success
    }

    private static func read(_ path: String) -> Entry {
        do throws(ScenarioProblems) {
            let cells = try ScenarioFile.read(path: path)
            let runs = cells.reduce(0) { $0 + $1.scenario.repetitions }
            return Entry(path: path, scenario: cells.first?.scenario, runs: runs)
        } catch {
            return Entry(path: path)
        }
    }

    private static func human(_ entries: [Entry]) -> String {
        let style = TerminalStyle(for: .out)
        guard !entries.isEmpty else { return "no scenario matches\n" }
        let width = entries.map(\.path.count).max() ?? 0
        var text = ""
        for entry in entries {
            let path = entry.path + String(repeating: " ", count: width - entry.path.count)
            guard let scenario = entry.scenario else {
                text += "\(path)  \(style("not valid", .red)); see `lab validate \(entry.path)`\n"
                continue
            }
            text += "\(style(path, .bold))  \(scenario.title)"
            if !scenario.tags.isEmpty {
                text += style("  [\(scenario.tags.joined(separator: ", "))]", .dim)
            }
            text += "\n"
        }
        return text
    }

    private static func json(_ entries: [Entry]) -> String {
        var json = JSONWriter()
        json.object { json in
            json.name("scenarios")
            json.array { json in
                for entry in entries {
                    json.object { json in
                        json.member("file", entry.path)
                        json.name("valid")
                        json.bool(entry.scenario != nil)
                        guard let scenario = entry.scenario else { return }
                        json.member("name", scenario.name)
                        json.member("title", scenario.title)
                        json.member("description", scenario.description)
                        json.name("tags")
                        json.array { json in for tag in scenario.tags { json.string(tag) } }
                        json.member("runs", entry.runs)
                    }
                }
            }
        }
        return json.text + "\n"
    }
}
