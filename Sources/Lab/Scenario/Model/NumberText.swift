/// Doubles as people write them.
enum NumberText {
    /// The shortest digits that read back the same, without a fraction when whole: 20000, 0.05.
    static func text(_ value: Double) -> String {
        if let whole = Int64(exactly: value), abs(whole) < 1_000_000_000_000_000 {
            return String(whole)
        }
        return "\(value)"
    }

    /// Whole numbers with thousands separators: 5,000,000.
    static func grouped(_ value: Int64) -> String {
        var text = ""
        for (index, digit) in String(value.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }
}
