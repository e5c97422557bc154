/// Reads one record as one RFC 8259 text (R12) and notes where the seven fields stand.
///
/// The whole record is checked, also the values of fields nobody asks for. Bytes must be well-formed
/// UTF-8 already.
struct OrderScanner {
    /// What the text is.
    enum Shape {
        case notJSON, notObject, object
    }

    private static let maxDepth = 64

    private let base: UnsafePointer<UInt8>
    private let count: Int
    private var at = 0
    /// Where the seven fields stand, after `scan` returned `.object`.
    private(set) var fields = OrderFields()

    init(_ record: UnsafeRawBufferPointer, base: UnsafeRawPointer) {
        self.base = base.assumingMemoryBound(to: UInt8.self)
        count = record.count
    }

    /// Reads the record from its first to its last byte.
    mutating func scan() -> Shape {
        skipSpace()
        let isObject = at < count && base[at] == UInt8(ascii: "{")
        guard isObject ? scanOrder() : skipValue(depth: 1) != nil else { return .notJSON }
        skipSpace()
        guard at == count else { return .notJSON }
        return isObject ? .object : .notObject
    }

    /// The record's own object: like any object, but its fields are looked at.
    private mutating func scanOrder() -> Bool {
        at += 1
        skipSpace()
        if next(is: UInt8(ascii: "}")) { return true }
        while true {
            skipSpace()
            guard next(is: UInt8(ascii: "\"")), let name = skipString() else { return false }
            let field = field(named: name)
            skipSpace()
            guard next(is: UInt8(ascii: ":")) else { return false }
            skipSpace()
            guard let value = skipValue(depth: 2) else { return false }
            if let field { fields.take(value, for: field) }
            skipSpace()
            if next(is: UInt8(ascii: ",")) { continue }
            return next(is: UInt8(ascii: "}"))
        }
    }

    private func field(named name: JSONSpan) -> OrderField? {
        let raw = UnsafeRawBufferPointer(start: base + name.start, count: name.end - name.start)
        guard name.kind == .escapedString else { return OrderField(named: raw) }
        // Names are compared after unescaping (R13). The longest of the seven has 12 bytes.
        return withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
            let unescaped = unescape(raw, into: buffer)
            guard unescaped.count <= buffer.count else { return nil }
            return OrderField(named: UnsafeRawBufferPointer(rebasing: buffer[..<unescaped.count]))
        }
    }

    /// Goes past one value; nil when there is none.
    private mutating func skipValue(depth: Int) -> JSONSpan? {
        guard at < count else { return nil }
        let start = at
        switch base[at] {
        case UInt8(ascii: "\""):
            at += 1
            return skipString()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return skipNumber() ? JSONSpan(kind: .number, start: start, end: at) : nil
        case UInt8(ascii: "n"): return skipWord("null", .null)
        case UInt8(ascii: "t"): return skipWord("true", .other)
        case UInt8(ascii: "f"): return skipWord("false", .other)
        case UInt8(ascii: "{"):
            guard depth <= Self.maxDepth, skipObject(depth: depth) else { return nil }
            return JSONSpan(kind: .other, start: start, end: at)
        case UInt8(ascii: "["):
            guard depth <= Self.maxDepth, skipArray(depth: depth) else { return nil }
            return JSONSpan(kind: .other, start: start, end: at)
        default: return nil
        }
    }

    private mutating func skipObject(depth: Int) -> Bool {
        at += 1
        skipSpace()
        if next(is: UInt8(ascii: "}")) { return true }
        while true {
            skipSpace()
            guard next(is: UInt8(ascii: "\"")), skipString() != nil else { return false }
            skipSpace()
            guard next(is: UInt8(ascii: ":")) else { return false }
            skipSpace()
            guard skipValue(depth: depth + 1) != nil else { return false }
            skipSpace()
            if next(is: UInt8(ascii: ",")) { continue }
            return next(is: UInt8(ascii: "}"))
        }
    }

    private mutating func skipArray(depth: Int) -> Bool {
        at += 1
        skipSpace()
        if next(is: UInt8(ascii: "]")) { return true }
        while true {
            skipSpace()
            guard skipValue(depth: depth + 1) != nil else { return false }
            skipSpace()
            if next(is: UInt8(ascii: ",")) { continue }
            return next(is: UInt8(ascii: "]"))
        }
    }

    /// Goes past a string whose opening quote is behind.
    private mutating func skipString() -> JSONSpan? {
        let start = at
        var kind = JSONSpan.Kind.string
        while at < count {
            let byte = base[at]
            if byte == UInt8(ascii: "\"") {
                at += 1
                return JSONSpan(kind: kind, start: start, end: at - 1)
            }
            if byte < 0x20 { return nil }
            at += 1
            if byte == UInt8(ascii: "\\") {
                kind = .escapedString
                guard skipEscape() else { return nil }
            }
        }
        return nil
    }

    /// Goes past what follows a backslash; a high surrogate needs its low one.
    private mutating func skipEscape() -> Bool {
        guard at < count else { return false }
        let letter = base[at]
        at += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"):
            guard let unit = skipHex4() else { return false }
            switch unit {
            case 0xd800...0xdbff:
                guard next(is: UInt8(ascii: "\\")), next(is: UInt8(ascii: "u")),
                    let low = skipHex4()
                else { return false }
                return (0xdc00...0xdfff).contains(low)
            case 0xdc00...0xdfff: return false
            default: return true
            }
        default: return false
        }
    }

    private mutating func skipHex4() -> UInt32? {
        guard at + 4 <= count else { return nil }
        var value: UInt32 = 0
        for offset in 0..<4 {
            guard let digit = hexDigit(base[at + offset]) else { return nil }
            value = value << 4 | digit
        }
        at += 4
        return value
    }

    private mutating func skipNumber() -> Bool {
        _ = next(is: UInt8(ascii: "-"))
        if !next(is: UInt8(ascii: "0")) {
            guard skipDigits() else { return false }
        }
        if next(is: UInt8(ascii: ".")) {
            guard skipDigits() else { return false }
        }
        if at < count, base[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if !next(is: UInt8(ascii: "+")) { _ = next(is: UInt8(ascii: "-")) }
            guard skipDigits() else { return false }
        }
        // What follows must be a comma, a bracket or space: "01" fails there.
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = at
        while at < count, base[at] &- UInt8(ascii: "0") <= 9 { at += 1 }
        return at > start
    }

    private mutating func skipWord(_ word: StaticString, _ kind: JSONSpan.Kind) -> JSONSpan? {
        let start = at
        let length = word.utf8CodeUnitCount
        guard at + length <= count else { return nil }
        for offset in 0..<length where base[at + offset] != word.utf8Start[offset] { return nil }
        at += length
        return JSONSpan(kind: kind, start: start, end: at)
    }

    @inline(__always)
    private mutating func next(is byte: UInt8) -> Bool {
        guard at < count, base[at] == byte else { return false }
        at += 1
        return true
    }

    @inline(__always)
    private mutating func skipSpace() {
        while at < count, isJSONSpace(base[at]) { at += 1 }
    }
}

/// Space, tab, line feed, carriage return.
@inline(__always)
func isJSONSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
}

func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
}
