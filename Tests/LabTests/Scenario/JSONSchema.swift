import ASEEDSystem

/// A JSON Schema 2020-12 checker for the keywords that the lab's schemas use.
///
/// An unknown keyword is an error of the schema, so that none is silently without effect.
struct JSONSchema {
    let root: JSONValue

    /// One place where a value does not fit.
    struct Mistake: Equatable, CustomStringConvertible {
        var path: String
        var message: String
        var description: String { "\(path.isEmpty ? "/" : path): \(message)" }
    }

    struct BadSchema: Error, CustomStringConvertible { var description: String }

    /// Every mistake of a value; empty when it conforms.
    func mistakes(in value: JSONValue) throws -> [Mistake] {
        var checker = Checker(root: root)
        try checker.check(value, root, "")
        return checker.mistakes
    }

    /// Whether a schema uses a keyword in a way that the checker does not know.
    func checkKeywords() throws {
        try Self.walk(root) { keyword in
            guard Checker.known.contains(keyword) else {
                throw BadSchema(description: "unknown keyword \(keyword)")
            }
        }
    }

    private static func walk(_ schema: JSONValue, _ visit: (String) throws -> Void) throws {
        for member in schema.members ?? [] {
            try visit(member.name)
            switch member.name {
            case "properties", "patternProperties", "$defs":
                for inner in member.value.members ?? [] { try walk(inner.value, visit) }
            case "anyOf", "oneOf", "allOf", "prefixItems":
                for inner in member.value.elements ?? [] { try walk(inner, visit) }
            case "items", "additionalProperties", "propertyNames", "if", "then", "else":
                try walk(member.value, visit)
            default: break
            }
        }
    }
}

private struct Checker {
    let root: JSONValue
    var mistakes: [JSONSchema.Mistake] = []

    static let known: Set<String> = [
        "$schema", "$defs", "$ref", "title", "description", "default", "examples", "type", "enum",
        "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum",
        "items", "prefixItems", "minItems",
        "maxItems", "uniqueItems", "properties", "patternProperties", "additionalProperties",
        "propertyNames", "required", "minProperties", "maxProperties", "anyOf", "oneOf", "allOf",
        "if", "then",
        "else",
    ]

    private func fits(_ value: JSONValue, _ schema: JSONValue) throws -> Bool {
        var inner = Checker(root: root)
        try inner.check(value, schema, "")
        return inner.mistakes.isEmpty
    }

    private mutating func report(_ path: String, _ message: String) {
        mistakes.append(.init(path: path, message: message))
    }

    mutating func check(_ value: JSONValue, _ schema: JSONValue, _ path: String) throws {
        if let allowed = schema.bool {
            if !allowed { report(path, "is not allowed") }
            return
        }
        guard let keywords = schema.members else {
            throw JSONSchema.BadSchema(description: "a schema is an object or a Boolean")
        }
        for keyword in keywords {
            try apply(keyword.name, keyword.value, value, schema, path)
        }
    }

    private mutating func apply(
        _ keyword: String, _ rule: JSONValue, _ value: JSONValue, _ schema: JSONValue,
        _ path: String
    ) throws {
        switch keyword {
        case "$ref": try check(value, try target(rule), path)
        case "type":
            let types = rule.elements?.compactMap(\.string) ?? [rule.string ?? ""]
            if !types.contains(where: { Self.isType(value, $0) }) {
                report(path, "is not \(types.joined(separator: " or "))")
            }
        case "enum":
            if rule.elements?.contains(where: { Self.equal($0, value) }) != true {
                report(path, "is none of the enum")
            }
        case "const": if !Self.equal(rule, value) { report(path, "is not the constant") }
        case "anyOf": try checkAny(value, rule, path)
        case "oneOf":
            let fitting = try (rule.elements ?? []).filter { try fits(value, $0) }.count
            if fitting != 1 { report(path, "fits \(fitting) of oneOf") }
        case "allOf": for inner in rule.elements ?? [] { try check(value, inner, path) }
        case "if":
            let branch = try fits(value, rule) ? schema["then"] : schema["else"]
            if let branch { try check(value, branch, path) }
        case "pattern", "minLength", "maxLength", "minimum", "maximum":
            try checkScalar(keyword, rule, value, path)
        case "items", "prefixItems", "minItems", "maxItems", "uniqueItems":
            if let elements = value.elements {
                try checkArray(keyword, rule, elements, schema, path)
            }
        case "properties", "patternProperties", "additionalProperties", "propertyNames", "required",
            "minProperties", "maxProperties":
            if let members = value.members {
                try checkObject(keyword, rule, members, schema, path)
            }
        default:
            guard Self.known.contains(keyword) else {
                throw JSONSchema.BadSchema(description: "unknown keyword \(keyword)")
            }
        }
    }

    private func target(_ reference: JSONValue) throws -> JSONValue {
        var found = root
        for part in (reference.string ?? "").split(separator: "/").dropFirst() {
            guard let next = found[String(part)] else {
                throw JSONSchema.BadSchema(description: "no \(reference.string ?? "")")
            }
            found = next
        }
        return found
    }

