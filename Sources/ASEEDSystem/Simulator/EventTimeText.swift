/// Event times as text: UTC, always six decimals.
public enum EventTimeText {
    /// `2024-01-15T14:30:00.123456`: microseconds since 1970.
    public static func local(_ us: Int64) -> String { String(TimeText.iso(us).dropLast()) }

    /// The same with a `Z`.
    public static func utc(_ us: Int64) -> String { TimeText.iso(us) }

    /// Reads any form that R19 takes; nil when it is none or before 1970.
    public static func parse(_ text: String) -> Int64? {
        TimeText.micros(text).flatMap { $0 >= 0 ? $0 : nil }
    }
}
