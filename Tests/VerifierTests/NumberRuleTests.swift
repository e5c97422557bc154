import Testing

@testable import Verifier

@Suite struct NumberRuleTests {
    private func decimal<Result>(_ text: String, _ body: (ExactDecimal) -> Result) -> Result {
        Array(text.utf8).withUnsafeBytes { body(ExactDecimal($0)) }
    }

    private func price(_ text: String) -> String {
        switch decimal(text, { $0.price() }) {
        case .success(let price4): "\(price4)"
        case .failure(let reason): reason.name
        }
    }

    private func quantity(_ text: String) -> String {
        switch decimal(text, { $0.quantity() }) {
        case .success(let quantity): "\(quantity)"
        case .failure(let reason): reason.name
        }
    }

    @Test(
        "a price is judged by its exact value (R17)",
        arguments: [
            ("19.99", "199900"), ("1.999e1", "199900"), ("1999E-2", "199900"),
            ("0.0001", "1"), ("1e-4", "1"), ("0.00010", "1"), ("100e-6", "1"),
            ("99999999.9999", "999999999999"), ("99999999.99990000", "999999999999"),
            ("999999999999e-4", "999999999999"), ("0.999999999999e8", "999999999999"),
            ("99999999.99991", "price_range"), ("99999999.99990001", "price_range"),
            ("1e8", "price_range"), ("100000000", "price_range"),
            ("1e999999999999999999999", "price_range"),
            ("0", "price_not_positive"), ("-0", "price_not_positive"),
            ("0e999999999999999999", "price_not_positive"), ("-1e-99", "price_not_positive"),
            ("0.00001", "price_scale"), ("1e-5", "price_scale"), ("1.00001", "price_scale"),
            ("1e-999999999999999999999", "price_scale"), ("12345678.12345", "price_scale"),
            ("99999999.99989", "price_scale"), ("20", "200000"), ("2E+1", "200000"),
            ("10000000", "100000000000"), ("0.1e8", "100000000000"),
        ])
    func judgesPrices(text: String, expected: String) {
        #expect(price(text) == expected)
    }

    @Test(
        "a quantity is judged by its exact value (R18)",
        arguments: [
            ("1", "1"), ("2.0", "2"), ("2e0", "2"), ("20e-1", "2"), ("0.2e1", "2"),
            ("1000000", "1000000"), ("1e6", "1000000"), ("1000000.000", "1000000"),
            ("1000001", "quantity_range"), ("0", "quantity_range"), ("-0.0", "quantity_range"),
            ("-1", "quantity_range"), ("1e7", "quantity_range"), ("1e9999", "quantity_range"),
            ("1.5", "quantity_not_integer"), ("-1.5", "quantity_not_integer"),
            ("1e-1", "quantity_not_integer"), ("1000000.1", "quantity_not_integer"),
        ])
    func judgesQuantities(text: String, expected: String) {
        #expect(quantity(text) == expected)
    }

    @Test("a million digits and an exponent that takes them back (R17)")
    func takesLongNumbers() {
        let zeros = String(repeating: "0", count: 500_000)
        #expect(price("0.\(zeros)1e500001") == "10000")
        #expect(price("1\(zeros)e-500000") == "10000")
        #expect(price("1.\(zeros)1") == "price_scale")
    }

    @Test("any way of writing a price gives the same price (R17)", arguments: 0..<50)
    func agreesWithShiftedDigits(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let price4 = random.int(1...999_999_999_999)
        let shift = random.int(-30...30)
        // price4 · 10^shift, with the exponent that makes it ten-thousandths again.
        let zeros = String(repeating: "0", count: max(0, shift))
        let point = shift < 0 ? String(repeating: "0", count: -shift) : ""
        let text =
            shift < 0
            ? "0.\(point)\(price4)e\(-shift + String(price4).count - 4)"
            : "\(price4)\(zeros)e\(-shift - 4)"
        #expect(price(text) == "\(price4)", "seed \(seed): \(text)")
    }

    @Test("published numbers are compared by value, never as a binary fraction (R40)")
    func comparesExactly() {
        func equal(_ left: String, _ right: String) -> Bool {
            decimal(left) { left in decimal(right) { left.isEqual(to: $0) } }
        }
        #expect(equal("19.99", "19.9900"))
        #expect(equal("1999e-2", "19.99"))
        #expect(equal("0", "-0.000"))
        #expect(!equal("19.990000000000002", "19.99"))
        #expect(!equal("-1", "1"))
        #expect(!equal("1e400", "1e401"))
        #expect(
            equal(
                "170141183460469231731687303715884105727000",
                "170141183460469231731687303715884105727e3"))
    }
}
