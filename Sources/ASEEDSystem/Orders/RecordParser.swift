internal import CBytes

/// Where a field's value stands in its record.
struct FieldSpan: BitwiseCopyable {
    /// What JSON type the value has.
    enum Kind: UInt8 {
        case absent, null, string, number, other
    }

    var kind = Kind.absent
    /// Whether the string holds a backslash.
    var hasEscape = false
    /// First byte of the value; of a string, the byte after its opening quotation mark.
    var start = 0
    /// Bytes as written; of a string, without its quotation marks.
    var count = 0
}

/// The strict parser of one record (R12, R13): the whole record must be one RFC 8259 text. It
/// finds the seven fields and keeps where their values stand; everything else is checked and left.
///
/// The parser decides everything: the fast path may only accept what this accepts, with the same
/// values.
struct RecordParser {
    /// The seven spans, by `OrderField.rawValue`.
    private(set) var fields: InlineArray<7, FieldSpan> = .init(repeating: FieldSpan())

    private let bytes: UnsafePointer<UInt8>
    private let end: Int
    private var at = 0
    private var duplicate = false
    private var keyIsPlain = true

    /// A record of `count` bytes. The memory has at least 16 readable bytes after its end.
    init(_ bytes: UnsafePointer<UInt8>, count: Int) {
        self.bytes = bytes
        end = count
    }

    /// Parses the record.
    ///
    /// - Returns: nil for an object whose seven names are unique, else `jsonSyntax`, `notObject` or
    ///   `duplicateField`. Text that is not UTF-8 counts as `jsonSyntax` here.
    mutating func parse() -> RejectReason? {
        skipSpace()
        guard at < end else { return .jsonSyntax }
        guard bytes[at] == UInt8(ascii: "{") else {
            guard value(depth: 1) != nil else { return .jsonSyntax }
            skipSpace()
            return at == end ? .notObject : .jsonSyntax
        }
        guard orderObject() else { return .jsonSyntax }
        skipSpace()
        guard at == end else { return .jsonSyntax }
        return duplicate ? .duplicateField : nil
    }

    @inline(__always)
    private mutating func skipSpace() {
        while at < end, bytes[at] <= 0x20 {
            let byte = bytes[at]
            guard byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d else { return }
            at += 1
        }
    }

    private mutating func orderObject() -> Bool {
        at += 1
        skipSpace()
        if at < end, bytes[at] == UInt8(ascii: "}") {
            at += 1
            return true
        }
        while true {
            skipSpace()
            guard let name = string() else { return false }
            let field = Self.field(named: name, in: bytes)
            skipSpace()
            guard at < end, bytes[at] == UInt8(ascii: ":") else { return false }
            at += 1
            skipSpace()
            guard let span = value(depth: 2) else { return false }
            if field >= 0 {
                if fields[field].kind != .absent { duplicate = true }
                fields[field] = span
            }
            skipSpace()
            guard at < end else { return false }
            at += 1
            if bytes[at - 1] == UInt8(ascii: "}") { return true }
            guard bytes[at - 1] == UInt8(ascii: ",") else { return false }
        }
    }

    /// Any value; nil when the text is no JSON.
    @inline(__always)
    private mutating func value(depth: Int) -> FieldSpan? {
        guard at < end else { return nil }
        switch bytes[at] {
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        default: return otherValue(depth: depth)
        }
    }

    private mutating func otherValue(depth: Int) -> FieldSpan? {
        let start = at
        switch bytes[at] {
        case UInt8(ascii: "n"): return word("null", .null)
        case UInt8(ascii: "t"): return word("true", .other)
        case UInt8(ascii: "f"): return word("false", .other)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth <= OrderLimits.jsonDepth, container(depth: depth) else { return nil }
            return FieldSpan(kind: .other, start: start, count: at - start)
        default: return nil
        }
    }

    private mutating func word(_ text: StaticString, _ kind: FieldSpan.Kind) -> FieldSpan? {
        let count = text.utf8CodeUnitCount
        guard end - at >= count else { return nil }
        for index in 0..<count where bytes[at + index] != text.utf8Start[index] { return nil }
        at += count
        return FieldSpan(kind: kind, start: at - count, count: count)
    }

    /// A nested object or array.
    private mutating func container(depth: Int) -> Bool {
        let isObject = bytes[at] == UInt8(ascii: "{")
        let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        at += 1
        skipSpace()
        if at < end, bytes[at] == close {
            at += 1
            return true
        }
        while true {
            skipSpace()
            if isObject {
                guard string() != nil else { return false }
                skipSpace()
                guard at < end, bytes[at] == UInt8(ascii: ":") else { return false }
                at += 1
                skipSpace()
            }
            guard value(depth: depth + 1) != nil else { return false }
            skipSpace()
            guard at < end else { return false }
            at += 1
            if bytes[at - 1] == close { return true }
            guard bytes[at - 1] == UInt8(ascii: ",") else { return false }
        }
    }

