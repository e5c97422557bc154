internal import ASEEDSystem

/// A scenario file, read and resolved.
enum ScenarioFile {
    /// What the command line adds to a file.
    struct Overrides: Sendable {
        /// `--param k=v`, later ones win.
        var params: [(name: String, value: String)] = []
        /// `--seed`.
        var seed: Int64?
        /// `--scale`: multiplies orders and durations of the load; rates stay.
        var scale: Double = 1
        /// `--log`, `--broker`, `--managed`.
        var log = LogOverrides()
    }

    /// One cell of the matrix; a file without a matrix has one cell without axes.
    struct Cell: Equatable, Sendable {
        /// Axis name and the value as text, in the order of the file.
        var axes: [Axis]
        var scenario: Scenario

        /// `rate=1000,workers=2`; empty without a matrix.
        var label: String { axes.map { "\($0.name)=\($0.value)" }.joined(separator: ",") }
    }

    struct Axis: Equatable, Sendable {
        var name: String
        var value: String
    }

    /// Reads a file and resolves every cell of its matrix.
    ///
    /// - Throws: every mistake of the file at once, with line and column.
    static func read(
        path: String, overrides: Overrides = Overrides()
    ) throws(ScenarioProblems) -> [Cell] {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try FileBytes.read(path, limit: Limits.fileBytes)
        } catch {
            let problem = ScenarioProblem(
                file: path, line: 0, column: 0,
                message: "the scenario can't be read: \(error); `lab list` shows those there are")
            throw ScenarioProblems(problems: [problem])
        }
        return try parse(bytes, file: path, overrides: overrides)
    }

    /// Reads a scenario's text.
    ///
    /// - Parameter nowUs: the clock that event time must not run past (R46).
    static func parse(
        _ bytes: [UInt8], file: String, overrides: Overrides = Overrides(),
        nowUs: Int64 = SystemClock.wallNs() / 1_000
    ) throws(ScenarioProblems) -> [Cell] {
        let root: JSONValue
        do throws(JSONSyntaxError) {
            root = try JSONParser.parse(bytes)
        } catch {
            let problem = ScenarioProblem(
                file: file, line: error.line, column: error.column, message: error.message)
            throw ScenarioProblems(problems: [problem])
        }
        let problems = ProblemCollector(file: file, bytes: bytes)
        let table = ParameterTable(root: root, overrides: overrides.params, problems: problems)
        let reader = ScenarioReader(
            problems: problems, fallbackName: baseName(file), overrides: overrides, nowUs: nowUs)
        var cells: [Cell] = []
        var used: Set<String> = []
        for cell in table.cells {
            var substitution = Substitution(table, cell: cell, problems: problems)
            let scenario = reader.read(substitution.resolve(root))
            used.formUnion(substitution.used)
            guard let scenario else { continue }
            let axes = cell.map { Axis(name: $0.name, value: Substitution.text($0.value)) }
            cells.append(Cell(axes: axes, scenario: scenario))
        }
        for (name, offset) in table.defined where !used.contains(name) {
            problems.add(
                at: offset, "the parameter \"\(name)\" is used nowhere; write \"${\(name)}\" for it"
            )
        }
        guard problems.isEmpty else { throw problems.problems }
        return cells
    }

    /// The file's name without folder and extension, as a scenario's name.
    static func baseName(_ path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? "scenario"
        let base = file.hasSuffix(".json") ? String(file.dropLast(5)) : file
        return ScenarioReader.isName(base) ? base : "scenario"
    }
}
