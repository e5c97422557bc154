/// What the measuring client needs of a WebSocket message: how far its results go.
///
/// Only top members are looked at, and of those only until all is found: the results themselves,
/// which are most of a message, are not parsed.
struct PushedMessage: Equatable {
    /// The end position of each partition.
    var positions: [Int64]
    /// When the dashboard accepted it, monotonic; nil in a first message, which is many.
    var acceptedNs: Int64?

    /// Nil when the message carries no positions, or is none.
    init?(_ bytes: [UInt8]) {
        var positions: [Int64]?
        var acceptedNs: Int64?
        var isUpdate = false
        JSONMembers.scan(bytes, from: 0) { name, value in
            switch name {
            case "type":
                isUpdate = bytes[value].elementsEqual("\"update\"".utf8)
            case "positions": positions = JSONMembers.integers(bytes[value])
            case "accepted_ns": acceptedNs = JSONMembers.integer(bytes[value])
            case "data":
                // The first message has its results one level deeper.
                JSONMembers.scan(bytes, from: value.lowerBound) { name, value in
                    if name == "positions" { positions = JSONMembers.integers(bytes[value]) }
                    return positions == nil
                }
            default: break
            }
            return !(isUpdate && positions != nil && acceptedNs != nil)
        }
        guard let positions, !positions.isEmpty else { return nil }
        self.positions = positions
        self.acceptedNs = acceptedNs
    }
}

/// Walks over the members of one JSON object without parsing their values.
enum JSONMembers {
    /// Calls `body` with each member's name and the place of its value, until it returns false.
    ///
    /// Text that is no object, or ends too early, just ends the walk.
    static func scan(
        _ bytes: [UInt8], from start: Int, _ body: (Substring, Range<Int>) -> Bool
    ) {
        var at = skipSpace(bytes, start)
        guard at < bytes.count, bytes[at] == UInt8(ascii: "{") else { return }
        at = skipSpace(bytes, at + 1)
        while at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
            let nameEnd = skipString(bytes, at)
            guard nameEnd <= bytes.count, nameEnd > at + 1 else { return }
            let name = String(decoding: bytes[(at + 1)..<(nameEnd - 1)], as: UTF8.self)
            at = skipSpace(bytes, nameEnd)
            guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return }
            let valueStart = skipSpace(bytes, at + 1)
            let valueEnd = skipValue(bytes, valueStart)
            guard valueEnd <= bytes.count, body(name[...], valueStart..<valueEnd) else { return }
            at = skipSpace(bytes, valueEnd)
            guard at < bytes.count, bytes[at] == UInt8(ascii: ",") else { return }
            at = skipSpace(bytes, at + 1)
        }
    }

    /// A plain whole number.
    static func integer(_ bytes: ArraySlice<UInt8>) -> Int64? {
        Int64(String(decoding: bytes, as: UTF8.self))
    }

    /// An array of whole numbers.
    static func integers(_ bytes: ArraySlice<UInt8>) -> [Int64]? {
        guard bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") else { return nil }
        var found: [Int64] = []
        for part in bytes.dropFirst().dropLast().split(separator: UInt8(ascii: ",")) {
            guard let number = integer(part.filter { $0 > 0x20 }[...]) else { return nil }
            found.append(number)
        }
        return found
    }

    private static func skipSpace(_ bytes: [UInt8], _ start: Int) -> Int {
        var at = start
        while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
        return at
    }

    /// The place after a string that starts here; beyond the end when it does not end.
    private static func skipString(_ bytes: [UInt8], _ start: Int) -> Int {
        var at = start + 1
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\\"): at += 2
            case UInt8(ascii: "\""): return at + 1
            default: at += 1
            }
        }
        return bytes.count + 1
    }

    private static func skipValue(_ bytes: [UInt8], _ start: Int) -> Int {
        var at = start
        var depth = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at = skipString(bytes, at)
                if depth == 0 { return at }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return at }
                depth -= 1
                if depth == 0 { return at + 1 }
            case UInt8(ascii: ","), 0..<0x21: if depth == 0 { return at }
            default: break
            }
            at += 1
        }
        return bytes.count + 1
    }
}
