internal import ASEEDSystem

/// Replaces `${name}` in the strings of a file.
struct Substitution {
    private let values: [String: JSONValue]
    private let problems: ProblemCollector
    private(set) var used: Set<String> = []

    /// - Parameter cell: the matrix's values of this run; they win over `params` of the same name.
    init(
        _ table: ParameterTable, cell: [(name: String, value: JSONValue)],
        problems: ProblemCollector
    ) {
        var values: [String: JSONValue] = [:]
        for param in table.params { values[param.name] = param.value }
        for axis in cell { values[axis.name] = axis.value }
        self.values = values
        self.problems = problems
    }

    /// The file's top object without `params` and `matrix`, everything replaced.
    mutating func resolve(_ root: JSONValue) -> JSONValue {
        guard let members = root.members else { return root }
        let kept = members.filter { $0.name != "params" && $0.name != "matrix" }
        return replaced(JSONValue(.object(kept), offset: root.offset))
    }

    private mutating func replaced(_ value: JSONValue) -> JSONValue {
        switch value.kind {
        case .string(let text): return replaced(text, value)
        case .array(let elements):
            var result: [JSONValue] = []
            for element in elements { result.append(replaced(element)) }
            return JSONValue(.array(result), offset: value.offset)
        case .object(let members):
            var result: [JSONValue.Member] = []
            for member in members {
                result.append(
                    .init(name: member.name, offset: member.offset, value: replaced(member.value)))
            }
            return JSONValue(.object(result), offset: value.offset)
        default: return value
        }
    }

    // A string that is one parameter takes its type; inside a longer text it is pasted.
    private mutating func replaced(_ text: String, _ value: JSONValue) -> JSONValue {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return value }
        var names: [String] = []
        var pieces: [UInt8] = []
        var whole: JSONValue?
        let bytes = Array(text.utf8)
        var at = 0
        while at < bytes.count {
            guard bytes[at] == UInt8(ascii: "$"), at + 1 < bytes.count,
                bytes[at + 1] == UInt8(ascii: "{")
            else {
                pieces.append(bytes[at])
                at += 1
                continue
            }
            guard let close = bytes[at...].firstIndex(of: UInt8(ascii: "}")) else {
                problems.add(in: value, at: at, "\"${\" has no closing \"}\"")
                return value
            }
            let name = String(decoding: bytes[(at + 2)..<close], as: UTF8.self)
            guard let found = values[name] else {
                problems.add(in: value, at: at, undefined(name))
                return value
            }
            used.insert(name)
            names.append(name)
            if at == 0, close == bytes.count - 1 { whole = found }
            pieces.append(contentsOf: Self.text(found).utf8)
            at = close + 1
        }
        guard !names.isEmpty else { return value }
        problems.noteSubstitution(at: value.offset, names)
        let kind = whole?.kind ?? .string(String(decoding: pieces, as: UTF8.self))
        return JSONValue(kind, offset: value.offset)
    }

    private func undefined(_ name: String) -> String {
        let near = Spelling.nearest(to: name, in: values.keys.sorted())
        return "no parameter \"\(name)\""
            + (near.map { "; did you mean ${\($0)}?" } ?? "; define it in params")
    }

    /// A scalar as text.
    static func text(_ value: JSONValue) -> String {
        switch value.kind {
        case .string(let text): text
        case .number(let digits): digits
        case .bool(let flag): flag ? "true" : "false"
        default: ""
        }
    }
}
