/// Exact decimal text of money and averages (R40).
public enum Decimals {
    /// Ten-thousandths as a number with exactly four decimals: 2999900 is `299.9900`.
    public static func money(_ tenThousandths: Int128) -> String {
        fixed(tenThousandths, decimals: 4)
    }

    /// `sum / count`, `sum` in ten-thousandths, rounded half up to eight decimals.
    ///
    /// - Returns: `0.00000000` when `count` is 0.
    public static func average(sum: Int128, count: Int128) -> String {
        guard count > 0 else { return fixed(0, decimals: 8) }
        // Eight decimals of a sum in ten-thousandths: sum × 10^4 ÷ count. Money is never negative.
        let scaled = sum * 10_000
        let (quotient, remainder) = scaled.quotientAndRemainder(dividingBy: count)
        return fixed(remainder * 2 >= count ? quotient + 1 : quotient, decimals: 8)
    }

    /// The ten-thousandths of a text with exactly four decimals, or nil when it is none.
    public static func tenThousandths(_ text: String) -> Int128? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 4 else { return nil }
        return Int128(parts[0] + parts[1])
    }

    private static func fixed(_ value: Int128, decimals: Int) -> String {
        var digits =
            if let small = Int64(exactly: value.magnitude) {
                String(small)
            } else {
                String(value.magnitude)
            }
        if digits.utf8.count <= decimals {
            digits = String(repeating: "0", count: decimals + 1 - digits.utf8.count) + digits
        }
        let point = digits.utf8.index(digits.endIndex, offsetBy: -decimals)
        return (value < 0 ? "-" : "") + digits[..<point] + "." + digits[point...]
    }
}
