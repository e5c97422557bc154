import ASEEDSystem
import Testing

@testable import Lab

/// Holds docs/scenarios.md to the code.
@Suite struct DocumentTests {
    /// The fenced blocks of one language.
    static func blocks(_ language: String) throws -> [String] {
        var blocks: [String] = []
        var current: [Substring]?
        let text = try ProjectFiles.text("docs/scenarios.md")
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```\(language)" {
                current = []
            } else if line == "```", let block = current {
                blocks.append(block.joined(separator: "\n"))
                current = nil
            } else {
                current?.append(line)
            }
        }
        return blocks
    }

    @Test func everyExampleIsAValidScenario() throws {
        let examples = try Self.blocks("json")
        #expect(examples.count >= 5)
        let schema = try ProjectFiles.scenarioSchema()
        for example in examples {
            #expect(mistakes(example) == [])
            #expect(try schema.mistakes(in: try JSONParser.parse(example)) == [])
        }
    }

    /// The metrics as the document's table gives them.
    static let metricTable: String = {
        let rows = MetricRegistry.all.map { metric in
            let tags = metric.tags.isEmpty ? "" : "{\(metric.tags.joined(separator: ","))}"
            var notes: [String] = []
            if metric.onePerRun { notes.append("once") }
            if metric.hasExpected { notes.append("`expected`") }
            if metric.missing != nil { notes.append("not in this version") }
            let kind = metric.kind.rawValue
            return "| `\(metric.name)\(tags)` | \(kind) | \(metric.unit.rawValue) | "
                + "\(metric.description) | \(notes.joined(separator: ", ")) |"
        }
        return "| metric | kind | unit | definition | |\n|---|---|---|---|---|\n"
            + rows.joined(separator: "\n") + "\n"
    }()

    @Test func theMetricTableIsTheRegistry() throws {
        let text = try ProjectFiles.text("docs/scenarios.md")
        #expect(text.contains(Self.metricTable), "\(Self.metricTable)")
    }

    @Test func everyKeyOfTheSchemaIsDescribed() throws {
        let text = try ProjectFiles.text("docs/scenarios.md")
        let root = try ProjectFiles.scenarioSchema().root
        var names: [String] = []
        for property in root["properties"]?.members ?? [] where property.name != "$schema" {
            names.append(property.name)
            for inner in property.value["properties"]?.members ?? [] {
                names.append(inner.name)
                names += inner.value["properties"]?.members?.map(\.name) ?? []
            }
        }
        for stage in root["$defs"]?["firstStage"]?["oneOf"]?.elements ?? [] {
            names += stage["properties"]?.members?.map(\.name) ?? []
        }
        #expect(names.count > 50)
        for name in names {
            let isThere =
                text.contains("`\(name)`") || text.contains(".\(name)`")
                || text.contains("`\(name).") || text.contains("\"\(name)\"")
            #expect(isThere, "\(name) is not in docs/scenarios.md")
        }
    }

    @Test func everyExitCodeIsDescribed() throws {
        let text = try ProjectFiles.text("docs/scenarios.md")
        for code in [0, 1, 2, 3, 4, 64, 69, 70, 124, 130] {
            #expect(text.contains(" | \(code) | "), "exit code \(code)")
        }
    }
}
