internal import ASEEDSystem

/// `params`, `matrix` and `--param`: which values `${name}` can take, and the replacing itself.
struct ParameterTable {
    private(set) var params: [(name: String, offset: Int, value: JSONValue)] = []
    private(set) var axes: [(name: String, offset: Int, values: [JSONValue])] = []
    private let problems: ProblemCollector
    static let maxCells = 1_000

    /// Reads both members of the file's top object and puts the command line's values over them.
    init(
        root: JSONValue, overrides: [(name: String, value: String)], problems: ProblemCollector
    ) {
        self.problems = problems
        if let value = root["params"] { readParams(value) }
        if let value = root["matrix"] { readMatrix(value) }
        apply(overrides, at: root.offset)
    }

    private mutating func readParams(_ value: JSONValue) {
        guard let members = value.members else {
            problems.add(at: value.offset, "params is an object, not \(ObjectReader.show(value))")
            return
        }
        for member in members where !member.name.hasPrefix("x-") {
            guard checkName(member.name, at: member.offset) else { continue }
            guard checkScalar(member.value, "params.\(member.name)") else { continue }
            params.append((member.name, member.offset, member.value))
        }
    }

    private mutating func readMatrix(_ value: JSONValue) {
        guard let members = value.members else {
            problems.add(at: value.offset, "matrix is an object, not \(ObjectReader.show(value))")
            return
        }
        for member in members where !member.name.hasPrefix("x-") {
            guard checkName(member.name, at: member.offset) else { continue }
            guard let values = member.value.elements, !values.isEmpty else {
                problems.add(
                    at: member.value.offset,
                    "matrix.\(member.name) is an array of at least one value, not "
                        + ObjectReader.show(member.value))
                continue
            }
            guard values.allSatisfy({ checkScalar($0, "matrix.\(member.name)") }) else { continue }
            axes.append((member.name, member.offset, values))
        }
        let cells = axes.reduce(1) { min($0 * $1.values.count, Self.maxCells + 1) }
        if cells > Self.maxCells {
            problems.add(at: value.offset, "matrix has more than \(Self.maxCells) cells")
            axes = []
        }
    }

    private func checkName(_ name: String, at offset: Int) -> Bool {
        let good =
            !name.isEmpty
            && name.utf8.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x41 && $0 <= 0x5a)
                    || ($0 >= 0x61 && $0 <= 0x7a) || $0 == 0x5f || $0 == 0x2d
            }
        if !good {
            problems.add(
                at: offset, "a parameter's name is letters, digits, - and _, not \"\(name)\"")
        }
        return good
    }

    private func checkScalar(_ value: JSONValue, _ path: String) -> Bool {
        switch value.kind {
        case .number, .bool: return true
        case .string(let text):
            if text.contains("${") {
                problems.add(at: value.offset, "\(path) can't refer to another parameter")
                return false
            }
            return true
        default:
            problems.add(
                at: value.offset,
                "\(path) takes strings, numbers, true and false, not \(ObjectReader.show(value))")
            return false
        }
    }

    private mutating func apply(_ overrides: [(name: String, value: String)], at offset: Int) {
        for (name, text) in overrides {
            let value = Self.scalar(text)
            if let index = axes.firstIndex(where: { $0.name == name }) {
                axes[index].values = [value]
            } else if let index = params.firstIndex(where: { $0.name == name }) {
                params[index].value = value
            } else {
                let known = params.map(\.name) + axes.map(\.name)
                let near = Spelling.nearest(to: name, in: known)
                let list =
                    known.isEmpty
                    ? "the scenario has none" : "known: \(known.joined(separator: ", "))"
                problems.add(
                    at: offset,
                    "--param \(name): no such parameter; "
                        + (near.map { "did you mean \($0)?" } ?? list))
            }
        }
    }

    /// A command line's text as a number or Boolean when it is one, else as a string.
    static func scalar(_ text: String) -> JSONValue {
        // What is no JSON is no mistake here: it is a string without quotes.
        let value = (try? JSONParser.parse(text)) ?? JSONValue(.string(text))
        switch value.kind {
        case .number, .bool: return JSONValue(value.kind)
        default: return JSONValue(.string(text))
        }
    }

    /// Where each name is defined, for those that nothing uses.
    var defined: [(name: String, offset: Int)] {
        params.map { ($0.name, $0.offset) } + axes.map { ($0.name, $0.offset) }
    }

    /// All combinations of the axes' values, the last axis turning fastest; one empty without axes.
    var cells: [[(name: String, value: JSONValue)]] {
        axes.reduce([[]]) { cells, axis in
            cells.flatMap { cell in axis.values.map { cell + [(axis.name, $0)] } }
        }
    }
}
