import ASEEDSystem

/// A subcommand's parsed words.
struct Arguments: Sendable {
    private(set) var operands: [String] = []
    private var values: [String: [String]] = [:]
    private let spec: CommandSpec

    /// Parses the words after the subcommand's name. After `--` every word is an operand.
    init(_ words: [String], spec: CommandSpec) throws(UsageError) {
        self.spec = spec
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands.append(contentsOf: rest)
                break
            }
            guard word.hasPrefix("--") else {
                if let option = spec.options.first(where: { $0.short.map { "-\($0)" } == word }) {
                    values[option.name, default: []].append("")
                    continue
                }
                if word.hasPrefix("-"), word.count > 1 {
                    throw UsageError("lab \(spec.name): unknown option \(word)\(Self.hint(spec))")
                }
                operands.append(word)
                continue
            }
            try take(word.dropFirst(2), &rest)
        }
        if spec.operands.isEmpty, let first = operands.first {
            throw UsageError("lab \(spec.name): takes no \"\(first)\"\(Self.hint(spec))")
        }
    }

    private mutating func take(
        _ word: Substring, _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = spec.options.first(where: { $0.name == name }) else {
            let near = Spelling.nearest(to: name, in: spec.options.map(\.name))
            let mean = near.map { "; did you mean --\($0)?" } ?? Self.hint(spec)
            throw UsageError("lab \(spec.name): unknown option --\(name)\(mean)")
        }
        if option.value == nil {
            guard parts.count == 1 else {
                throw UsageError("lab \(spec.name): --\(name) takes no value")
            }
            values[name, default: []].append("")
        } else if parts.count == 2 {
            values[name, default: []].append(String(parts[1]))
        } else if let next = rest.popFirst() {
            values[name, default: []].append(next)
        } else {
            throw UsageError("lab \(spec.name): --\(name) needs \(option.value ?? "a value")")
        }
    }

    private static func hint(_ spec: CommandSpec) -> String {
        "; `lab help \(spec.name)` shows what it takes"
    }

    /// Whether a flag is there.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// An option's last value.
    func string(_ name: String) -> String? { values[name]?.last }

    /// All values of an option that may be repeated.
    func strings(_ name: String) -> [String] { values[name] ?? [] }

    /// An option's value as an integer inside `range`.
    func integer(
        _ name: String, in range: ClosedRange<Int64> = 0...Int64.max
    ) throws(UsageError) -> Int64? {
        guard let text = string(name) else { return nil }
        guard let value = Int64(text), range.contains(value) else {
            throw UsageError(
                "lab \(spec.name): --\(name) is a whole number "
                    + "from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
        }
        return value
    }

    /// An option's value as a duration (`250ms`, `10s`, `2m`, `1h`) in milliseconds.
    func durationMs(_ name: String) throws(UsageError) -> Int64? {
        guard let text = string(name) else { return nil }
        guard let value = DurationText.milliseconds(text) else {
            throw UsageError(
                "lab \(spec.name): --\(name) is a duration like 250ms, 10s or 2m, not \"\(text)\"")
        }
        return value
    }

    /// An option's value, one of `choices`.
    func choice(_ name: String, of choices: [String]) throws(UsageError) -> String? {
        guard let text = string(name) else { return nil }
        guard choices.contains(text) else {
            let near = Spelling.nearest(to: text, in: choices)
            let mean = near.map { "; did you mean \($0)?" } ?? ""
            throw UsageError(
                "lab \(spec.name): --\(name) is one of \(choices.joined(separator: ", ")), "
                    + "not \"\(text)\"\(mean)")
        }
        return text
    }
}
