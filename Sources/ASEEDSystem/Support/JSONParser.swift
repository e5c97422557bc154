/// Why a text is no JSON, and where.
public struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    /// What was wrong.
    public let message: String
    /// Where, in bytes from the start.
    public let offset: Int
    /// Line, from 1.
    public let line: Int
    /// Column in bytes, from 1.
    public let column: Int

    init(_ message: String, at offset: Int, in bytes: [UInt8]) {
        self.message = message
        self.offset = offset
        (line, column) = TextPosition.lineAndColumn(of: offset, in: bytes)
    }

    /// `line 3, column 7: …`
    public var description: String { "line \(line), column \(column): \(message)" }
}

/// Line and column of a byte in a text.
public enum TextPosition {
    /// Line and column, both from 1; the column counts bytes.
    public static func lineAndColumn(
        of offset: Int, in bytes: [UInt8]
    ) -> (line: Int, column: Int) {
        let before = bytes.prefix(offset)
        let line = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return (line, offset - lineStart + 1)
    }
}

/// A strict RFC 8259 parser: one value, unique names, nesting up to 64, well-formed UTF-8.
public struct JSONParser {
    private let bytes: [UInt8]
    private var at = 0
    private static let maxDepth = 64

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Parses a whole text.
    ///
    /// - Throws: `JSONSyntaxError` with line and column of the first mistake.
    public static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
        var parser = JSONParser(bytes)
        let value = try parser.value(depth: 1)
        parser.skipSpace()
        guard parser.at == bytes.count else { throw parser.error("text after the value") }
        return value
    }

    /// Parses a whole text.
    public static func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue {
        try parse(Array(text.utf8))
    }

    private func error(_ message: String, at offset: Int? = nil) -> JSONSyntaxError {
        JSONSyntaxError(message, at: offset ?? at, in: bytes)
    }

    private var current: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
            at += 1
        }
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        guard depth <= Self.maxDepth else { throw error("nesting deeper than \(Self.maxDepth)") }
        let start = at
        switch current {
        case nil: throw error("the text ends where a value is expected")
        case UInt8(ascii: "{"): return JSONValue(try object(depth: depth), offset: start)
        case UInt8(ascii: "["): return JSONValue(try array(depth: depth), offset: start)
        case UInt8(ascii: "\""): return JSONValue(.string(try string()), offset: start)
        case UInt8(ascii: "t"): return JSONValue(try word("true", .bool(true)), offset: start)
        case UInt8(ascii: "f"): return JSONValue(try word("false", .bool(false)), offset: start)
        case UInt8(ascii: "n"): return JSONValue(try word("null", .null), offset: start)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            return JSONValue(.number(try number()), offset: start)
        default: throw error("a value is expected here")
        }
    }

    private mutating func word(
        _ text: StaticString, _ kind: JSONValue.Kind
    ) throws(JSONSyntaxError) -> JSONValue.Kind {
        let expected = Array("\(text)".utf8)
        guard bytes[at...].starts(with: expected) else {
            throw error("a value is expected here; did you mean \(text)?")
        }
        at += expected.count
        return kind
    }

    private mutating func number() throws(JSONSyntaxError) -> String {
        let start = at
        if current == UInt8(ascii: "-") { at += 1 }
        if current == UInt8(ascii: "0") {
            at += 1
        } else {
            try digits()
        }
        if current == UInt8(ascii: ".") {
            at += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            at += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
        if let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            throw error("a number has no leading zero", at: start)
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = at
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { at += 1 }
        guard at > start else { throw error("a digit is expected here") }
    }

    private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSONValue.Kind {
        at += 1
        var elements: [JSONValue] = []
        skipSpace()
        if current == UInt8(ascii: "]") {
            at += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            switch current {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "]"):
                at += 1
                return .array(elements)
            default: throw error("\",\" or \"]\" is expected here")
            }
        }
    }

    private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONValue.Kind {
        at += 1
        var members: [JSONValue.Member] = []
        var names: Set<[UInt8]> = []
        skipSpace()
        if current == UInt8(ascii: "}") {
            at += 1
            return .object(members)
        }
        while true {
            skipSpace()
            let nameOffset = at
            guard current == UInt8(ascii: "\"") else { throw error("a name is expected here") }
            let name = try string()
            guard names.insert(Array(name.utf8)).inserted else {
                throw error("the name \"\(name)\" occurs twice", at: nameOffset)
            }
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw error("\":\" is expected here") }
            at += 1
            let memberValue = try value(depth: depth + 1)
            members.append(.init(name: name, offset: nameOffset, value: memberValue))
            skipSpace()
            switch current {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "}"):
                at += 1
                return .object(members)
            default: throw error("\",\" or \"}\" is expected here")
            }
        }
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        let start = at
        at += 1
        var text: [UInt8] = []
        while true {
            guard let byte = current else { throw error("the string is not closed", at: start) }
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                guard let valid = String(validating: text, as: UTF8.self) else {
                    throw error("the string is not well-formed UTF-8", at: start)
                }
                return valid
            case 0..<0x20: throw error("a control character must be escaped")
            case UInt8(ascii: "\\"): try escape(into: &text)
            default:
                text.append(byte)
                at += 1
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
        let start = at
        at += 1
        guard let byte = current else { throw error("the string is not closed", at: start) }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try hex4()
            if scalar & 0xfc00 == 0xd800 {
                guard current == UInt8(ascii: "\\"), at + 1 < bytes.count,
                    bytes[at + 1] == UInt8(ascii: "u")
                else { throw error("an unpaired surrogate", at: start) }
                at += 2
                let low = try hex4()
                guard low & 0xfc00 == 0xdc00 else {
                    throw error("an unpaired surrogate", at: start)
                }
                scalar = 0x10000 + (scalar & 0x3ff) << 10 + (low & 0x3ff)
            }
            guard let unicode = Unicode.Scalar(scalar) else {
                throw error("an unpaired surrogate", at: start)
            }
            text.append(contentsOf: Array(String(Character(unicode)).utf8))
        default: throw error("no such escape", at: start)
        }
    }

    private mutating func hex4() throws(JSONSyntaxError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else { throw error("four hexadecimal digits are expected here") }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }
}
