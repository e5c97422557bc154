import ASEEDSystem
import Testing

@testable import Lab

@Suite struct TextTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", Int64(0)),
        ("2024-01-15T00:00:00Z", LoadSettings.defaultEventTimeStart),
        ("2000-02-29T23:59:59.999999Z", 951_868_799_999_999),
        ("2024-01-15T14:30:00.5Z", 1_705_329_000_500_000),
    ])
    func readsTimes(text: String, expected: Int64) {
        #expect(TimeText.since1970(text) == expected)
    }

    @Test(arguments: [
        "", "2024-01-15", "2024-01-15_00:00:00Z", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z", "2024-01-15T24:00:00Z", "2024-01-15T00:60:00Z",
        "2024-01-15T00:00:60Z", "1969-12-31T23:59:59Z", "2024-01-15T00:00:00.Z",
        "2024-01-15T00:00:00.1234567890Z", "2024-01-00T00:00:00Z",
        "2024-01-15T00:00:0xZ", "2024-01-15T00:00:00+1Z",
    ])
    func refusesOtherTimes(text: String) { #expect(TimeText.since1970(text) == nil) }

    @Test(arguments: [UInt64(5), 6])
    func timesReadBack(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let time = Int64.random(in: 0...4_102_444_800_000_000, using: &random)
            #expect(TimeText.since1970(TimeText.iso(time)) == time, "seed \(seed)")
        }
    }

    @Test func prettyJSONIsTheSameJSON() throws {
        let text = #"{"a":[1,2.50,"x"],"b":{"c":[{"d":null},[]],"e":{}},"f":[[1],[2]],"é\n":true}"#
        let value = try JSONParser.parse(text)
        let pretty = PrettyJSON.text(value)
        var json = JSONWriter()
        json.value(try JSONParser.parse(pretty))
        #expect(json.text == text)
        #expect(pretty.contains("  \"a\": [1, 2.50, \"x\"],\n"))
    }

    @Test func numbersAsPeopleWriteThem() {
        #expect(NumberText.text(20_000) == "20000")
        #expect(NumberText.text(0.05) == "0.05")
        #expect(NumberText.grouped(5_000_000) == "5,000,000")
        #expect(NumberText.grouped(-999) == "-999")
    }
}
