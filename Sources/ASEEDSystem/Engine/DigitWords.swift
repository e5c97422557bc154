/// Digits in a 64-bit word: eight ASCII bytes, the first in the lowest byte, already XORed with
/// eight `0` characters so that a digit is 0…9.
///
/// Source of the tricks: "SIMD within a register"; the multiply steps are those of D. Lemire,
/// "Quickly parsing eight digits" (2018).
enum DigitWords {
    static let zeros: UInt64 = 0x3030_3030_3030_3030

    /// The high bit of each byte that is no digit.
    @inline(__always)
    static func nonDigits(_ word: UInt64) -> UInt64 {
        // A byte of 10…127 carries into its high bit; bytes of 128 and more have it already.
        ((word & 0x7f7f_7f7f_7f7f_7f7f) &+ 0x7676_7676_7676_7676 | word) & 0x8080_8080_8080_8080
    }

    /// The value of eight digits, the most significant in the lowest byte.
    @inline(__always)
    static func value(_ word: UInt64) -> UInt64 {
        let pairs = word &* 10 &+ (word >> 8)
        let low = (pairs & 0x0000_00ff_0000_00ff) &* 0x000f_4240_0000_0064
        let high = ((pairs >> 16) & 0x0000_00ff_0000_00ff) &* 0x0000_2710_0000_0001
        return (low &+ high) >> 32
    }
}
