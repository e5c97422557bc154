/// The timestamp rule (R19).
enum TimestampRule {
    private static let usPerMinute: Int64 = 60_000_000
    private static let longestZoneMinutes = 18 * 60

    /// Microseconds since 1970 in UTC, or nil when the text is not of the form.
    static func eventTime(_ text: UnsafePointer<UInt8>, count: Int) -> Int64? {
        guard count >= 19, let minute = minute(text), text[16] == UInt8(ascii: ":"),
            let second = twoDigits(text + 17), second <= 59
        else { return nil }
        var at = 19
        var micros = Int64(second) * 1_000_000
        if at < count, text[at] == UInt8(ascii: ".") {
            at += 1
            let start = at
            var unit: Int64 = 100_000
            while at < count, text[at] &- 0x30 < 10 {
                micros += Int64(text[at] - 0x30) * unit
                unit /= 10
                at += 1
            }
            guard at > start, at - start <= 9 else { return nil }
        }
        guard let zoneMinutes = zone(text + at, count: count - at) else { return nil }
        return minute + micros - Int64(zoneMinutes) * usPerMinute
    }

    /// The zone's minutes east of UTC; no zone means UTC; nil when it is none.
    private static func zone(_ text: UnsafePointer<UInt8>, count: Int) -> Int? {
        guard count > 0 else { return 0 }
        if text[0] | 0x20 == UInt8(ascii: "z") { return count == 1 ? 0 : nil }
        guard text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-"), count >= 3,
            let hours = twoDigits(text + 1)
        else { return nil }
        var minutes = 0
        switch count {
        case 3: break
        case 5:
            guard let value = twoDigits(text + 3) else { return nil }
            minutes = value
        case 6:
            guard text[3] == UInt8(ascii: ":"), let value = twoDigits(text + 4) else { return nil }
            minutes = value
        default: return nil
        }
        let total = hours * 60 + minutes
        guard minutes <= 59, total <= longestZoneMinutes else { return nil }
        return text[0] == UInt8(ascii: "-") ? -total : total
    }

    /// Microseconds since 1970 of `YYYY-MM-DDTHH:MM`, or nil when it is none. Reads 16 bytes.
    static func minute(_ text: UnsafePointer<UInt8>) -> Int64? {
        guard let century = twoDigits(text), let yearOfCentury = twoDigits(text + 2),
            text[4] == UInt8(ascii: "-"), let month = twoDigits(text + 5),
            text[7] == UInt8(ascii: "-"), let day = twoDigits(text + 8),
            text[10] | 0x20 == UInt8(ascii: "t") || text[10] == 0x20,
            let hour = twoDigits(text + 11), text[13] == UInt8(ascii: ":"),
            let minute = twoDigits(text + 14)
        else { return nil }
        let year = century * 100 + yearOfCentury
        guard year >= 1, (1...12).contains(month), day >= 1,
            day <= CivilDate.daysInMonth(month, year: year), hour <= 23, minute <= 59
        else { return nil }
        let days = CivilDate.daysSince1970(year: year, month: month, day: day)
        return (Int64(days) * 1440 + Int64(hour * 60 + minute)) * usPerMinute
    }

    private static func twoDigits(_ text: UnsafePointer<UInt8>) -> Int? {
        let tens = text[0] &- 0x30
        let ones = text[1] &- 0x30
        return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : nil
    }
}
