/// Records that must be rejected, each with its reason (R11–R20).
enum InvalidRecords {
    static func make(_ random: inout SeededRandom, id: String) -> TrueRecord {
        let (reason, line) = random.pick(all(id: id))
        return TrueRecord(line: line, order: nil, reason: reason)
    }

    /// One or more of each kind.
    static func all(id: String) -> [(reason: String, line: [UInt8])] {
        func order(_ name: String, _ value: String) -> [UInt8] {
            Array(text(id: id, replacing: name, with: value).utf8)
        }
        return [
            ("empty", Array(" \t\r".utf8)), ("empty", []),
            ("encoding", Array("{\"a\":\"".utf8) + [0xc0, 0x80] + Array("\"}".utf8)),
            ("json_syntax", Array("{\"order_id\":".utf8)), ("json_syntax", Array("NaN".utf8)),
            ("json_syntax", Array("{\"a\":01}".utf8)), ("json_syntax", Array("{} {}".utf8)),
            ("not_object", Array("[1,2]".utf8)), ("not_object", Array(" null ".utf8)),
            ("duplicate_field", Array("{\"price\":1,\"pr\\u0069ce\":2}".utf8)),
            ("missing_field", order("price", "\"  \"")),
            ("missing_field", order("category", "null")),
            ("wrong_type", order("price", "\"19.99\"")), ("wrong_type", order("product_id", "7")),
            ("string_invalid", order("product_name", "\"a\\u0000b\"")),
            ("price_not_positive", order("price", "-0.0")),
            ("price_range", order("price", "99999999.99991")),
            ("price_scale", order("price", "1.00001")),
            ("quantity_not_integer", order("quantity", "1.5")),
            ("quantity_range", order("quantity", "1000001")),
            ("timestamp_format", order("timestamp", "\"2024-02-30T00:00:00Z\"")),
            ("timestamp_range", order("timestamp", "\"1969-12-31T23:59:59Z\"")),
            ("timestamp_future", order("timestamp", "\"2999-01-01T00:00:00Z\"")),
        ]
    }

    /// A valid order, with one field's value replaced; an empty value leaves the field out.
    static func text(id: String, replacing name: String, with value: String) -> String {
        let members = [
            ("order_id", "\"\(id)\""), ("product_id", "\"P\""), ("product_name", "\"N\""),
            ("category", "\"C\""), ("price", "19.99"), ("quantity", "2"),
            ("timestamp", "\"2024-01-15T14:30:00.123456Z\""),
        ]
        let written = members.map { ($0.0, $0.0 == name ? value : $0.1) }.filter { !$0.1.isEmpty }
        return "{" + written.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }
}
