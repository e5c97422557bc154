import Testing

@testable import ASEEDSystem

@Suite struct TimeTests {
    @Test("every day of 400 years, counted by hand")
    func calendar() {
        var (year, month, day) = (1970, 1, 1)
        for days in 0..<146_097 {
            let date = CivilDate.date(daysSince1970: days)
            let isRight = date == (year, month, day)
            #expect(isRight, "\(days): \(date)")
            #expect(CivilDate.daysSince1970(year: year, month: month, day: day) == days)
            // R27: 1970-01-01 was a Thursday, the fifth day.
            #expect(TimeText.weekday(Int64(days) * 86_400_000_000) == (days + 4) % 7 + 1)
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let last = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
            #expect(CivilDate.daysInMonth(month, year: year) == last)
            day += 1
            if day > last { (day, month) = (1, month + 1) }
            if month > 12 { (month, year) = (1, year + 1) }
        }
    }

    @Test("dates before 1970, back to the year 1")
    func before1970() {
        #expect(CivilDate.daysSince1970(year: 1969, month: 12, day: 31) == -1)
        #expect(CivilDate.daysSince1970(year: 1, month: 1, day: 1) == -719_162)
        let first = CivilDate.date(daysSince1970: -719_162) == (1, 1, 1)
        #expect(first)
        #expect(TimeText.iso(-1) == "1969-12-31T23:59:59.999999Z")
        #expect(TimeText.hour(-1) == 23)
        #expect(TimeText.weekday(-1) == 4)
        #expect(TimeText.weekday(-86_400_000_001) == 3)
    }

    @Test("R27: hour and weekday are UTC, at their edges")
    func hourAndWeekday() throws {
        func time(_ text: String) throws -> Int64 { try #require(TimeText.micros(text)) }
        let sunday = try time("2024-01-14T00:00:00Z")
        #expect(TimeText.weekday(sunday) == 1)
        #expect(TimeText.weekday(sunday - 1) == 7)
        #expect(TimeText.hour(sunday) == 0)
        #expect(TimeText.hour(sunday - 1) == 23)
        let shifted = try time("2024-01-14T01:30:00+02:00")
        #expect(TimeText.weekday(shifted) == 7)
        #expect(TimeText.hour(shifted) == 23)
    }

    @Test(
        "R19: the forms that are taken",
        arguments: [
            ("1970-01-01T00:00:00", 0), ("1970-01-01t00:00:00z", 0), ("1970-01-01 00:00:00Z", 0),
            ("1970-01-01T00:00:01.5", 1_500_000), ("1970-01-01T00:00:00.123456789", 123_456),
            ("1970-01-01T00:00:00.0000009", 0), ("1970-01-01T18:00:00+18", 0),
            ("1970-01-01T18:00:00+18:00", 0), ("1970-01-01T01:30:00+0130", 0),
            ("1970-01-01T00:00:00-00:30", 1_800_000_000),
            ("1970-01-01T00:00:00-18:00", 64_800_000_000),
            ("1970-01-01T00:59:00+00:59", 0), ("2000-02-29T00:00:00", 951_782_400_000_000),
            ("0001-01-01T00:00:00", -62_135_596_800_000_000),
            ("9999-12-31T23:59:59.999999", 253_402_300_799_999_999),
        ] as [(String, Int64)])
    func taken(text: String, us: Int64) { #expect(TimeText.micros(text) == us) }

    @Test(
        "R19: the forms that are refused",
        arguments: [
            "", "1970-01-01", "1970-01-01T00:00", "1970-01-01T00:00:", "1970-01-01T00:00:60",
            "1970-01-01T24:00:00", "1970-01-01T00:60:00", "1970-00-01T00:00:00",
            "1970-13-01T00:00:00", "1970-01-00T00:00:00", "1970-01-32T00:00:00",
            "1970-04-31T00:00:00", "1900-02-29T00:00:00", "2023-02-29T00:00:00",
            "0000-01-01T00:00:00", "1970-01-01  00:00:00", "1970-01-01_00:00:00",
            "1970-01-01T00:00:00.", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.1234567890",
            "1970-01-01T00:00:00ZZ", "1970-01-01T00:00:00 Z", "1970-01-01T00:00:00+",
            "1970-01-01T00:00:00+1", "1970-01-01T00:00:00+1:00", "1970-01-01T00:00:00+010",
            "1970-01-01T00:00:00+01:0", "1970-01-01T00:00:00+01:", "1970-01-01T00:00:00+01:60",
            "1970-01-01T00:00:00+0160", "1970-01-01T00:00:00+18:01", "1970-01-01T00:00:00-1801",
            "1970-01-01T00:00:00+19", "1970-01-01T00:00:00+01:00Z", "1970-01-01T00:00:00+01-00",
            "70-01-01T00:00:00", "+1970-01-01T00:00:00", "1970-1-01T00:00:00",
            " 1970-01-01T00:00:00",
            "1970-01-01T00:00:00 ", "1970/01/01T00:00:00", "١٩٧٠-01-01T00:00:00",
        ])
    func refused(text: String) { #expect(TimeText.micros(text) == nil) }

    @Test("a time's text is read back as itself", arguments: 1...20)
    func roundTrip(seed: UInt64) {
        var random = SeededRandom(seed)
        for _ in 0..<200 {
            let us = Int64(random.below(253_402_300_800_000_000)) - Int64(random.below(1 << 52))
            #expect(TimeText.micros(TimeText.iso(us)) == us, "seed \(seed)")
        }
    }
}
