internal import ASEEDSystem

/// Makes records that are rejected for exactly one reason (R11–R20).
struct InvalidRecords {
    private let futureUs: Int64?

    /// - Parameter eventTimeMaxUs: the future bound; when nil, records of the year 9999 are beyond.
    init(eventTimeMaxUs: Int64?) { futureUs = eventTimeMaxUs }

    /// A record of that kind, made from a valid order.
    ///
    /// Holds no line feed, so that it is one line of a file log.
    func record(
        _ kind: InvalidKind, of order: OrderText, _ random: inout RandomStream
    ) -> [UInt8] {
        switch kind {
        case .recordTooLarge: Self.tooLarge(order, &random)
        case .empty: Array(Self.pick(["", " ", "\t", "\r", "  \t \r"], &random).utf8)
        case .encoding: Self.badEncoding(order, &random)
        case .jsonSyntax: Self.badSyntax(order, &random)
        case .notObject:
            Array(
                Self.pick(
                    ["[\(order.text)]", "42", "\"\(order.orderID)\"", "null", "true", "[]"], &random
                ).utf8)
        case .duplicateField: Self.duplicateField(order, &random)
        case .missingField: Self.missingField(order, &random)
        case .wrongType: Self.wrongType(order, &random)
        case .stringInvalid: Self.badString(order, &random)
        case .priceNotPositive:
            order.with(.price, Self.pick(["0", "-1.5", "0.0", "-0.0", "0e5", "-299.99"], &random))
        case .priceRange:
            order.with(
                .price, Self.pick(["100000000", "100000000.0", "1e8", "1e300"], &random))
        case .priceScale:
            order.with(
                .price, Self.pick(["19.99999", "0.00001", "1e-5", "299.00005"], &random))
        case .quantityNotInteger:
            order.with(.quantity, Self.pick(["1.5", "2.00001", "1e-1", "0.5"], &random))
        case .quantityRange:
            order.with(.quantity, Self.pick(["0", "-1", "1000001", "1e7", "-2e3"], &random))
        case .timestampFormat: order.with(.timestamp, Self.badTime(order, &random))
        case .timestampRange:
            order.with(
                .timestamp,
                Self.pick(
                    [
                        "\"1969-12-31T23:59:59.999999\"", "\"0001-01-01T00:00:00\"",
                        "\"1970-01-01T00:00:00+00:01\"",
                    ], &random))
        case .timestampFuture: order.with(.timestamp, future(&random))
        }
    }

    private static func pick<Choice>(
        _ choices: [Choice], _ random: inout RandomStream
    ) -> Choice { choices[Int(random.below(UInt64(choices.count)))] }

    private static func tooLarge(_ order: OrderText, _ random: inout RandomStream) -> [UInt8] {
        let start = Array("\(order.text.dropLast()), \"note\": \"".utf8)
        let size = 1_048_576 + 1 + Int(random.below(512))
        let filler = [UInt8](repeating: UInt8(ascii: "x"), count: size - start.count - 2)
        return start + filler + Array("\"}".utf8)
    }

    private static func badEncoding(_ order: OrderText, _ random: inout RandomStream) -> [UInt8] {
        // An overlong slash, a surrogate, no lead byte, a code point too high, a cut sequence.
        let sequences: [[UInt8]] = [
            [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xff], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82],
        ]
        let name = Array("\"\(order.productName) ".utf8) + pick(sequences, &random)
        return order.with(.productName, name + [UInt8(ascii: "\"")])
    }

    private static func badSyntax(_ order: OrderText, _ random: inout RandomStream) -> [UInt8] {
        let text = order.text
        let whole: [String] = [
            "\u{feff}\(text)", "\(text)x", "\(text) \(text)", String(text.dropLast(2)),
            "\(text.dropLast()),}", text.replacing("\"price\":", with: "\"price\""),
            text.replacing("\"", with: "'"),
            "\(text.dropLast()), \"deep\": \(String(repeating: "[", count: 64))"
                + "\(String(repeating: "]", count: 64))}",
        ]
        let values: [(OrderText.Field, String)] = [
            (.price, "NaN"), (.price, "0\(order.price)"), (.price, "+1.0"), (.quantity, "1."),
            (.productName, "\"\(order.productName)\u{1}\""), (.category, "\"\\ud800\""),
        ]
        let choice = Int(random.below(UInt64(whole.count + values.count)))
        if choice < whole.count { return Array(whole[choice].utf8) }
        let (field, value) = values[choice - whole.count]
        return order.with(field, value)
    }

    private static func duplicateField(
        _ order: OrderText, _ random: inout RandomStream
    ) -> [UInt8] {
        let field = pick(OrderText.Field.allCases, &random)
        // The second name is the same after unescaping.
        let escaped = field.name.replacing("i", with: "\\u0069")
        let name = random.below(2) == 0 ? field.name : escaped
        return Array("\(order.text.dropLast()), \"\(name)\": \(order.value(field))}".utf8)
    }

    private static func missingField(_ order: OrderText, _ random: inout RandomStream) -> [UInt8] {
        let field = pick(OrderText.Field.allCases, &random)
        let blank = field.isNumber ? "null" : "\"  \""
        switch random.below(3) {
        case 0: return order.without(field)
        case 1: return order.with(field, "null")
        default: return order.with(field, blank)
        }
    }

    private static func wrongType(_ order: OrderText, _ random: inout RandomStream) -> [UInt8] {
        let field = pick(OrderText.Field.allCases, &random)
        let others = field.isNumber ? ["\"1\"", "true", "[1]"] : ["7", "false", "{}", "[]"]
        return order.with(field, pick(others, &random))
    }

    private static func badString(_ order: OrderText, _ random: inout RandomStream) -> [UInt8] {
        let field = pick([OrderText.Field.orderID, .productID, .productName, .category], &random)
        let value = order.value(field).dropLast()
        let long = String(repeating: "y", count: 257)
        return order.with(
            field,
            pick(
                ["\(value)\\u0000\"", "\(value)\\n\"", "\(value)\u{7f}\"", "\(value)\(long)\""],
                &random))
    }

    private static func badTime(_ order: OrderText, _ random: inout RandomStream) -> String {
        pick(
            [
                "\"2024-13-01T00:00:00\"", "\"2024-02-30T00:00:00\"", "\"2023-02-29T12:00:00\"",
                "\"2024-01-15T24:00:00\"", "\"2024-01-15T14:30:60\"", "\"2024/01/15T14:30:00\"",
                "\"2024-01-15T14:30:00.1234567890\"", "\"2024-01-15T14:30:00+19:00\"",
                "\"0000-01-01T00:00:00\"", "\"yesterday\"", "\"2024-01-15\"",
                "\"2024-01-15T14:30:00.\"", "\"\(order.timestamp)+1\"",
            ], &random)
    }

    private func future(_ random: inout RandomStream) -> String {
        guard let futureUs else { return "\"9999-12-31T23:59:59.999999\"" }
        let beyond = random.below(2) == 0 ? 1 : 1 + Int64(random.below(86_400_000_000))
        return "\"\(TimeText.local(futureUs + beyond))\""
    }
}
