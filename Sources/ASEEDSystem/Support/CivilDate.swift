/// Dates of the proleptic Gregorian calendar.
///
/// Source of the day arithmetic: the era method (400-year cycles of 146,097 days that start in
/// March), as in H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
enum CivilDate {
    private static let daysPerEra = 146_097
    private static let daysToEpoch = 719_468

    /// Days since 1970-01-01.
    static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = floorDivide(shiftedYear, 400)
        let yearOfEra = shiftedYear - era * 400
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * daysPerEra + dayOfEra - daysToEpoch
    }

    /// Year, month and day of a day since 1970-01-01.
    static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + daysToEpoch
        let era = floorDivide(shifted, daysPerEra)
        let dayOfEra = shifted - era * daysPerEra
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// The days of a month.
    static func daysInMonth(_ month: Int, year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func floorDivide(_ a: Int, _ b: Int) -> Int {
        a >= 0 ? a / b : -((-a + b - 1) / b)
    }
}

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
