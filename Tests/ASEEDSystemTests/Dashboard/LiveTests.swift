import Testing

@testable import ASEEDSystem

@Suite struct OrderHistoryTests {
    private var history = OrderHistory()
    /// The time since 2024-01-15T14:30:00Z.
    private func at(_ seconds: Double) -> Moment {
        Moment(
            wallNs: 1_705_329_000_000_000_000 + Int64(seconds * 1e9),
            monotonicNs: 7_000_000_000 + Int64(seconds * 1e9))
    }

    private mutating func note(
        _ orders: Int64, _ seconds: Double, run: String = "r", first: Bool = false
    ) {
        history.note(
            run: run, totals: OrderTotals(orders: orders, revenue: Int128(orders) * 25_000),
            isFirstBatch: first, at: at(seconds))
    }

    @Test mutating func countsWhatArrivedInEachBucket() {
        note(10, 1, first: true)
        note(15, 4.9)
        note(40, 5)
        note(41, 21)
        let series = history.series(at: at(22))
        #expect(series.map(\.bucket.arrived.orders) == [15, 25, 0, 0, 1])
        #expect(series.map(\.complete) == [true, true, true, true, false])
        #expect(series[1].bucket.arrived.revenue == 25 * 25_000)
        #expect(UTCText.text(wallNs: series[1].bucket.startNs) == "2024-01-15T14:30:05.000000Z")
        #expect(history.series(2, at: at(22)).map(\.bucket.arrived.orders) == [0, 1])
    }

    @Test mutating func whatWasThereBeforeDidNotArriveNow() {
        note(1_000_000, 1)
        note(1_000_005, 2)
        #expect(history.series(at: at(3)).map(\.bucket.arrived.orders) == [5])
        note(50, 4, run: "other", first: true)
        #expect(history.series(at: at(4)).map(\.bucket.arrived.orders) == [50])
        note(20, 5, run: "other")
        #expect(history.series(at: at(5)).map(\.bucket.arrived.orders) == [0])
    }

    @Test mutating func staysBoundedAndWithoutGaps() {
        for second in 0..<3_000 { note(Int64(second), Double(second)) }
        let series = history.series(at: at(3_299))
        #expect(series.count == 120)
        #expect(
            series.map(\.bucket.index)
                == Array(series[0].bucket.index..<series[0].bucket.index + 120))
        #expect(series.map(\.bucket.arrived.orders).reduce(0, +) == 300)
    }

    @Test mutating func aClockThatGoesBackAddsToTheNewestBucket() {
        note(1, 50, first: true)
        note(4, 20)
        #expect(history.series(at: at(20)).map(\.bucket.arrived.orders) == [4])
    }

    @Test mutating func comparesAMinuteWithTheOneBefore() {
        // 10 orders a second for a minute, then 15.
        for second in 0...60 { note(Int64(second * 10), Double(second)) }
        for second in 61...120 { note(Int64(600 + (second - 60) * 15), Double(second)) }
        let young = history.periods(at: at(119))
        #expect(!young.isWhole)
        let periods = history.periods(at: at(120))
        #expect(periods.current.orders == 900)
        #expect(periods.previous.orders == 600)
        #expect(periods.isWhole)
        #expect(history.perMinute(at: at(120))?.orders == 900)
        var json = JSONWriter()
        LiveViews.changes(history, at: at(120), into: &json)
        #expect(
            json.text == """
                {"period_ms":60000,"orders":{"current":900,"previous":600,"percent":50.0},\
                "revenue":{"current":2250.0000,"previous":1500.0000,"percent":50.0},\
                "orders_per_minute":{"current":900,"previous":600,"percent":50.0},\
                "average_order_value":{"current":2.50000000,"previous":2.50000000,"percent":0.0}}
                """)
    }

    @Test mutating func aYoungRunsRateCountsFromItsFirstTotal() {
        note(500, 0, first: true)
        #expect(history.perMinute(at: at(1)) == nil)
        note(600, 10)
        #expect(history.perMinute(at: at(10))?.orders == 600)
        #expect(history.perMinute(at: at(60))?.orders == 100)
        #expect(history.perMinute(at: at(80))?.orders == 0)
    }
}

@Suite struct TenThousandthsTests {
    @Test(
        arguments: [
            ("299.9900", 2_999_900), ("0", 0), ("1e2", 1_000_000), ("0.00005", 1), ("0.00004", 0),
            ("2.9999e2", 2_999_900), ("0.30000000000000004", 3_000), ("1e-400", 0),
        ] as [(String, Int128)])
    func areExactWhereTheyCanBe(text: String, value: Int128) {
        #expect(ExactNumber.tenThousandths(text) == value)
    }

    @Test func areNilBeyond128Bits() {
        #expect(ExactNumber.tenThousandths("1e40") == nil)
        #expect(ExactNumber.tenThousandths("1e999999999") == nil)
        #expect(
            ExactNumber.tenThousandths("123456789012345678901234567890.1200")
                == 1_234_567_890_123_456_789_012_345_678_901_200)
    }
}
