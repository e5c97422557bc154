import Testing

@testable import ASEEDSystem

@Suite struct MessageParserTests {
    private func reason(_ query: QueryName, _ body: String) -> String {
        do {
            _ = try MessageParser.parse(Array(body.utf8), query: query)
            return "accepted"
        } catch {
            return "\(error)"
        }
    }

    private static let good = String(decoding: Body.topProducts(), as: UTF8.self)

    @Test func acceptsEachQuery() {
        #expect(reason(.topProducts, Self.good) == "accepted")
        #expect(
            reason(.categories, String(decoding: Body.categories(), as: UTF8.self)) == "accepted")
        #expect(
            reason(.rawOrders, String(decoding: Body.rawOrders(), as: UTF8.self)) == "accepted")
        let open = Body.open([Body.window(0, final: false)], full: true)
        #expect(reason(.categoryWindows, String(decoding: open, as: UTF8.self)) == "accepted")
        #expect(
            reason(.categoryWindows, String(decoding: Body.finals([]), as: UTF8.self)) == "accepted"
        )
    }

    @Test(arguments: [
        (
            "\"order_count\":2", "\"order_count\":-2",
            "products[0].order_count: must be a whole number from 0 on, not -2"
        ),
        (
            "\"order_count\":2", "\"order_count\":2.5",
            "products[0].order_count: must be a whole number from 0 on, not 2.5"
        ),
        (
            "\"order_count\":2", "\"order_count\":\"2\"",
            "products[0].order_count: must be a whole number from 0 on, not \"2\""
        ),
        ("\"order_count\":2,", "", "products[0].order_count: is missing"),
        (
            "\"total_revenue\":899.9700", "\"total_revenue\":-0.01",
            "products[0].total_revenue: must be a number from 0 on, not -0.01"
        ),
        (
            "\"product_id\":\"PROD-001\"", "\"product_id\":null",
            "products[0].product_id: must be a string, not null"
        ),
        ("\"products\":[{", "\"products\":[3,{", "products[0]: must be an object, not 3"),
        ("\"products\":", "\"produkts\":", "products: is missing"),
        ("\"run_id\":\"run-1\",", "", "run_id: is missing"),
        (
            "\"run_id\":\"run-1\"", "\"run_id\":\"\"",
            "run_id: must be 1 to 128 printable ASCII characters, not \"\""
        ),
        ("\"epoch\":1", "\"epoch\":0", "epoch: must be a whole number from 1 on, not 0"),
        (
            "\"epoch\":1", "\"epoch\":9223372036854775808",
            "epoch: must be a whole number from 1 on, not 9223372036854775808"
        ),
        (
            "\"batch_id\":0", "\"batch_id\":-1",
            "batch_id: must be a whole number from 0 on, not -1"
        ),
        (
            "\"query\":\"top_products\"", "\"query\":\"categories\"",
            "query: must be \"top_products\" for this address, not \"categories\""
        ),
        (
            "\"mode\":\"complete\"", "\"mode\":\"append\"",
            "mode: must be \"complete\", not \"append\""
        ),
        (
            "T14:20:00.000000Z", "T14:20:00Z",
            "watermark: must be null or a time like 2024-01-15T14:30:00.123456Z, "
                + "not \"2024-01-15T14:20:00Z\""
        ),
        (
            "\"positions\":[10,20,30]", "\"positions\":[10,-20,30]",
            "positions[1]: must be a whole number from 0 on, not -20"
        ),
        (
            "\"groups\":1", "\"groups\":{}",
            "groups: must be a whole number from 0 on, not an object"
        ),
    ])
    func namesTheFieldThatIsWrong(from: String, to: String, expected: String) {
        #expect(reason(.topProducts, Self.good.replacingOccurrence(of: from, with: to)) == expected)
    }

    @Test(arguments: [
        ("", "no JSON: line 1, column 1: the text ends where a value is expected"),
        ("[]", "the body: must be an object, not an array"),
        ("{\"a\":1,\"a\":2}", "no JSON: line 1, column 8: "),
        ("{\"a\":01}", "no JSON: line 1, column 6: a number has no leading zero"),
        ("\u{feff}{}", "no JSON: line 1, column 1: a value is expected here"),
        ("{}{}", "no JSON: line 1, column 3: text after the value"),
    ])
    func namesThePlaceOfBrokenJSON(body: String, expected: String) {
        #expect(reason(.topProducts, body).hasPrefix(expected))
    }

    @Test func refusesBytesThatAreNoText() {
        var body = Body.topProducts()
        body[body.count / 2] = 0xff
        #expect(throws: MessageError.self) { try MessageParser.parse(body, query: .topProducts) }
    }

    @Test func checksNestedMetrics() {
        let good = String(decoding: Body.rawOrders(), as: UTF8.self)
        let bad = good.replacingOccurrence(
            of: "{\"price_scale\":1}", with: "{\"price_scale\":\"1\"}")
        #expect(
            reason(.rawOrders, bad)
                == "metrics.rejected.price_scale: must be a whole number from 0 on, not \"1\"")
        let hour = good.replacingOccurrence(
            of: "{\"hour\":14,\"order", with: "{\"hour\":-1,\"order")
        #expect(
            reason(.rawOrders, hour)
                == "metrics.hours[0].hour: must be a whole number from 0 on, not -1")
    }

    @Test func checksWindows() {
        func text(_ rows: [String], final: Bool) -> String {
            String(
                decoding: final ? Body.finals(rows) : Body.open(rows, full: true), as: UTF8.self)
        }
        #expect(
            reason(.categoryWindows, text([Body.window(0, final: true)], final: false))
                == "windows[0].final: must be false in mode \"update\"")
        #expect(
            reason(.categoryWindows, text([Body.window(0, final: false)], final: true))
                == "windows[0].final: must be true in mode \"append\"")
        let twice = [
            Body.window(0, final: true), Body.window(1, final: true), Body.window(0, final: true),
        ]
        #expect(
            reason(.categoryWindows, text(twice, final: true))
                == "windows[2]: is the same window and category as windows[0]")
        let empty = Body.window(0, final: true).replacingOccurrence(
            of: Body.time(1), with: Body.time(0))
        #expect(
            reason(.categoryWindows, text([empty], final: true))
                == "windows[0].window_end: must be after window_start")
    }

    @Test func letsUnknownFieldsThroughAndKeepsDigits() throws {
        let digits = "12345678901234567890123456789.1200"
        let body = Body.topProducts(revenue: digits + ",\"later\":[{\"a\":null}]")
        let message = try MessageParser.parse(body, query: .topProducts)
        guard case .complete(let parts) = message.content else {
            Issue.record("not complete")
            return
        }
        #expect(
            String(decoding: parts.rows, as: UTF8.self).contains("\"total_revenue\":\(digits),"))
        #expect(message.body == body)
    }

    @Test func limitsDigitsAndText() {
        let digits = String(repeating: "9", count: 65)
        #expect(
            reason(.topProducts, Self.good.replacingOccurrence(of: "899.9700", with: digits))
                == "products[0].total_revenue: has more than 64 digits")
        let name = String(repeating: "n", count: 1_025)
        #expect(
            reason(.topProducts, Self.good.replacingOccurrence(of: "Smart Watch", with: name))
                == "products[0].product_name: is longer than 1024 bytes")
    }
}

extension String {
    /// The first occurrence of a text replaced; the test is wrong when there is none.
    func replacingOccurrence(of old: String, with new: String) -> String {
        guard let range = firstRange(of: old) else {
            Issue.record("\(old) is not in the text")
            return self
        }
        return replacingCharacters(in: range, with: new)
    }

    private func replacingCharacters(in range: Range<Index>, with new: String) -> String {
        self[..<range.lowerBound] + new + self[range.upperBound...]
    }
}
