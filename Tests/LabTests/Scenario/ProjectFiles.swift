import ASEEDSystem
import Testing

@testable import Lab

/// The project's own files, for tests that hold them to the code.
enum ProjectFiles {
    /// The folder that holds Package.swift.
    static let root: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(4).joined(separator: "/")
    }()

    /// Bytes of a file by its path from the root.
    static func bytes(_ path: String) throws -> [UInt8] {
        try FileBytes.read("\(root)/\(path)", limit: 10_000_000)
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    static func json(_ path: String) throws -> JSONValue { try JSONParser.parse(try bytes(path)) }

    static let scenarios: [String] = {
        let found = try? ScenarioFinder.files(["\(root)/scenarios"])
        return (found ?? []).map {
            "scenarios/" + ($0.split(separator: "/").last.map(String.init) ?? "")
        }
    }()

    static func scenarioSchema() throws -> JSONSchema {
        JSONSchema(root: try json("scenarios/scenario.schema.json"))
    }

    static func resultSchema() throws -> JSONSchema {
        JSONSchema(root: try json("scenarios/result.schema.json"))
    }
}

/// 2026-01-01T00:00:00Z: the clock of tests.
let testNowUs: Int64 = 1_767_225_600_000_000

/// Reads a scenario's text as `test.json`.
func cells(
    _ text: String, _ overrides: ScenarioFile.Overrides = .init()
) throws -> [ScenarioFile.Cell] {
    try ScenarioFile.parse(
        Array(text.utf8), file: "test.json", overrides: overrides, nowUs: testNowUs)
}

/// Reads a scenario without a matrix.
func scenario(
    _ text: String, _ overrides: ScenarioFile.Overrides = .init()
) throws -> Scenario {
    try #require(try cells(text, overrides).first).scenario
}

/// The mistakes of a scenario's text, a line each; empty when it is valid.
func mistakes(_ text: String, _ overrides: ScenarioFile.Overrides = .init()) -> [String] {
    do throws(ScenarioProblems) {
        _ = try ScenarioFile.parse(
            Array(text.utf8), file: "test.json", overrides: overrides, nowUs: testNowUs)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// A random stream that a seed repeats (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
