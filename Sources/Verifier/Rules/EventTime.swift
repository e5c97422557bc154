/// Reads a timestamp (R19).
///
/// - Returns: UTC microseconds since 1970, negative before; nil when the format is wrong.
func readEventTime(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard text.count >= 19,
        let year = number(text, 0, 4), text[4] == UInt8(ascii: "-"),
        let month = number(text, 5, 2), text[7] == UInt8(ascii: "-"),
        let day = number(text, 8, 2),
        text[10] | 0x20 == UInt8(ascii: "t") || text[10] == UInt8(ascii: " "),
        let hour = number(text, 11, 2), text[13] == UInt8(ascii: ":"),
        let minute = number(text, 14, 2), text[16] == UInt8(ascii: ":"),
        let second = number(text, 17, 2),
        year >= 1, 1...12 ~= month, 1...daysIn(month: month, year: year) ~= day,
        hour <= 23, minute <= 59, second <= 59
    else { return nil }

    var at = 19
    var microseconds = 0
    if at < text.count, text[at] == UInt8(ascii: ".") {
        at += 1
        let start = at
        while at < text.count, let digit = number(text, at, 1) {
            // Digits after the sixth are cut, but at most nine may stand there.
            if at - start < 6 { microseconds = microseconds * 10 + digit }
            at += 1
        }
        guard 1...9 ~= at - start else { return nil }
        for _ in min(6, at - start)..<6 { microseconds *= 10 }
    }
    guard let offsetMinutes = zoneOffset(text, at) else { return nil }
    let days = daysSince1970(year: year, month: month, day: day)
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offsetMinutes * 60
    return Int64(seconds * 1_000_000 + microseconds)
}

/// The zone at the end: nothing, Z, ±HH, ±HHMM or ±HH:MM, up to 18:00; nil when it is none of these.
private func zoneOffset(_ text: UnsafeRawBufferPointer, _ at: Int) -> Int? {
    let length = text.count - at
    if length == 0 { return 0 }
    if length == 1 { return text[at] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
    let isWest = text[at] == UInt8(ascii: "-")
    guard isWest || text[at] == UInt8(ascii: "+"), let hours = number(text, at + 1, 2) else {
        return nil
    }
    let minutes: Int?
    switch length {
    case 3: minutes = 0
    case 5: minutes = number(text, at + 3, 2)
    case 6: minutes = text[at + 3] == UInt8(ascii: ":") ? number(text, at + 4, 2) : nil
    default: minutes = nil
    }
    guard let minutes, minutes <= 59, hours * 60 + minutes <= 18 * 60 else { return nil }
    return isWest ? -(hours * 60 + minutes) : hours * 60 + minutes
}

/// `length` ASCII digits at `at`, or nil.
@inline(__always)
private func number(_ text: UnsafeRawBufferPointer, _ at: Int, _ length: Int) -> Int? {
    guard at + length <= text.count else { return nil }
    var value = 0
    for index in at..<at + length {
        let digit = text[index] &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        value = value * 10 + Int(digit)
    }
    return value
}

private func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    // Years start in March, so that the leap day is the last of its year.
    let shifted = month > 2 ? year : year - 1
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let leapDays = shifted / 4 - shifted / 100 + shifted / 400
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    return shifted * 365 + leapDays + (monthFromMarch * 153 + 2) / 5 + day - 1 - 719_468
}
