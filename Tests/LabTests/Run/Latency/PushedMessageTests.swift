import ASEEDSystem
import Testing

@testable import Lab

/// What the measuring client reads of a message.
@Suite struct PushedMessageTests {
    @Test func readsAnUpdate() throws {
        let text = #"""
            {"type":"update","query":"raw_orders","run_id":"a\"},{","watermark":null,
             "positions": [ 10, 0,  9223372036854775807 ],"accepted_ns":123,
             "message":{"positions":[1],"orders":[{"order_id":"}"}]}}
            """#
        let message = try #require(PushedMessage(Array(text.utf8)))
        #expect(message.positions == [10, 0, .max])
        #expect(message.acceptedNs == 123)
    }

    /// The results come last in an update, and are not needed.
    @Test func needsOnlyTheHead() throws {
        let text = #"{"type":"update","positions":[7],"accepted_ns":5,"message":{"orders":[{"a"#
        #expect(PushedMessage(Array(text.utf8))?.positions == [7])
    }

    @Test func readsTheFirstMessage() throws {
        let text = #"""
            {"type":"snapshot","data":{"top_products":[{"positions":[9]}],"windows":[],
             "metrics":{"a":[1,{"b":"]"}]},"positions":[4,5],"queries":{"positions":[8]}}}
            """#
        let message = try #require(PushedMessage(Array(text.utf8)))
        #expect(message.positions == [4, 5])
        #expect(message.acceptedNs == nil)
    }

    @Test(arguments: [
        "", "[]", "{", "{}", "null", #"{"positions":[]}"#, #"{"positions":[1.5]}"#,
        #"{"positions":"#, #"{"type":"services","services":{"positions":[1]}}"#,
        #"{"type":"snapshot","data":{"positions":[]}}"#, #"{"positions":{"0":1}}"#, "{\"a\\",
    ])
    func whatHasNoPositionsIsNone(text: String) {
        #expect(PushedMessage(Array(text.utf8)) == nil)
    }

    /// Whatever comes over the wire, the scan ends, and finds what a parser finds.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func agreesWithTheParser(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let text = Array(
            #"{"type":"update","x":{"y":["\"}]",2]},"positions":[12,34],"accepted_ns":77}"#.utf8)
        for round in 0..<3_000 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] =
                    text[Int.random(in: 0..<text.count, using: &random)]
            }
            let found = PushedMessage(bytes)
            guard let value = try? JSONParser.parse(bytes), value["type"]?.string == "update" else {
                continue
            }
            let expected = value["positions"]?.elements?.compactMap(\.integer)
            guard let expected, !expected.isEmpty,
                expected.count == value["positions"]?.elements?.count
            else { continue }
            #expect(found?.positions == expected, "seed \(seed), round \(round)")
            #expect(found?.acceptedNs == value["accepted_ns"]?.integer)
        }
    }
}
