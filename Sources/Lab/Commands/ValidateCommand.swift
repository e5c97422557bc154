internal import ASEEDSystem

/// `lab validate`: reads scenarios and tells every mistake with its place.
enum ValidateCommand: Command {
    static let spec = CommandSpec(
        name: "validate", summary: "Check scenario files and say where each mistake is.",
        operands: "[PATH…]",
        options: [
            .init(
                "resolved", help: "print each scenario with all defaults and parameters filled in"),
            .init("format", "human|json", help: "for people (default) or for machines"),
        ] + ScenarioOptions.all,
        examples: [
            ("lab validate", "all scenarios of the folder scenarios/"),
            ("lab validate scenarios/smoke.json --resolved", "what the run would really use"),
            (
                "lab validate my.json --param rate=50000 --scale 0.1",
                "with another rate, a tenth long"
            ),
        ])

    private struct Checked {
        var path: String
        var result: Result<[ScenarioFile.Cell], ScenarioProblems>
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let format = try arguments.choice("format", of: ["human", "json"]) ?? "human"
        let overrides = try ScenarioOptions.overrides(arguments, command: spec.name)
        let operands = arguments.operands.isEmpty ? ["scenarios"] : arguments.operands
        let checked = try ScenarioFinder.files(operands).map { path in
            do throws(ScenarioProblems) {
                let cells = try ScenarioFile.read(path: path, overrides: overrides)
                return Checked(path: path, result: .success(cells))
            } catch {
                return Checked(path: path, result: .failure(error))
            }
        }
        let resolved = arguments.has("resolved")
        if format == "json" {
            StandardStream.out.write(try json(checked, resolved: resolved))
        } else {
            try human(checked, resolved: resolved)
        }
        let allValid = checked.allSatisfy { file in
            if case .success = file.result { true } else { false }
        }
        return allValid ? .success : .usage
    }

    private static func human(_ checked: [Checked], resolved: Bool) throws {
        let style = TerminalStyle(for: .out)
        let errorStyle = TerminalStyle(for: .error)
        for file in checked {
            switch file.result {
            case .success(let cells) where resolved:
                for cell in cells {
                    let value = try JSONParser.parse(cell.scenario.resolvedJSON())
                    StandardStream.out.write(PrettyJSON.text(value))
                }
            case .success(let cells):
                let text = "\(file.path): \(style("valid", .green)) (\(summary(cells)))\n"
                StandardStream.out.write(text)
            case .failure(let mistakes):
                for problem in mistakes.problems {
                    StandardStream.error.write(errorStyle("\(problem)", .red) + "\n")
                }
            }
        }
    }

    /// `2 runs, 5,050,000 orders and 10s of load each`
    static func summary(_ cells: [ScenarioFile.Cell]) -> String {
        let runs = cells.reduce(0) { $0 + $1.scenario.repetitions }
        let orders = cells.map(\.scenario.load.orders)
        let longest = cells.map(\.scenario.load.durationMs).max() ?? 0
        var text = runs == 1 ? "1 run" : "\(runs) runs"
        let low = NumberText.grouped(orders.min() ?? 0)
        let high = NumberText.grouped(orders.max() ?? 0)
        text += low == high ? ", \(high) orders" : ", \(low) to \(high) orders"
        if longest > 0 { text += ", \(DurationText.text(milliseconds: longest)) of schedule" }
        return text
    }

    private static func json(_ checked: [Checked], resolved: Bool) throws -> String {
        var json = JSONWriter()
        json.object { json in
            json.name("files")
            json.array { json in for file in checked { write(file, resolved, to: &json) } }
        }
        return json.text + "\n"
    }

    private static func write(_ file: Checked, _ resolved: Bool, to json: inout JSONWriter) {
        json.object { json in
            json.member("file", file.path)
            json.name("valid")
            switch file.result {
            case .success(let cells):
                json.bool(true)
                json.member("runs", cells.reduce(0) { $0 + $1.scenario.repetitions })
                if resolved {
                    json.name("scenarios")
                    json.array { json in
                        for cell in cells { json.raw(cell.scenario.resolvedJSON()) }
                    }
                }
            case .failure(let mistakes):
                json.bool(false)
                json.name("problems")
                json.array { json in
                    for problem in mistakes.problems {
                        json.object { json in
                            json.member("line", problem.line)
                            json.member("column", problem.column)
                            json.member("message", problem.message)
                        }
                    }
                }
            }
        }
    }
}
