import ASEEDSystem
import Testing

@testable import Lab

/// Random mistakes in valid scenarios.
@Suite struct ScenarioMutationTests {
    static let junk: [JSONValue.Kind] = [
        .null, .bool(true), .bool(false), .number("-1"), .number("0"), .number("1.5"),
        .number("1e400"), .number("9223372036854775808"), .number("99999999999999999999999"),
        .string(""), .string("${"), .string("${x}"), .string("10s"), .string("0ms"),
        .string("99999999999d"), .string("9223372036854775807ms"), .string("available-now"),
        .string("p(99) < 1"), .string("zipf(nan)"), .string("hot(0x1)"), .string("é\u{0}"),
        .string("2024-01-15T00:00:00Z"), .string("9999-12-31T23:59:59Z"), .array([]),
        .array([JSONValue(.null)]), .object([]), .number("10000000000"), .number("0.001"),
    ]

    /// Replaces, removes, renames, doubles or adds something at a random place.
    static func mutated(_ value: JSONValue, _ random: inout SeededGenerator) -> JSONValue {
        switch value.kind {
        case .object(var members)
        where !members.isEmpty && Int.random(in: 0..<5, using: &random) > 0:
            let index = Int.random(in: 0..<members.count, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: members.remove(at: index)
            case 1: members[index].name += "x"
            case 2: members[index].name = String(members[index].name.dropLast())
            case 3: members[index].value = JSONValue(junk.randomElement(using: &random) ?? .null)
            default: members[index].value = mutated(members[index].value, &random)
            }
            var names: Set<String> = []
            return JSONValue(.object(members.filter { names.insert($0.name).inserted }))
        case .array(var elements)
        where !elements.isEmpty && Int.random(in: 0..<5, using: &random) > 0:
            let index = Int.random(in: 0..<elements.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: elements.remove(at: index)
            case 1: elements.append(elements[index])
            default: elements[index] = mutated(elements[index], &random)
            }
            return JSONValue(.array(elements))
        case .string(let text) where !text.isEmpty && Int.random(in: 0..<3, using: &random) > 0:
            var bytes = Array(text.utf8)
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                in: 0x20...0x7e, using: &random)
            return JSONValue(.string(String(decoding: bytes, as: UTF8.self)))
        default: return JSONValue(junk.randomElement(using: &random) ?? .null)
        }
    }

    /// Whatever is changed, the reader answers with a scenario or with mistakes that have places in
    /// the file; and what it takes conforms to the published schema and reads back the same.
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func mutatedScenariosNeverCrash(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let originals = try ProjectFiles.scenarios.map(ProjectFiles.json)
        let schema = try ProjectFiles.scenarioSchema()
        var accepted = 0
        for round in 0..<400 {
            var value = try #require(originals.randomElement(using: &random))
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                value = Self.mutated(value, &random)
            }
            let text = Array(PrettyJSON.text(value).utf8)
            let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            do throws(ScenarioProblems) {
                let cells = try ScenarioFile.parse(
                    text, file: "mutated.json", nowUs: testNowUs)
                accepted += 1
                Self.checkAccepted(cells, text, schema, "seed \(seed), round \(round)")
            } catch {
                #expect(!error.problems.isEmpty, "seed \(seed), round \(round)")
                for problem in error.problems {
                    let inside =
                        (1...lines.count).contains(problem.line)
                        && (1...(lines[problem.line - 1].count + 1)).contains(problem.column)
                    #expect(inside, "seed \(seed), round \(round): \(problem)")
                }
            }
        }
        #expect(accepted > 10, "seed \(seed): too few valid mutations to mean something")
    }

    private static func checkAccepted(
        _ cells: [ScenarioFile.Cell], _ text: [UInt8], _ schema: JSONSchema, _ place: String
    ) {
        do {
            let raw = try schema.mistakes(in: try JSONParser.parse(text))
            #expect(raw == [], "\(place): \(String(decoding: text, as: UTF8.self))")
            for cell in cells {
                let resolved = cell.scenario.resolvedJSON()
                #expect(try schema.mistakes(in: try JSONParser.parse(resolved)) == [], "\(place)")
                let again = try ScenarioFile.parse(resolved, file: "x.json", nowUs: testNowUs)
                #expect(again.map(\.scenario) == [cell.scenario], "\(place)")
            }
        } catch {
            Issue.record("\(place): \(error)")
        }
    }

    @Test(arguments: [UInt64(11), 12])
    func mutatedTextNeverCrashes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let original = try ProjectFiles.bytes("scenarios/late-data.json")
        for round in 0..<2_000 {
            var text = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text[index] = UInt8.random(in: 0...255, using: &random)
                case 1: text.remove(at: index)
                default: text.insert(UInt8.random(in: 0x20...0x7e, using: &random), at: index)
                }
            }
            do throws(ScenarioProblems) {
                _ = try ScenarioFile.parse(text, file: "m.json", nowUs: testNowUs)
            } catch {
                let placed = error.problems.allSatisfy { $0.line >= 1 && $0.column >= 1 }
                #expect(placed && !error.problems.isEmpty, "seed \(seed), round \(round)")
            }
        }
    }

    @Test(arguments: [UInt64(21), 22])
    func mutatedThresholdsNeverCrash(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let originals = [
            "p(99.9) < 100ms during steady", "rate >= 12M/s over 10s", "value == expected",
        ]
        for round in 0..<5_000 {
            var text = Array(try #require(originals.randomElement(using: &random)).utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<text.count, using: &random)
                text[index] = UInt8.random(in: 0x20...0x7e, using: &random)
            }
            let name = try #require(MetricRegistry.names.randomElement(using: &random))
            let condition = String(decoding: text, as: UTF8.self)
            do {
                _ = try ThresholdParserTests.parse(name, condition)
            } catch let error as ThresholdSyntaxError {
                let inside = (0...text.count).contains(error.index)
                #expect(inside, "seed \(seed), round \(round): \(condition)")
            }
        }
    }
}
