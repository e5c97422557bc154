/// Writes orders in the many ways in which the same order may be written.
enum OrderText {
    static func line(_ order: TrueOrder, _ random: inout SeededRandom) -> [UInt8] {
        var members = [
            ("order_id", string(order.orderID, &random)),
            ("product_id", string(order.productID, &random)),
            ("product_name", string(order.productName, &random)),
            ("category", string(order.rawCategory, &random)),
            ("price", price(order.price4, &random)),
            ("quantity", quantity(order.quantity, &random)),
            ("timestamp", "\"\(timestamp(order.eventTime, &random))\""),
        ]
        if random.chance(20) { members.shuffle(using: &random) }
        if random.chance(10) { members.insert(("note", "{\"a\":[1,null,\"\\u00e9\"]}"), at: 2) }
        let space = random.chance(50) ? " " : ""
        let body = members.map { "\"\($0.0)\":\(space)\($0.1)" }.joined(separator: ",\(space)")
        return Array("{\(body)}".utf8)
    }

    private static func string(_ text: String, _ random: inout SeededRandom) -> String {
        let escapes = random.chance(10)
        var written = "\""
        for unit in text.utf16 {
            let isAscii = unit < 0x80
            if unit == 0x22 || unit == 0x5c {
                written += "\\" + String(UnicodeScalar(UInt8(unit)))
            } else if escapes && random.chance(30) || !isAscii && escapes {
                let hex = String(unit, radix: 16)
                written += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            } else if let scalar = UnicodeScalar(unit) {
                written.unicodeScalars.append(scalar)
            }
        }
        return written + "\""
    }

    private static func price(_ price4: Int64, _ random: inout SeededRandom) -> String {
        let fraction = String(price4 % 10_000 + 10_000).dropFirst()
        switch random.int(1...10) {
        case 1: return "\(price4)e-4"
        case 2: return "\(price4 / 10_000).\(fraction)000E+0"
        case 3: return "0.000\(price4)e\(3 + String(price4).count - 4)"
        default: return "\(price4 / 10_000).\(fraction)"
        }
    }

    private static func quantity(_ quantity: Int64, _ random: inout SeededRandom) -> String {
        switch random.int(1...10) {
        case 1: "\(quantity).0"
        case 2: "\(quantity)0e-1"
        default: "\(quantity)"
        }
    }

    private static func timestamp(_ time: Int64, _ random: inout SeededRandom) -> String {
        switch random.int(1...10) {
        case 1: return naiveTime(time + 5_400_000_000).dropLast() + "+01:30"
        case 2: return naiveTime(time).dropLast() + "987z"
        case 3: return naiveTime(time).dropLast().replacing("T", with: " ") + ""
        default: return naiveTime(time)
        }
    }
}

/// `2024-01-15T14:30:00.123456Z`, counted day by day; for times from 1970 on.
func naiveTime(_ time: Int64) -> String {
    var days = time / 86_400_000_000
    var year = 1970
    func isLeap(_ year: Int) -> Bool { year % 4 == 0 && year % 100 != 0 || year % 400 == 0 }
    while days >= (isLeap(year) ? 366 : 365) {
        days -= isLeap(year) ? 366 : 365
        year += 1
    }
    let lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var month = 0
    while days >= lengths[month] {
        days -= Int64(lengths[month])
        month += 1
    }
    func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: width - digits.count) + digits
    }
    let rest = time % 86_400_000_000
    let date = "\(padded(Int64(year), 4))-\(padded(Int64(month + 1), 2))-\(padded(days + 1, 2))"
    let clock = [rest / 3_600_000_000, rest / 60_000_000 % 60, rest / 1_000_000 % 60]
    return date + "T" + clock.map { padded($0, 2) }.joined(separator: ":") + "."
        + padded(rest % 1_000_000, 6) + "Z"
}
