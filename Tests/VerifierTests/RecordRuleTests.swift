import Testing

@testable import Verifier

@Suite struct RecordRuleTests {
    private func reason(_ line: [UInt8], bound: Int64 = .max) -> String {
        line.withUnsafeBytes { bytes in
            switch OrderReader().read(bytes, futureBound: bound) {
            case .success: "valid"
            case .failure(let reason): reason.name
            }
        }
    }

    private func reason(_ text: String, bound: Int64 = .max) -> String {
        reason(Array(text.utf8), bound: bound)
    }

    private func order(_ name: String, _ value: String) -> String {
        InvalidRecords.text(id: "ORD-1", replacing: name, with: value)
    }

    @Test("every kind of broken record has its reason (R11–R20)")
    func namesTheReason() {
        for (expected, line) in InvalidRecords.all(id: "ORD-1") {
            let text = String(decoding: line, as: UTF8.self)
            #expect(reason(line, bound: RandomLog.futureBound) == expected, "\(text)")
        }
        #expect(reason(order("", "")) == "valid")
    }

    @Test("reasons have the names and the order of R10")
    func reasonsAreInOrder() {
        #expect(
            RejectReason.allCases.map(\.name) == [
                "record_too_large", "empty", "encoding", "json_syntax", "not_object",
                "duplicate_field", "missing_field", "wrong_type", "string_invalid",
                "price_not_positive", "price_range", "price_scale", "quantity_not_integer",
                "quantity_range", "timestamp_format", "timestamp_range", "timestamp_future",
            ])
    }

    @Test("a record may have 1,048,576 bytes and no more (R11)")
    func limitsTheSize() {
        let order = Array(order("", "").utf8)
        let padding = [UInt8](repeating: 0x20, count: 1_048_576 - order.count)
        #expect(reason(order + padding) == "valid")
        #expect(reason(order + padding + [0x20]) == "record_too_large")
        #expect(reason([UInt8](repeating: 0x20, count: 1_048_577)) == "record_too_large")
    }

    @Test(
        "malformed UTF-8 anywhere is `encoding` (R11)",
        arguments: [
            [0xc0, 0xaf], [0xe0, 0x9f, 0xbf], [0xed, 0xa0, 0x80], [0xf0, 0x8f, 0xbf, 0xbf],
            [0xf4, 0x90, 0x80, 0x80], [0xff], [0x80], [0xe2, 0x82], [0xf0, 0x9f, 0x92],
        ] as [[UInt8]])
    func refusesMalformedUTF8(bytes: [UInt8]) {
        #expect(reason(Array("{\"x\":\"".utf8) + bytes + Array("\"}".utf8)) == "encoding")
        #expect(reason(Array("not JSON ".utf8) + bytes) == "encoding")
        #expect(reason(bytes) == "encoding")
    }

    @Test(
        "the whole record is one JSON text (R12)",
        arguments: [
            "\u{feff}{}", "{}x", "{}{}", "[NaN]", "[01]", "[-]", "[1.]", "[.5]", "[1e]", "[+1]",
            "{\"a\":\"\u{1}\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\ud800\\u0041\"}",
            "{\"a\":\"\\udc00\"}", "{\"a\":\"\\x41\"}", "{\"a\":\"\\u12g4\"}", "{\"a\" 1}",
            "{\"a\":1,}", "[1,]", "{a:1}", "'a'", "{\"a\":tru}", "{\"a\":\"x}", "\u{0}", "[1 2]",
            "{\"a\":1\u{c}}",
        ])
    func refusesWhatIsNoJSON(text: String) {
        #expect(reason(text) == "json_syntax")
    }

    @Test("64 levels are taken, 65 are not (R12)")
    func limitsTheDepth() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        }
        #expect(reason(nested(64)) == "not_object")
        #expect(reason(nested(65)) == "json_syntax")
        #expect(reason("{\"a\":" + nested(63) + "}") == "missing_field")
        #expect(reason("{\"a\":" + nested(64) + "}") == "json_syntax")
        #expect(reason(nested(100_000)) == "json_syntax")
    }

    @Test("names are compared after unescaping, and case counts (R13)")
    func findsDuplicateFields() {
        #expect(reason("{\"order_id\":1,\"ord\\u0065r_id\":2}") == "duplicate_field")
        #expect(reason("{\"order_id\":null,\"order_id\":null}") == "duplicate_field")
        #expect(reason("{\"x\":1,\"x\":2,\"Price\":1,\"Price\":1}") == "missing_field")
        #expect(reason("{\"x\":{\"price\":1,\"price\":1}}") == "missing_field")
        let escaped = order("", "").replacing("product_name", with: "product\\u005fname")
        #expect(reason(escaped) == "valid")
    }

    @Test("fields are judged in the order of R14, each wholly before the next")
    func judgesFieldsInOrder() {
        let both = order("price", "-1").replacing("\"quantity\":2", with: "\"quantity\":\"2\"")
        #expect(reason(both) == "price_not_positive")
        let first = both.replacing("\"N\"", with: "7")
        #expect(reason(first) == "wrong_type")
        #expect(reason(first.replacing("\"ORD-1\"", with: "\"\"")) == "missing_field")
    }

    @Test(
        "a string of spaces is missing, whatever the type should be (R15)",
        arguments: [
            "\"\"", "\"   \"", "\"\\u0020\"", "null",
        ])
    func treatsBlankAsMissing(value: String) {
        for field in ["order_id", "product_id", "category", "price", "quantity", "timestamp"] {
            #expect(reason(order(field, value)) == "missing_field", "\(field)")
        }
        #expect(reason(order("price", "\"\\t\"")) == "wrong_type")
        #expect(reason(order("category", "\"\\t\"")) == "string_invalid")
        #expect(reason(order("category", "\" \u{a0}\"")) == "valid")
    }

    @Test("texts have at most 256 bytes after unescaping, and no controls (R16)")
    func limitsTexts() {
        let letters = String(repeating: "a", count: 254)
        #expect(reason(order("product_name", "\"\(letters)\\u00e9\"")) == "valid")
        #expect(reason(order("product_name", "\"\(letters)bc\"")) == "valid")
        #expect(reason(order("product_name", "\"\(letters)b\\u00e9\"")) == "string_invalid")
        #expect(reason(order("product_name", "\"\(letters)bcd\"")) == "string_invalid")
        #expect(reason(order("product_name", "\"a\u{7f}\"")) == "string_invalid")
        #expect(reason(order("product_name", "\"\\u007f\"")) == "string_invalid")
        #expect(reason(order("product_name", "\"\\n\"")) == "string_invalid")
        #expect(reason(order("timestamp", "\"\(letters)abc\"")) == "string_invalid")
        let spaces = String(repeating: " ", count: 400)
        #expect(reason(order("category", "\"\(spaces)\"")) == "missing_field")
    }
}
