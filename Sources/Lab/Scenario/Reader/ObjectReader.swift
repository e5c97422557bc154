internal import ASEEDSystem

/// Reads the members of one object, reports what is wrong with them, and knows which were asked for.
struct ObjectReader {
    let value: JSONValue
    /// Where the object stands: `load[1]`; empty for the file's top.
    let path: String
    let problems: ProblemCollector
    private var known: [String] = []

    /// Nil, and a mistake reported, when the value is no object.
    init?(_ value: JSONValue, path: String, problems: ProblemCollector) {
        guard value.members != nil else {
            let name = path.isEmpty ? "a scenario" : path
            problems.add(at: value.offset, "\(name) is an object, not \(Self.show(value))")
            return nil
        }
        self.value = value
        self.path = path
        self.problems = problems
    }

    /// A member's name with its path: `load[1].rate`.
    func pathOf(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// A member's value; its name is a known one from now on.
    mutating func member(_ name: String) -> JSONValue? {
        known.append(name)
        return value[name]
    }

    /// Where a member's name stands; the object's start when it is not there.
    func offsetOfName(_ name: String) -> Int {
        value.members?.first { $0.name == name }?.offset ?? value.offset
    }

    /// Reports a member that must be there and is not.
    func reportMissing(_ name: String, _ hint: String = "") {
        problems.add(at: value.offset, "\(pathOf(name)) is missing\(hint)")
    }

    /// Reports a member that this version recognises and can't do.
    mutating func unavailable(_ name: String, _ instead: String) {
        guard let value = member(name) else { return }
        if value.elements?.isEmpty == true { return }
        problems.add(
            at: offsetOfName(name), "\(pathOf(name)) is not available in this version; \(instead)")
    }

    /// Reports every name that was not asked for; names that start with `x-` are free.
    func finish(elsewhere: [String: String] = [:]) {
        for member in value.members ?? [] {
            guard !known.contains(member.name), !member.name.hasPrefix("x-") else { continue }
            let place = path.isEmpty ? "" : " in \(path)"
            if let owner = elsewhere[member.name] {
                problems.add(at: member.offset, "\(pathOf(member.name)) \(owner)")
            } else if let near = Spelling.nearest(to: member.name, in: known) {
                problems.add(
                    at: member.offset,
                    "unknown key \"\(member.name)\"\(place); did you mean \"\(near)\"?")
            } else {
                problems.add(
                    at: member.offset,
                    "unknown key \"\(member.name)\"\(place); known: \(known.joined(separator: ", "))"
                )
            }
        }
    }

    /// A value as messages show it.
    static func show(_ value: JSONValue) -> String {
        switch value.kind {
        case .number(let digits): return digits.utf8.count <= 40 ? digits : "a number"
        case .string(let text): return text.utf8.count <= 40 ? "\"\(text)\"" : "a long string"
        case .bool(let flag): return flag ? "true" : "false"
        default: return value.typeName
        }
    }
}

extension ObjectReader {
    /// Reports that a member is not what is expected.
    func reportWrong(_ name: String, _ value: JSONValue, _ expected: String) {
        problems.add(
            at: value.offset, "\(pathOf(name)) is \(expected), not \(Self.show(value))")
    }

    mutating func string(_ name: String) -> String? {
        guard let value = member(name) else { return nil }
        guard let text = value.string else {
            reportWrong(name, value, "a string")
            return nil
        }
        return text
    }

    mutating func bool(_ name: String, default fallback: Bool) -> Bool {
        guard let value = member(name) else { return fallback }
        guard let flag = value.bool else {
            reportWrong(name, value, "true or false")
            return fallback
        }
        return flag
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let value = member(name) else { return nil }
        guard let number = value.integer, range.contains(number) else {
            reportWrong(
                name, value,
                "a whole number from \(NumberText.grouped(range.lowerBound)) to "
                    + (range.upperBound == .max
                        ? "\(Int64.max)" : NumberText.grouped(range.upperBound)))
            return nil
        }
        return number
    }

    mutating func number(_ name: String, in range: ClosedRange<Double>) -> Double? {
        guard let value = member(name) else { return nil }
        guard let number = value.double, range.contains(number) else {
            let ends = [range.lowerBound, range.upperBound].map { end in
                Int64(exactly: end).map(NumberText.grouped) ?? NumberText.text(end)
            }
            reportWrong(name, value, "a number from \(ends[0]) to \(ends[1])")
            return nil
        }
        return number
    }

    mutating func durationMs(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let value = member(name) else { return nil }
        guard let text = value.string, let ms = DurationText.milliseconds(text) else {
            reportWrong(name, value, "a duration like \"250ms\", \"10s\" or \"2m\"")
            return nil
        }
        guard range.contains(ms) else {
            reportWrong(
                name, value,
                "a duration from \(DurationText.text(milliseconds: range.lowerBound)) to "
                    + DurationText.text(milliseconds: range.upperBound))
            return nil
        }
        return ms
    }

    /// One of a set of words, of which this version may know some only by name.
    mutating func choice<Word: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Word.Type, available: [Word]? = nil, or other: String = ""
    ) -> Word? where Word.RawValue == String {
        guard let value = member(name) else { return nil }
        let words = Word.allCases.map(\.rawValue)
        let offered = (available ?? Array(Word.allCases)).map(\.rawValue)
        guard let text = value.string, let word = Word(rawValue: text) else {
            let near = value.string.flatMap { Spelling.nearest(to: $0, in: words) }
            let mean = near.map { "; did you mean \"\($0)\"?" } ?? ""
            problems.add(
                at: value.offset,
                "\(pathOf(name)) is \(Self.listed(offered))\(other), not \(Self.show(value))\(mean)"
            )
            return nil
        }
        guard offered.contains(text) else {
            problems.add(
                at: value.offset,
                "\(pathOf(name)) \"\(text)\" is not available in this version; available: "
                    + Self.listed(offered))
            return nil
        }
        return word
    }

    /// `"a"`, `"a" or "b"`, `one of "a", "b", "c"`.
    static func listed(_ words: [String]) -> String {
        let quoted = words.map { "\"\($0)\"" }
        return quoted.count <= 2
            ? quoted.joined(separator: " or ") : "one of " + quoted.joined(separator: ", ")
    }

    /// An array of different words out of `known`; nil when it is not there.
    mutating func words(_ name: String, from known: [String]) -> [String]? {
        guard let value = member(name) else { return nil }
        guard let elements = value.elements, !elements.isEmpty else {
            reportWrong(name, value, "an array of at least one of \(known.joined(separator: ", "))")
            return nil
        }
        var words: [String] = []
        for element in elements {
            guard let word = element.string, known.contains(word) else {
                let near = element.string.flatMap { Spelling.nearest(to: $0, in: known) }
                problems.add(
                    at: element.offset,
                    "\(pathOf(name)) has no \(Self.show(element))"
                        + (near.map { "; did you mean \"\($0)\"?" }
                            ?? "; known: \(known.joined(separator: ", "))"))
                continue
            }
            if words.contains(word) {
                problems.add(at: element.offset, "\(pathOf(name)) has \"\(word)\" twice")
            }
            words.append(word)
        }
        return words
    }
}
