/// Durations as scenarios and options write them.
public enum DurationText {
    private static let units: [(suffix: String, ms: Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// `250ms`, `10s`, `2m`, `1h`, `1d`: whole milliseconds, or nil when it is none of these.
    public static func milliseconds(_ text: String) -> Int64? {
        for unit in units where text.hasSuffix(unit.suffix) {
            let digits = text.dropLast(unit.suffix.count)
            guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                let count = Int64(digits)
            else { continue }
            let (product, overflow) = count.multipliedReportingOverflow(by: unit.ms)
            return overflow ? nil : product
        }
        return nil
    }

    /// The shortest text for a duration: 120000 is `2m`.
    public static func text(milliseconds: Int64) -> String {
        for unit in units.reversed() where milliseconds != 0 && milliseconds % unit.ms == 0 {
            return "\(milliseconds / unit.ms)\(unit.suffix)"
        }
        return "\(milliseconds)ms"
    }
}
