/// Escapes of strings that a parser has already accepted.
enum JSONEscape {
    /// Four hexadecimal digits, or nil.
    static func hex4(_ bytes: UnsafePointer<UInt8>, available: Int) -> UInt32? {
        guard available >= 4 else { return nil }
        var unit: UInt32 = 0
        for index in 0..<4 {
            let digit: UInt8
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[index] - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                digit = bytes[index] - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"):
                digit = bytes[index] - UInt8(ascii: "A") + 10
            default: return nil
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// Unescapes a valid string; the result is never longer than the source.
    ///
    /// - Returns: the number of bytes written.
    static func unescape(
        _ source: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var read = 0
        var written = 0
        while read < count {
            guard source[read] == UInt8(ascii: "\\") else {
                target[written] = source[read]
                read += 1
                written += 1
                continue
            }
            let byte = source[read + 1]
            read += 2
            switch byte {
            case UInt8(ascii: "b"): target[written] = 0x08
            case UInt8(ascii: "f"): target[written] = 0x0c
            case UInt8(ascii: "n"): target[written] = 0x0a
            case UInt8(ascii: "r"): target[written] = 0x0d
            case UInt8(ascii: "t"): target[written] = 0x09
            case UInt8(ascii: "u"):
                var scalar = hex4(source + read, available: count - read) ?? 0
                read += 4
                if scalar & 0xfc00 == 0xd800 {
                    let low = hex4(source + read + 2, available: count - read - 2) ?? 0
                    scalar = 0x10000 + (scalar & 0x3ff) << 10 + (low & 0x3ff)
                    read += 6
                }
                written += encode(scalar, into: target + written)
                continue
            default: target[written] = byte
            }
            written += 1
        }
        return written
    }

    /// UTF-8 of one scalar.
    private static func encode(_ scalar: UInt32, into target: UnsafeMutablePointer<UInt8>) -> Int {
        let low = { (shift: UInt32) in UInt8(truncatingIfNeeded: scalar >> shift & 0x3f | 0x80) }
        switch scalar {
        case 0..<0x80:
            target[0] = UInt8(truncatingIfNeeded: scalar)
            return 1
        case 0..<0x800:
            target[0] = UInt8(truncatingIfNeeded: 0xc0 | scalar >> 6)
            target[1] = low(0)
            return 2
        case 0..<0x10000:
            target[0] = UInt8(truncatingIfNeeded: 0xe0 | scalar >> 12)
            target[1] = low(6)
            target[2] = low(0)
            return 3
        default:
            target[0] = UInt8(truncatingIfNeeded: 0xf0 | scalar >> 18)
            target[1] = low(12)
            target[2] = low(6)
            target[3] = low(0)
            return 4
        }
    }
}
