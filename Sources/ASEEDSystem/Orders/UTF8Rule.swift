/// Well-formed UTF-8 (RFC 3629 section 4): no overlong forms, no surrogates, at most U+10FFFF.
enum UTF8Rule {
    /// The length of the well-formed sequence at `bytes`, or 0 when there is none.
    static func sequenceLength(_ bytes: UnsafePointer<UInt8>, available: Int) -> Int {
        let lead = bytes[0]
        switch lead {
        case 0..<0x80: return 1
        case 0xc2...0xdf: return available >= 2 && isTail(bytes[1]) ? 2 : 0
        case 0xe0...0xef:
            guard available >= 3, isTail(bytes[1]), isTail(bytes[2]) else { return 0 }
            if lead == 0xe0, bytes[1] < 0xa0 { return 0 }
            if lead == 0xed, bytes[1] >= 0xa0 { return 0 }
            return 3
        case 0xf0...0xf4:
            guard available >= 4, isTail(bytes[1]), isTail(bytes[2]), isTail(bytes[3]) else {
                return 0
            }
            if lead == 0xf0, bytes[1] < 0x90 { return 0 }
            if lead == 0xf4, bytes[1] >= 0x90 { return 0 }
            return 4
        default: return 0
        }
    }

    /// Whether all of the bytes are well-formed.
    static func isWellFormed(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
        var at = 0
        while at < count {
            let length = sequenceLength(bytes + at, available: count - at)
            guard length > 0 else { return false }
            at += length
        }
        return true
    }

    private static func isTail(_ byte: UInt8) -> Bool { byte & 0xc0 == 0x80 }
}
