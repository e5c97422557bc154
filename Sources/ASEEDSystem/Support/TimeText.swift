/// Times in microseconds since 1970 and their text.
public enum TimeText {
    /// `2024-01-15T14:30:00.123456Z`
    public static func iso(_ micros: Int64) -> String {
        let (days, ofDay) = split(micros)
        let date = CivilDate.date(daysSince1970: days)
        let seconds = ofDay / 1_000_000
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T"
            + "\(padded(Int(seconds / 3600), 2)):\(padded(Int(seconds / 60 % 60), 2)):"
            + "\(padded(Int(seconds % 60), 2)).\(padded(Int(ofDay % 1_000_000), 6))Z"
    }

    /// `2024-01-15T14:30:00.123456`, the same without the zone.
    public static func local(_ micros: Int64) -> String { String(iso(micros).dropLast()) }

    /// The time of a text in any form that R19 takes and not before 1970, or nil.
    public static func since1970(_ text: String) -> Int64? {
        micros(text).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// The time of a text in any form that R19 takes, or nil.
    public static func micros(_ text: String) -> Int64? {
        var bytes = Array(text.utf8)
        let count = bytes.count
        bytes.append(contentsOf: [UInt8](repeating: 0, count: 16))
        return bytes.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.flatMap { TimestampRule.eventTime($0, count: count) }
        }
    }

    /// The hour of the day, 0–23 (R27).
    static func hour(_ micros: Int64) -> Int { Int(split(micros).ofDay / 3_600_000_000) }

    /// The day of the week, 1 Sunday … 7 Saturday (R27).
    static func weekday(_ micros: Int64) -> Int {
        // 1970-01-01 was a Thursday.
        let fromThursday = (split(micros).days % 7 + 7) % 7
        return (fromThursday + 4) % 7 + 1
    }

    private static func split(_ micros: Int64) -> (days: Int, ofDay: Int64) {
        let usPerDay: Int64 = 86_400_000_000
        let days = micros >= 0 ? micros / usPerDay : -((-micros + usPerDay - 1) / usPerDay)
        return (Int(days), micros - days * usPerDay)
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
