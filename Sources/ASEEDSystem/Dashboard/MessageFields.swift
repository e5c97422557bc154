/// Why a body is refused: where in it, and what was expected.
struct MessageError: Error, Equatable, CustomStringConvertible {
    /// A path like `products[3].order_count`; empty for the body as a whole.
    let path: String
    let reason: String

    var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

/// What a field of a message holds.
enum FieldKind: Sendable {
    /// A string of at most 1,024 bytes.
    case text
    /// 1 to 128 printable ASCII characters.
    case identifier
    /// A whole number from 0 on, of any size.
    case count
    /// A whole number from `least` on that fits 64 bits.
    case number64(from: Int64)
    /// Positions: whole numbers from 0 on.
    case counted
    /// Any number.
    case number
    /// A number from 0 on: money and averages.
    case amount
    /// A number from 0 to 10^15: what one piece costs.
    case price
    /// A time as the API writes it: always six decimals and `Z`.
    case time
    /// `true` or `false`
    case flag
    /// An object whose members are counts.
    case counts
    /// One of these strings.
    case choice([String])
    /// An object with these fields.
    case object([Field])
    /// An object of at most 64 objects with these fields, under names of any kind.
    case named([Field])
    /// An array of objects with these fields.
    case rows([Field])
}

/// One field a message may have. Unknown fields are let through.
struct Field: Sendable {
    let name: String
    let kind: FieldKind
    let required: Bool
    /// Whether a required field may be null.
    let nullable: Bool

    init(_ name: String, _ kind: FieldKind, required: Bool = true, nullable: Bool = false) {
        self.name = name
        self.kind = kind
        self.required = required
        self.nullable = nullable
    }
}

/// Checks values against what their fields hold.
enum FieldCheck {
    static let maxTextBytes = 1_024
    static let maxNumberBytes = 64
    static let maxPrice: Int64 = 1_000_000_000_000_000

    /// Checks an object's fields.
    static func object(
        _ value: JSONValue, _ fields: [Field], at path: String
    ) throws(MessageError) {
        guard value.members != nil else { throw wrongType(path, "an object", value) }
        for field in fields {
            let place = path.isEmpty ? field.name : "\(path).\(field.name)"
            guard let member = value[field.name], !member.isNull || field.required else {
                if field.required { throw MessageError(path: place, reason: "is missing") }
                continue
            }
            if member.isNull, field.nullable { continue }
            do throws(MessageError) {
                try check(member, field.kind, at: place)
            } catch {
                throw field.nullable && error.path == place
                    ? MessageError(
                        path: place,
                        reason: error.reason.replacing(
                            "must be ", with: "must be null or ", maxReplacements: 1))
                    : error
            }
        }
    }

    /// Checks an array of objects.
    static func rows(_ value: JSONValue, _ fields: [Field], at path: String) throws(MessageError) {
        guard let elements = value.elements else { throw wrongType(path, "an array", value) }
        for (index, element) in elements.enumerated() {
            try object(element, fields, at: "\(path)[\(index)]")
        }
    }

    static func check(
        _ value: JSONValue, _ kind: FieldKind, at path: String
    ) throws(MessageError) {
        switch kind {
        case .text:
            guard let text = value.string else { throw wrongType(path, "a string", value) }
            guard text.utf8.count <= maxTextBytes else {
                throw MessageError(path: path, reason: "is longer than \(maxTextBytes) bytes")
            }
        case .identifier:
            guard let text = value.string, !text.isEmpty,
                text.utf8.count <= MessageParser.maxRunIDBytes,
                text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
            else {
                throw wrongType(
                    path, "1 to \(MessageParser.maxRunIDBytes) printable ASCII characters", value)
            }
        case .number64(let least):
            guard let number = value.wholeNumber, number >= least else {
                throw wrongType(path, "a whole number from \(least) on", value)
            }
        case .counted:
            guard let elements = value.elements, elements.count <= MessageParser.maxPartitions
            else {
                throw wrongType(
                    path, "an array of at most \(MessageParser.maxPartitions) positions", value)
            }
            for (index, element) in elements.enumerated() {
                try check(element, .number64(from: 0), at: "\(path)[\(index)]")
            }
        case .number:
            guard try number(value, at: path) != nil else {
                throw wrongType(path, "a number", value)
            }
        case .count:
            guard let digits = try number(value, at: path), ExactNumber.whole(digits) != nil
            else { throw wrongType(path, "a whole number from 0 on", value) }
        case .price:
            guard let digits = try number(value, at: path),
                let scaled = ExactNumber.tenThousandths(digits),
                digits.utf8.first != UInt8(ascii: "-"),
                scaled <= 10_000 * Int128(maxPrice)
            else { throw wrongType(path, "a number from 0 to \(maxPrice)", value) }
        case .amount:
            guard let digits = try number(value, at: path), digits.utf8.first != UInt8(ascii: "-")
            else { throw wrongType(path, "a number from 0 on", value) }
        case .time:
            guard let text = value.string, UTCText.isCanonical(text) else {
                throw wrongType(path, "a time like 2024-01-15T14:30:00.123456Z", value)
            }
        case .flag:
            guard value.bool != nil else { throw wrongType(path, "true or false", value) }
        case .counts:
            guard let members = value.members else { throw wrongType(path, "an object", value) }
            for member in members { try check(member.value, .count, at: "\(path).\(member.name)") }
        case .choice(let words):
            guard let text = value.string, words.contains(text) else {
                let quoted = words.map { "\"\($0)\"" }
                let expected =
                    words.count > 2
                    ? "one of " + quoted.joined(separator: ", ") : quoted.joined(separator: " or ")
                throw wrongType(path, expected, value)
            }
        case .object(let fields): try object(value, fields, at: path)
        case .named(let fields):
            guard let members = value.members, members.count <= 64 else {
                throw wrongType(path, "an object of at most 64 members", value)
            }
            for member in members {
                try object(member.value, fields, at: "\(path).\(member.name)")
            }
        case .rows(let fields): try rows(value, fields, at: path)
        }
    }

    private static func number(_ value: JSONValue, at path: String) throws(MessageError) -> String?
    {
        guard let digits = value.numberText else { return nil }
        guard digits.utf8.count <= maxNumberBytes else {
            throw MessageError(path: path, reason: "has more than \(maxNumberBytes) digits")
        }
        return digits
    }

    static func wrongType(_ path: String, _ expected: String, _ value: JSONValue) -> MessageError {
        let found =
            switch value.kind {
            case .number(let digits) where digits.utf8.count <= maxNumberBytes: digits
            case .string(let text) where text.utf8.count <= maxNumberBytes: "\"\(text)\""
            default: value.typeName
            }
        return MessageError(path: path, reason: "must be \(expected), not \(found)")
    }
}
