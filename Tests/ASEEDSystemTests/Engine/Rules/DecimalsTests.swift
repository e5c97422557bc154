import Testing

@testable import ASEEDSystem

@Suite struct DecimalsTests {
    @Test(
        "R40: money has exactly four decimals, whatever its size",
        arguments: [
            (0, "0.0000"), (1, "0.0001"), (9_999, "0.9999"), (10_000, "1.0000"),
            (2_999_900, "299.9900"), (-1, "-0.0001"), (-123_456_789, "-12345.6789"),
            (Int128(Int64.max), "922337203685477.5807"),
            (Int128(Int64.max) + 1, "922337203685477.5808"),
            (Int128.max, "17014118346046923173168730371588410.5727"),
            (Int128.min, "-17014118346046923173168730371588410.5728"),
        ] as [(Int128, String)])
    func money(value: Int128, text: String) {
        #expect(Decimals.money(value) == text)
        #expect(Decimals.tenThousandths(text) == value)
    }

    @Test(
        "what is no amount",
        arguments: ["", "1", "1.", "1.00", "1.00000", "a.0000", "1.0000.0000", "1.00+0", " 1.0000"])
    func noAmount(text: String) { #expect(Decimals.tenThousandths(text) == nil) }

    @Test(
        "R40: averages are rounded half up to eight decimals",
        arguments: [
            (0, 0, "0.00000000"), (0, 5, "0.00000000"), (1, 3, "0.00003333"),
            (2, 3, "0.00006667"), (1, 1, "0.00010000"), (1, 20_000, "0.00000001"),
            (1, 20_001, "0.00000000"), (3, 20_000, "0.00000002"), (5, 20_000, "0.00000003"),
            (100_000, 4, "2.50000000"), (100_000, 7, "1.42857143"),
            (999_999_999_999, 1, "99999999.99990000"),
        ] as [(Int128, Int128, String)])
    func averages(sum: Int128, count: Int128, text: String) {
        #expect(Decimals.average(sum: sum, count: count) == text)
    }

    @Test(
        "R40: an average is the nearest, ties upwards; also of very large sums", arguments: 1...40)
    func nearest(seed: UInt64) throws {
        var random = SeededRandom(seed)
        for _ in 0..<50 {
            let factor = Int128(1 + random.below(1 << 40))
            let sum = Int128(random.below(1 << 50)) * (random.below(2) == 0 ? factor : 1)
            let count = Int128(1 + random.below([10, 100_000, 1 << 40][random.below(3)]))
            let text = Decimals.average(sum: sum, count: count)
            let parts = text.split(separator: ".")
            #expect(parts.count == 2 && parts[1].utf8.count == 8)
            let quotient = try #require(Int128(parts[0] + parts[1]))
            // -count < 2 (quotient × count - sum × 10^4) <= count
            let twice = 2 * (quotient * count - sum * 10_000)
            #expect(twice <= count && twice > -count, "seed \(seed): \(sum) / \(count) = \(text)")
        }
    }

    @Test("R40: sums pass 64 bits and stay exact")
    func beyond64Bits() throws {
        let rig = try EngineRig()
        let most = TestOrder(price: "99999999.9999", quantity: "1000000")
        let high = TestOrder(price: "109951.1627", quantity: "1000")
        try rig.append(
            [TestOrder](repeating: most, count: 30) + [high, TestOrder(price: "0.0001")])
        let answer = try rig.drained()
        // 30 × 10^6 × 99,999,999.9999 + 109,951,162.7 + 0.0001
        let revenue = "3000000109948162.7001"
        #expect(answer["totals"]?["total_revenue"]?.numberText == revenue)
        for rows in ["top_products", "categories", "windows"] {
            let row = try #require(answer[rows]?.elements?.first)
            #expect(row["total_revenue"]?.numberText == revenue, "\(rows)")
            #expect(row["total_quantity"]?.integer == 30_001_001)
        }
        #expect(
            try rig.rows("SELECT total_revenue FROM totals WHERE name = 'band Premium'")
                == ["3000000109948162.7000"])
        #expect(
            try rig.rows("SELECT total_revenue FROM totals WHERE name LIKE 'hour%'") == [revenue])
    }

    @Test("R40: late orders of very high revenue are taken out of their windows exactly")
    func largeAndLate() throws {
        let rig = try EngineRig()
        var late = TestOrder.at(5)
        late.price = "99999999.9999"
        late.quantity = "1000000"
        var inTime = late
        inTime.time = TimeText.iso(TestOrder.base + 6)
        try rig.append([inTime, .at(900_000_000), late, .at(7)])
        let answer = try rig.drained { $0.watermarkDelayMs = 0 }
        #expect(answer["late_pairs"]?.integer == 2)
        let window = try #require(answer["windows"]?.elements?.first)
        #expect(window["total_revenue"]?.numberText == "99999999999900.0000")
        #expect(window["order_count"]?.integer == 1)
        let product = try #require(answer["top_products"]?.elements?.first)
        #expect(product["total_revenue"]?.numberText == "199999999999820.0000")
        #expect(product["avg_price"]?.numberText == "50000004.99995000")
    }
}