    private mutating func number() -> FieldSpan? {
        let start = at
        if bytes[at] == UInt8(ascii: "-") { at += 1 }
        guard at < end else { return nil }
        if bytes[at] == UInt8(ascii: "0") { at += 1 } else if !digits() { return nil }
        if at < end, bytes[at] == UInt8(ascii: ".") {
            at += 1
            guard digits() else { return nil }
        }
        if at < end, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < end, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
                at += 1
            }
            guard digits() else { return nil }
        }
        return FieldSpan(kind: .number, start: start, count: at - start)
    }

    private mutating func digits() -> Bool {
        let start = at
        while at < end, bytes[at] &- 0x30 < 10 { at += 1 }
        return at > start
    }

    /// A string, from its opening quotation mark on.
    @inline(__always)
    private mutating func string() -> FieldSpan? {
        guard at < end, bytes[at] == UInt8(ascii: "\"") else { return nil }
        let start = at + 1
        var position = start
        // Bytes after the record's end are readable, and what they say is checked against `end`.
        var mask = cbytes_special16(bytes + position)
        while mask == 0 {
            position += 16
            guard position < end else { return nil }
            mask = cbytes_special16(bytes + position)
        }
        position += mask.trailingZeroBitCount
        guard position < end else { return nil }
        at = position
        if bytes[position] == UInt8(ascii: "\"") {
            at += 1
            return FieldSpan(kind: .string, start: start, count: position - start)
        }
        return unusualString(from: start)
    }

    /// The rest of a string with escapes, with bytes beyond ASCII, or with a mistake.
    private mutating func unusualString(from start: Int) -> FieldSpan? {
        var hasEscape = false
        while at < end {
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return FieldSpan(
                    kind: .string, hasEscape: hasEscape, start: start, count: at - 1 - start)
            case UInt8(ascii: "\\"):
                hasEscape = true
                guard escape() else { return nil }
            case 0..<0x20: return nil
            case 0..<0x80: at += 1
            default:
                let length = UTF8Rule.sequenceLength(bytes + at, available: end - at)
                guard length > 0 else { return nil }
                at += length
            }
        }
        return nil
    }

    private mutating func escape() -> Bool {
        guard end - at >= 2 else { return false }
        at += 2
        switch bytes[at - 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"):
            guard let unit = JSONEscape.hex4(bytes + at, available: end - at) else { return false }
            at += 4
            if unit & 0xfc00 == 0xdc00 { return false }
            guard unit & 0xfc00 == 0xd800 else { return true }
            guard end - at >= 6, bytes[at] == UInt8(ascii: "\\"),
                bytes[at + 1] == UInt8(ascii: "u"),
                let low = JSONEscape.hex4(bytes + at + 2, available: end - at - 2),
                low & 0xfc00 == 0xdc00
            else { return false }
            at += 6
            return true
        default: return false
        }
    }

    /// The index of the field that a name names, or -1 (R13: compared after unescaping).
    @inline(__always)
    private static func field(named span: FieldSpan, in bytes: UnsafePointer<UInt8>) -> Int {
        if span.hasEscape { return escapedField(named: span, in: bytes) }
        return FieldNames.index(bytes + span.start, count: span.count)
    }

    private static func escapedField(
        named span: FieldSpan, in bytes: UnsafePointer<UInt8>
    ) -> Int {
        // A name of 12 bytes is at most 72 bytes when every byte is escaped.
        guard span.count <= 72 else { return -1 }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 96) { scratch in
            guard let base = scratch.baseAddress else { return -1 }
            let count = JSONEscape.unescape(bytes + span.start, count: span.count, into: base)
            return FieldNames.index(base, count: count)
        }
    }
}

/// Recognises the seven names.
enum FieldNames {
    /// The `OrderField.rawValue` of a name, or -1. Reads up to 12 bytes from `name` on.
    @inline(__always)
    static func index(_ name: UnsafePointer<UInt8>, count: Int) -> Int {
        let field: OrderField
        switch count {
        case 5: field = .price
        case 8:
            field =
                name[0] == UInt8(ascii: "o")
                ? .orderID : name[0] == UInt8(ascii: "c") ? .category : .quantity
        case 9: field = .timestamp
        case 10: field = .productID
        case 12: field = .productName
        default: return -1
        }
        let expected = field.name.utf8Start
        for position in 0..<count where name[position] != expected[position] { return -1 }
        return field.rawValue
    }
}
