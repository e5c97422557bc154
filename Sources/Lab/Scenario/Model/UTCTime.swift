/// UTC microseconds since 1970 as the lab's JSON writes them: `2024-01-15T14:30:00.123456Z`.
enum UTCTime {
    /// Always six decimals and `Z`.
    static func text(_ microseconds: Int64) -> String {
        let (day, inDay) = floorDivide(microseconds, 86_400_000_000)
        let date = civil(day)
        let seconds = inDay / 1_000_000
        return pad(date.year, 4) + "-" + pad(date.month, 2) + "-" + pad(date.day, 2) + "T"
            + pad(seconds / 3_600, 2) + ":" + pad(seconds / 60 % 60, 2) + ":" + pad(seconds % 60, 2)
            + "." + pad(inDay % 1_000_000, 6) + "Z"
    }

    /// Reads `YYYY-MM-DDTHH:MM:SS`, up to six decimals, and `Z`; nil when it is none or before 1970.
    static func microseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 27, bytes.last == UInt8(ascii: "Z") else {
            return nil
        }
        for (index, separator) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")]
        where bytes[index] != separator.utf8.first { return nil }
        guard let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]),
            let day = digits(bytes[8..<10]), let hour = digits(bytes[11..<13]),
            let minute = digits(bytes[14..<16]), let second = digits(bytes[17..<19]),
            hour < 24, minute < 60, second < 60, (1...12).contains(month), year >= 1970, day >= 1
        else { return nil }
        let days = daysSince1970(year: year, month: month, day: day)
        guard civil(days) == (year, month, day) else { return nil }
        var fraction: Int64 = 0
        if bytes.count > 20 {
            let decimals = bytes[20..<(bytes.count - 1)]
            guard bytes[19] == UInt8(ascii: "."), let value = digits(decimals) else { return nil }
            fraction = value
            for _ in decimals.count..<6 { fraction *= 10 }
        }
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second
        return seconds * 1_000_000 + fraction
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    private static func pad(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
        let remainder = (value % by + by) % by
        return ((value - remainder) / by, remainder)
    }

    // Days and dates of the proleptic Gregorian calendar; years counted from March.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(shifted, 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
