/// What a JSON string holds after unescaping.
struct UnescapedText {
    /// Its length in bytes, also when the buffer was shorter.
    var count = 0
    /// Nothing but U+0020, or nothing at all.
    var isBlank = true
    /// One of U+0000–U+001F or U+007F is in it.
    var hasControl = false
}

/// Unescapes a string that the scanner accepted; keeps as many bytes as the buffer takes.
func unescape(
    _ raw: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
) -> UnescapedText {
    var text = UnescapedText()
    func put(_ byte: UInt8) {
        if text.count < buffer.count { buffer[text.count] = byte }
        text.count += 1
        if byte != 0x20 { text.isBlank = false }
        if byte < 0x20 || byte == 0x7f { text.hasControl = true }
    }
    var at = 0
    while at < raw.count {
        let byte = raw[at]
        at += 1
        guard byte == UInt8(ascii: "\\") else {
            put(byte)
            continue
        }
        let letter = raw[at]
        at += 1
        switch letter {
        case UInt8(ascii: "b"): put(0x08)
        case UInt8(ascii: "f"): put(0x0c)
        case UInt8(ascii: "n"): put(0x0a)
        case UInt8(ascii: "r"): put(0x0d)
        case UInt8(ascii: "t"): put(0x09)
        case UInt8(ascii: "u"):
            var scalar = hex4(raw, at: at)
            at += 4
            if scalar & 0xfc00 == 0xd800 {
                scalar = 0x10000 + (scalar & 0x3ff) << 10 + (hex4(raw, at: at + 2) & 0x3ff)
                at += 6
            }
            putScalar(scalar, put)
        default: put(letter)
        }
    }
    return text
}

private func hex4(_ raw: UnsafeRawBufferPointer, at: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 4 | (hexDigit(raw[at + $1]) ?? 0) }
}

private func putScalar(_ scalar: UInt32, _ put: (UInt8) -> Void) {
    func tail(_ shift: UInt32) { put(UInt8(0x80 | (scalar >> shift) & 0x3f)) }
    switch scalar {
    case 0..<0x80: put(UInt8(scalar))
    case 0x80..<0x800:
        put(UInt8(0xc0 | scalar >> 6))
        tail(0)
    case 0x800..<0x10000:
        put(UInt8(0xe0 | scalar >> 12))
        tail(6)
        tail(0)
    default:
        put(UInt8(0xf0 | scalar >> 18))
        tail(12)
        tail(6)
        tail(0)
    }
}
