/// Times as the API writes them: `2024-01-15T14:30:00.123456Z`.
enum UTCText {
    /// The text of a time in nanoseconds since 1970; digits after the microsecond are cut.
    static func text(wallNs: Int64) -> String {
        let micros = wallNs / 1_000
        let seconds = micros / 1_000_000
        let days = seconds / 86_400
        let ofDay = seconds % 86_400
        let (year, month, day) = civil(days)
        return pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2) + "T" + pad(ofDay / 3_600, 2)
            + ":" + pad(ofDay / 60 % 60, 2) + ":" + pad(ofDay % 60, 2) + "."
            + pad(micros % 1_000_000, 6) + "Z"
    }

    /// The present time.
    static func now() -> String { text(wallNs: SystemClock.wallNs()) }

    /// Whether a text has exactly the form above; such texts sort like the times they name.
    static func isCanonical(_ text: String) -> Bool {
        let pattern = Array("0000-00-00T00:00:00.000000Z".utf8)
        let bytes = Array(text.utf8)
        guard bytes.count == pattern.count else { return false }
        return zip(bytes, pattern).allSatisfy { byte, model in
            model == UInt8(ascii: "0") ? byte >= 0x30 && byte <= 0x39 : byte == model
        }
    }

    private static func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Year, month and day of a day since 1970-01-01 (Hinnant, "chrono-compatible low-level date
    /// algorithms").
    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
