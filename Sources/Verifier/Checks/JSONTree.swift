/// A JSON text as a tree; each value knows where it stands, so that numbers and whole values can be
/// compared digit for digit.
struct JSONTree {
    indirect enum Kind {
        case null
        case bool(Bool)
        case number
        case string([UInt8])
        case array([JSONTree])
        case object([(name: [UInt8], value: JSONTree)])
    }

    let kind: Kind
    /// Where the value stands in the text.
    let range: Range<Int>

    /// The member of an object; nil when there is none or this is no object.
    subscript(name: String) -> JSONTree? {
        guard case .object(let members) = kind else { return nil }
        return members.first { $0.name.elementsEqual(name.utf8) }?.value
    }

    /// The elements of an array.
    var elements: [JSONTree]? {
        if case .array(let elements) = kind { elements } else { nil }
    }

    /// The bytes of a string.
    var string: [UInt8]? {
        if case .string(let bytes) = kind { bytes } else { nil }
    }

    var isNull: Bool {
        if case .null = kind { true } else { false }
    }
}

/// Why a text is no JSON.
struct JSONTreeError: Error {
    let reason: String
    let offset: Int
}

/// Reads a whole text into a tree.
struct JSONTreeReader {
    private static let maxDepth = 64
    private let text: [UInt8]
    private var at = 0

    private init(_ text: [UInt8]) { self.text = text }

    static func read(_ text: [UInt8]) throws(JSONTreeError) -> JSONTree {
        var reader = JSONTreeReader(text)
        guard text.withUnsafeBytes(isWellFormedUTF8) else {
            throw reader.error("the text is not UTF-8")
        }
        let tree = try reader.value(depth: 1)
        reader.skipSpace()
        guard reader.at == text.count else { throw reader.error("there is text after the value") }
        return tree
    }

    private func error(_ reason: String) -> JSONTreeError {
        JSONTreeError(reason: reason, offset: at)
    }

    private var current: UInt8? { at < text.count ? text[at] : nil }

    private mutating func skipSpace() {
        while let byte = current, isJSONSpace(byte) { at += 1 }
    }

    private mutating func next(is byte: UInt8) -> Bool {
        guard current == byte else { return false }
        at += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONTreeError) -> JSONTree {
        skipSpace()
        guard depth <= Self.maxDepth else { throw error("nested too deep") }
        let start = at
        let kind: JSONTree.Kind
        switch current {
        case UInt8(ascii: "{"): kind = .object(try members(depth: depth))
        case UInt8(ascii: "["): kind = .array(try elements(depth: depth))
        case UInt8(ascii: "\""): kind = .string(try string())
        case UInt8(ascii: "t"): kind = try word("true", .bool(true))
        case UInt8(ascii: "f"): kind = try word("false", .bool(false))
        case UInt8(ascii: "n"): kind = try word("null", .null)
        default: kind = try number()
        }
        return JSONTree(kind: kind, range: start..<at)
    }

    private mutating func members(
        depth: Int
    ) throws(JSONTreeError) -> [(name: [UInt8], value: JSONTree)] {
        at += 1
        var members: [(name: [UInt8], value: JSONTree)] = []
        skipSpace()
        if next(is: UInt8(ascii: "}")) { return members }
        while true {
            skipSpace()
            let name = try string()
            skipSpace()
            guard next(is: UInt8(ascii: ":")) else { throw error("a colon is missing") }
            members.append((name, try value(depth: depth + 1)))
            skipSpace()
            if next(is: UInt8(ascii: ",")) { continue }
            guard next(is: UInt8(ascii: "}")) else { throw error("an object is not closed") }
            return members
        }
    }

    private mutating func elements(depth: Int) throws(JSONTreeError) -> [JSONTree] {
        at += 1
        var elements: [JSONTree] = []
        skipSpace()
        if next(is: UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if next(is: UInt8(ascii: ",")) { continue }
            guard next(is: UInt8(ascii: "]")) else { throw error("an array is not closed") }
            return elements
        }
    }

    private mutating func string() throws(JSONTreeError) -> [UInt8] {
        guard next(is: UInt8(ascii: "\"")) else { throw error("a string is missing") }
        let start = at
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw error("a control character in a string") }
            at += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        guard at < text.count else { throw error("a string is not closed") }
        let raw = text[start..<at]
        at += 1
        guard raw.contains(UInt8(ascii: "\\")) else { return Array(raw) }
        guard hasWholeEscapes(raw) else { throw error("a broken escape in a string") }
        return raw.withUnsafeBytes { bytes in
            [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
                count = unescape(bytes, into: UnsafeMutableRawBufferPointer(buffer)).count
            }
        }
    }

    /// Whether each backslash is followed by what `unescape` may rely on.
    private func hasWholeEscapes(_ raw: ArraySlice<UInt8>) -> Bool {
        var scanner = Array("\"".utf8) + raw + Array("\"".utf8)
        return scanner.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            var check = OrderScanner(UnsafeRawBufferPointer(bytes), base: base)
            return check.scan() == .notObject
        }
    }

    private mutating func word(
        _ word: StaticString, _ kind: JSONTree.Kind
    ) throws(JSONTreeError) -> JSONTree.Kind {
        let bytes = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard text[at...].starts(with: bytes) else { throw error("a value is missing") }
        at += bytes.count
        return kind
    }

    private mutating func number() throws(JSONTreeError) -> JSONTree.Kind {
        _ = next(is: UInt8(ascii: "-"))
        if !next(is: UInt8(ascii: "0")) { try digits() }
        if next(is: UInt8(ascii: ".")) { try digits() }
        if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
            at += 1
            if !next(is: UInt8(ascii: "+")) { _ = next(is: UInt8(ascii: "-")) }
            try digits()
        }
        return .number
    }

    private mutating func digits() throws(JSONTreeError) {
        let start = at
        while let byte = current, byte &- UInt8(ascii: "0") <= 9 { at += 1 }
        guard at > start else { throw error("a value is missing") }
    }
}
