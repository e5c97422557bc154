/// One mistake in a scenario file and where it stands.
struct ScenarioProblem: Error, Equatable, Sendable, CustomStringConvertible {
    var file: String
    /// From 1; 0 when the file could not be read.
    var line: Int
    /// In bytes, from 1; 0 when the file could not be read.
    var column: Int
    var message: String

    /// `scenarios/smoke.json:3:14: …`
    var description: String {
        line == 0 ? "\(file): \(message)" : "\(file):\(line):\(column): \(message)"
    }
}

/// All mistakes of a scenario file, in the order of the text; never empty. Exit code 64.
struct ScenarioProblems: Error, Equatable, Sendable, CustomStringConvertible {
    var problems: [ScenarioProblem]

    /// A line each.
    var description: String { problems.map(\.description).joined(separator: "\n") }
}
