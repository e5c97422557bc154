internal import ASEEDSystem

/// Valid records that no shape fits, with the same values (R10–R20).
struct OddRecords {
    /// Rewrites some of the seven values, given in the order of `OrderCut.keys`.
    ///
    /// - Returns: whether the keys should change their order, too.
    func change(_ values: inout [[UInt8]], _ random: inout RandomStream) -> Bool {
        let choice = random.next()
        if choice & 1 != 0 { values[2] = escaped(values[2]) }
        if choice & 2 != 0 { values[4] = exponent(values[4]) }
        if choice & 4 != 0 { values[5] += Array(".0".utf8) }
        if choice & 8 != 0 {
            let zone = ["Z", "z", "+00", "+0000", "-00:00"][Int(random.below(5))]
            values[6] = values[6].dropLast() + Array("\(zone)\"".utf8)
        }
        return choice & 16 != 0
    }

    /// White space between the members.
    func gap(_ random: inout RandomStream) -> String {
        ["", " ", "\t", "    ", " \r ", String(repeating: " ", count: 40)][Int(random.below(6))]
    }

    /// Members that nobody reads, at the end of the record.
    func tail(_ random: inout RandomStream) -> [UInt8] {
        switch random.below(4) {
        case 0: []
        case 1:
            Array(
                (",\"deep\":" + String(repeating: "[", count: 60)
                    + String(repeating: "]", count: 60)).utf8)
        case 2:
            Array((",\"note\":\"" + String(repeating: "\\u00e9\\n", count: 40) + "\"").utf8)
        default:
            Array(",\"Price\":-1e-7,\"\\u0070rice_old\":null,\"tags\":[\"a\",{\"b\":[1,2]}]".utf8)
        }
    }

    /// The first character of a quoted string as `\u00XX`.
    private func escaped(_ value: [UInt8]) -> [UInt8] {
        guard value.count > 2, value[1] < 0x80, value[1] != UInt8(ascii: "\\") else {
            return value
        }
        let hex = String(value[1], radix: 16)
        return Array("\"\\u00\(hex.count < 2 ? "0" : "")\(hex)".utf8) + value[2...]
    }

    /// `299.9` as `2999e-1`.
    private func exponent(_ value: [UInt8]) -> [UInt8] {
        guard let point = value.firstIndex(of: UInt8(ascii: ".")) else { return value }
        let digits = (value[..<point] + value[(point + 1)...]).drop { $0 == UInt8(ascii: "0") }
        return digits + Array("e-\(value.count - point - 1)".utf8)
    }
}
