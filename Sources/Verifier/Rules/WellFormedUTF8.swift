/// Whether bytes are well-formed UTF-8 (R11): no overlong forms, no surrogates, none above U+10FFFF.
func isWellFormedUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let count = bytes.count
    var at = 0
    while at < count {
        // Orders are mostly ASCII: eight bytes without a top bit at once.
        if at + 8 <= count,
            bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
            at += 8
            continue
        }
        guard let length = scalarLength(bytes, at: at) else { return false }
        at += length
    }
    return true
}

/// How many bytes the scalar at `at` takes; nil when it is malformed. (Unicode 15, table 3-7.)
private func scalarLength(_ bytes: UnsafeRawBufferPointer, at: Int) -> Int? {
    func byte(_ offset: Int, in range: ClosedRange<UInt8>) -> Bool {
        at + offset < bytes.count && range.contains(bytes[at + offset])
    }
    let tail: ClosedRange<UInt8> = 0x80...0xbf
    switch bytes[at] {
    case 0...0x7f: return 1
    case 0xc2...0xdf: return byte(1, in: tail) ? 2 : nil
    case 0xe0: return byte(1, in: 0xa0...0xbf) && byte(2, in: tail) ? 3 : nil
    case 0xed: return byte(1, in: 0x80...0x9f) && byte(2, in: tail) ? 3 : nil
    case 0xe1...0xef: return byte(1, in: tail) && byte(2, in: tail) ? 3 : nil
    case 0xf0:
        return byte(1, in: 0x90...0xbf) && byte(2, in: tail) && byte(3, in: tail) ? 4 : nil
    case 0xf1...0xf3:
        return byte(1, in: tail) && byte(2, in: tail) && byte(3, in: tail) ? 4 : nil
    case 0xf4:
        return byte(1, in: 0x80...0x8f) && byte(2, in: tail) && byte(3, in: tail) ? 4 : nil
    default: return nil
    }
}
