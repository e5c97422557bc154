import Testing

@testable import ASEEDSystem

@Suite struct TimeTextTests {
    @Test(
        "known times",
        arguments: [
            (0, "1970-01-01T00:00:00.000000"),
            (1_705_329_000_123_456, "2024-01-15T14:30:00.123456"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000"),
            (4_107_542_399_999_999, "2100-02-28T23:59:59.999999"),
        ] as [(Int64, String)])
    func knownTimes(_ us: Int64, _ text: String) {
        #expect(TimeText.local(us) == text)
        #expect(TimeText.iso(us) == text + "Z")
        #expect(TimeText.since1970(text) == us)
        #expect(TimeText.since1970(text + "Z") == us)
    }

    @Test("every day of 500 years follows the one before")
    func everyDay() {
        var previous = CivilDate.date(daysSince1970: 0)
        for days in 1...182_622 {
            let date = CivilDate.date(daysSince1970: days)
            let back = CivilDate.daysSince1970(year: date.year, month: date.month, day: date.day)
            #expect(back == days)
            let isNext =
                date.day == previous.day + 1 && date.month == previous.month
                || date.day == 1 && (date.month == previous.month + 1 || date.month == 1)
            #expect(isNext, "\(date)")
            previous = date
        }
        #expect(previous == (2_470, 1, 1))
    }

    @Test(
        "what is no time",
        arguments: [
            "", "2024-01-15", "2024-13-01T00:00:00", "2023-02-29T00:00:00", "2024-01-15T24:00:00",
            "2024-01-15T14:30:00.", "2024-01-15T14:30:00.1234567890", "1969-12-31T23:59:59",
            "2024-01-15_14:30:00", "2024-01-15T14:30:00+19:00", "x024-01-15T14:30:00",
        ])
    func noTime(_ text: String) { #expect(TimeText.since1970(text) == nil) }

    @Test("a short fraction counts from the point")
    func shortFraction() {
        #expect(TimeText.since1970("1970-01-01T00:00:01.5Z") == 1_500_000)
        #expect(TimeText.since1970("1970-01-01T00:00:01") == 1_000_000)
    }
}
