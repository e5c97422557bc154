/// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), eight bytes at a step by eight tables
/// ("slicing by 8", Kounavis and Berry 2005).
final class CRC32C {
    private let tables: UnsafeMutablePointer<UInt32>

    init() {
        tables = .allocate(capacity: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<8 * 256 {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xff)]
        }
    }

    deinit { tables.deallocate() }

    /// Before the first byte.
    static let start: UInt32 = 0xffff_ffff

    /// After the last byte.
    static func finish(_ state: UInt32) -> UInt32 { state ^ 0xffff_ffff }

    /// Goes on with more bytes.
    func update(_ state: UInt32, with bytes: UnsafeRawBufferPointer) -> UInt32 {
        var state = state
        var at = 0
        let tables = UnsafePointer(tables)
        while at + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
            let low = UInt32(truncatingIfNeeded: word) ^ state
            let high = UInt32(truncatingIfNeeded: word >> 32)
            let first = tables[7 * 256 + Int(low & 0xff)] ^ tables[6 * 256 + Int(low >> 8 & 0xff)]
            let second = tables[5 * 256 + Int(low >> 16 & 0xff)] ^ tables[4 * 256 + Int(low >> 24)]
            let third = tables[3 * 256 + Int(high & 0xff)] ^ tables[2 * 256 + Int(high >> 8 & 0xff)]
            let fourth = tables[256 + Int(high >> 16 & 0xff)] ^ tables[Int(high >> 24)]
            state = first ^ second ^ third ^ fourth
            at += 8
        }
        while at < bytes.count {
            state = state >> 8 ^ tables[Int((state ^ UInt32(bytes[at])) & 0xff)]
            at += 1
        }
        return state
    }
}
