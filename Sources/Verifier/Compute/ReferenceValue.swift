/// A value as the reference computes it: exact.
enum ReferenceValue: Equatable {
    case integer(Int128)
    /// `units` × 10^−`scale`, printed with `scale` decimals (R40).
    case decimal(Int128, scale: Int)
    /// UTF-8 bytes (R26).
    case text([UInt8])
    /// UTC microseconds since 1970.
    case time(Int64)
    case flag(Bool)
    case null

    static func text(_ string: String) -> ReferenceValue { .text(Array(string.utf8)) }

    /// The value as a person reads it, without quotes.
    var plain: String {
        switch self {
        case .integer(let value): "\(value)"
        case .decimal(let units, let scale): decimalText(units, scale: scale)
        case .text(let bytes): String(decoding: bytes, as: UTF8.self)
        case .time(let time): timeText(time)
        case .flag(let flag): "\(flag)"
        case .null: "null"
        }
    }
}

/// A row of a query: the published field names with the reference's values, in their order.
struct ReferenceRow: Equatable {
    var fields: [(name: String, value: ReferenceValue)]

    subscript(name: String) -> ReferenceValue? { fields.first { $0.name == name }?.value }

    /// An integer field; 0 when the row has none of that name.
    func integer(_ name: String) -> Int128 {
        if case .integer(let value)? = self[name] { value } else { 0 }
    }

    static func == (left: ReferenceRow, right: ReferenceRow) -> Bool {
        left.fields.elementsEqual(right.fields) { $0.name == $1.name && $0.value == $1.value }
    }
}

/// `units` × 10^−`scale` with exactly `scale` decimals.
func decimalText(_ units: Int128, scale: Int) -> String {
    var digits = String(units.magnitude)
    if digits.utf8.count <= scale {
        digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits
    }
    let sign = units < 0 ? "-" : ""
    guard scale > 0 else { return sign + digits }
    return "\(sign)\(digits.dropLast(scale)).\(digits.suffix(scale))"
}

/// `2024-01-15T14:30:00.123456Z`.
func timeText(_ microseconds: Int64) -> String {
    let day: Int64 = 86_400_000_000
    let days = microseconds >= 0 ? microseconds / day : (microseconds + 1) / day - 1
    let rest = microseconds - days * day
    let date = civilDate(days: days)
    let seconds = rest / 1_000_000
    return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2) + "T"
        + padded(seconds / 3_600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":"
        + padded(seconds % 60, 2) + "." + padded(rest % 1_000_000, 6) + "Z"
}

private func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
    return (value < 0 ? "-" : "") + zeros + digits
}

/// The date of the proleptic Gregorian calendar, by eras of 400 years that start on 1 March.
private func civilDate(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
}
