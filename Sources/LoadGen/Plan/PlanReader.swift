internal import ASEEDSystem

/// Reads one object of a load plan; unknown names are errors.
struct PlanReader {
    private let place: String
    private let members: [JSONValue.Member]

    init(_ json: JSONValue, at place: String = "", names: [String]) throws(PlanError) {
        guard let members = json.members else {
            throw PlanError(place, "an object is expected, not \(json.typeName)")
        }
        for member in members where !member.name.hasPrefix("x-") && !names.contains(member.name) {
            let near = Spelling.nearest(to: member.name, in: names)
            let mean = near.map { "; did you mean \"\($0)\"?" } ?? ""
            throw PlanError(place, "there is no \"\(member.name)\"\(mean)")
        }
        self.place = place
        self.members = members
    }

    /// A member that is there and not null.
    func value(_ name: String) -> JSONValue? {
        members.first { $0.name == name && !$0.value.isNull }?.value
    }

    func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    func required<Value>(_ name: String, _ value: Value?) throws(PlanError) -> Value {
        guard let value else { throw PlanError(path(name), "is missing") }
        return value
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(PlanError) -> Int64? {
        guard let json = value(name) else { return nil }
        guard let number = json.integer, range.contains(number) else {
            throw PlanError(
                path(name),
                "a whole number from \(range.lowerBound) to \(range.upperBound) is expected")
        }
        return number
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws(PlanError) -> Double? {
        guard let json = value(name) else { return nil }
        guard let number = json.double, range.contains(number) else {
            throw PlanError(
                path(name), "a number from \(range.lowerBound) to \(range.upperBound) is expected")
        }
        return number
    }

    func bool(_ name: String) throws(PlanError) -> Bool? {
        guard let json = value(name) else { return nil }
        guard let flag = json.bool else { throw PlanError(path(name), "true or false is expected") }
        return flag
    }

    func string(_ name: String) throws(PlanError) -> String? {
        guard let json = value(name) else { return nil }
        guard let text = json.string else { throw PlanError(path(name), "a string is expected") }
        return text
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(PlanError) -> Choice? where Choice.RawValue == String {
        guard let text = try string(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw PlanError(path(name), "one of \(known) is expected, not \"\(text)\"")
        }
        return choice
    }

    func time(_ name: String) throws(PlanError) -> Int64? {
        guard let text = try string(name) else { return nil }
        guard let us = TimeText.since1970(text) else {
            throw PlanError(
                path(name),
                "a time like 2024-01-15T00:00:00.000000Z, 1970 or later, is expected")
        }
        return us
    }

    func elements(_ name: String) throws(PlanError) -> [JSONValue]? {
        guard let json = value(name) else { return nil }
        guard let elements = json.elements else {
            throw PlanError(path(name), "an array is expected")
        }
        return elements
    }
}
