/// The cleaning of category names (R25).
enum CategoryRule {
    /// Surrounding spaces removed, runs of spaces become one, each ASCII letter at the start or
    /// after a space upper case, other ASCII letters lower case, other bytes untouched.
    static func normalised(_ name: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(name.count)
        var atWordStart = true
        for byte in name {
            if byte == UInt8(ascii: " ") {
                atWordStart = true
                continue
            }
            if atWordStart, !result.isEmpty { result.append(UInt8(ascii: " ")) }
            result.append(atWordStart ? upper(byte) : lower(byte))
            atWordStart = false
        }
        return result
    }

    private static func upper(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte - 0x20 : byte
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte + 0x20 : byte
    }
}