    private mutating func checkAny(_ value: JSONValue, _ rule: JSONValue, _ path: String) throws {
        let choices = rule.elements ?? []
        guard try !choices.contains(where: { try fits(value, $0) }) else { return }
        report(path, "fits none of anyOf")
        // The choice that goes furthest tells most.
        var best: [JSONSchema.Mistake] = []
        for choice in choices {
            var inner = Checker(root: root)
            try inner.check(value, choice, path)
            if best.isEmpty || inner.mistakes.count < best.count { best = inner.mistakes }
        }
        mistakes.append(contentsOf: best)
    }

    private mutating func checkScalar(
        _ keyword: String, _ rule: JSONValue, _ value: JSONValue, _ path: String
    ) throws {
        switch keyword {
        case "pattern":
            guard let text = value.string, let pattern = rule.string else { return }
            if try text.firstMatch(of: Regex(pattern)) == nil {
                report(path, "does not match \(pattern)")
            }
        case "minLength":
            guard let text = value.string, let limit = rule.integer else { return }
            if text.unicodeScalars.count < limit { report(path, "is shorter than \(limit)") }
        case "maxLength":
            guard let text = value.string, let limit = rule.integer else { return }
            if text.unicodeScalars.count > limit { report(path, "is longer than \(limit)") }
        case "minimum":
            guard let number = value.double, let limit = rule.double else { return }
            if number < limit { report(path, "is below \(limit)") }
        default:
            guard let number = value.double, let limit = rule.double else { return }
            // Integers are compared exactly: doubles of large ones are not.
            let over =
                if let a = value.integer, let b = rule.integer { a > b } else { number > limit }
            if over { report(path, "is above \(limit)") }
        }
    }

    private mutating func checkArray(
        _ keyword: String, _ rule: JSONValue, _ elements: [JSONValue], _ schema: JSONValue,
        _ path: String
    ) throws {
        switch keyword {
        case "prefixItems":
            for (index, pair) in zip(elements, rule.elements ?? []).enumerated() {
                try check(pair.0, pair.1, "\(path)/\(index)")
            }
        case "items":
            let first = schema["prefixItems"]?.elements?.count ?? 0
            for (index, element) in elements.enumerated().dropFirst(first) {
                try check(element, rule, "\(path)/\(index)")
            }
        case "minItems":
            if elements.count < rule.integer ?? 0 { report(path, "has too few elements") }
        case "maxItems":
            if elements.count > rule.integer ?? .max { report(path, "has too many elements") }
        default:
            for (index, element) in elements.enumerated()
            where elements[..<index].contains(where: { Self.equal($0, element) }) {
                report("\(path)/\(index)", "is there twice")
            }
        }
    }

    private mutating func checkObject(
        _ keyword: String, _ rule: JSONValue, _ members: [JSONValue.Member], _ schema: JSONValue,
        _ path: String
    ) throws {
        switch keyword {
        case "properties":
            for member in members {
                guard let inner = rule[member.name] else { continue }
                try check(member.value, inner, "\(path)/\(member.name)")
            }
        case "patternProperties":
            for pattern in rule.members ?? [] {
                let regex = try Regex(pattern.name)
                for member in members where member.name.firstMatch(of: regex) != nil {
                    try check(member.value, pattern.value, "\(path)/\(member.name)")
                }
            }
        case "additionalProperties":
            let patterns = try (schema["patternProperties"]?.members ?? []).map {
                try Regex($0.name)
            }
            for member in members where schema["properties"]?[member.name] == nil {
                guard patterns.allSatisfy({ member.name.firstMatch(of: $0) == nil }) else {
                    continue
                }
                try check(member.value, rule, "\(path)/\(member.name)")
            }
        case "propertyNames":
            for member in members {
                try check(JSONValue(.string(member.name)), rule, "\(path)/\(member.name)")
            }
        case "required":
            for name in (rule.elements ?? []).compactMap(\.string)
            where !members.contains(where: { $0.name == name }) {
                report(path, "has no \(name)")
            }
        case "maxProperties":
            if members.count > rule.integer ?? .max { report(path, "has too many members") }
        default:
            if members.count < rule.integer ?? 0 { report(path, "has too few members") }
        }
    }

    private static func isType(_ value: JSONValue, _ type: String) -> Bool {
        switch (type, value.kind) {
        case ("object", .object), ("array", .array), ("string", .string), ("number", .number),
            ("boolean", .bool), ("null", .null):
            true
        case ("integer", .number):
            value.double.map { $0 == $0.rounded() } ?? false
        default: false
        }
    }

    private static func equal(_ a: JSONValue, _ b: JSONValue) -> Bool {
        switch (a.kind, b.kind) {
        case (.number, .number): a.double == b.double
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy(equal)
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.allSatisfy { member in
                    right.contains { $0.name == member.name && equal($0.value, member.value) }
                }
        default: a.kind == b.kind
        }
    }
}
