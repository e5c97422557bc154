/// Writes JSON from text pieces.
enum JSONText {
    /// `{"name":value,…}`; the values are JSON already.
    static func object(_ members: [(name: String, value: String)]) -> String {
        "{" + members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    /// `[value,…]`; the values are JSON already.
    static func array(_ elements: [String]) -> String {
        "[" + elements.joined(separator: ",") + "]"
    }

    /// A string.
    static func string(_ text: String) -> String { string(Array(text.utf8)) }

    /// A string of UTF-8 bytes.
    static func string(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = [UInt8(ascii: "\"")]
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text.append(UInt8(ascii: "\\"))
                text.append(byte)
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                text.append(contentsOf: Array("\\u00".utf8))
                text.append(digits[Int(byte >> 4)])
                text.append(digits[Int(byte & 15)])
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
        return String(decoding: text, as: UTF8.self)
    }

    /// A value, or `null`.
    static func optional<Value>(_ value: Value?, _ write: (Value) -> String) -> String {
        value.map(write) ?? "null"
    }

    /// A value of the reference.
    static func value(_ value: ReferenceValue) -> String {
        switch value {
        case .text(let bytes): string(bytes)
        case .time(let time): string(timeText(time))
        case .integer, .decimal, .flag, .null: value.plain
        }
    }

    /// A row of the reference as an object.
    static func row(_ row: ReferenceRow) -> String {
        object(row.fields.map { ($0.name, value($0.value)) })
    }
}
