import Testing

@testable import Verifier

@Suite struct TimeAndTextRuleTests {
    private func time(_ text: String) -> Int64? {
        Array(text.utf8).withUnsafeBytes(readEventTime)
    }

    @Test(
        "timestamps in all their forms (R19)",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01 00:00:00", 0), ("1970-01-01t00:00:00z", 0),
            ("1970-01-01T00:00:00.1", 100_000), ("1970-01-01T00:00:00.123456789Z", 123_456),
            ("1970-01-01T18:00:00+18:00", 0), ("1970-01-01T01:30:00+0130", 0),
            ("1969-12-31T23:00:00-01", 0), ("1970-01-01T00:00:00-00:00", 0),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
            ("2000-02-29T12:34:56.000001Z", 951_827_696_000_001),
            ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
            ("1969-12-31T23:59:59.999999Z", -1), ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
        ] as [(String, Int64)])
    func readsTimestamps(text: String, expected: Int64) {
        #expect(time(text) == expected)
    }

    @Test(
        "what is no timestamp (R19)",
        arguments: [
            "2024-01-15", "2024-01-15T14:30", "2024-01-15T14:30:00.",
            "2024-01-15T14:30:00.1234567890Z",
            "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z", "2023-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z", "2024-04-31T00:00:00Z", "0000-01-01T00:00:00Z",
            "2024-01-15T24:00:00Z", "2024-01-15T23:60:00Z", "2024-01-15T23:59:60Z",
            "2024-01-15T00:00:00+18:01", "2024-01-15T00:00:00+19", "2024-01-15T00:00:00+01:60",
            "2024-01-15T00:00:00+1", "2024-01-15T00:00:00+1:00", "2024-01-15T00:00:00+01:0",
            "2024-01-15T00:00:00ZZ", "2024-01-15T00:00:00 Z", " 2024-01-15T00:00:00Z",
            "2024-01-15  00:00:00", "2024-01-15_00:00:00", "2024/01/15T00:00:00",
            "+024-01-15T00:00:00",
            "２０２４-01-15T00:00:00Z", "2024-01-15T00:00:00,5Z", "",
        ])
    func refusesOtherText(text: String) {
        #expect(time(text) == nil)
    }

    @Test("the printed time is the naive one, for any time", arguments: 0..<200)
    func printsTimes(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let time = Int64(random.int(0...253_402_300_799_999_999))
        #expect(timeText(time) == naiveTime(time), "seed \(seed)")
        #expect(self.time(timeText(time)) == time, "seed \(seed)")
    }

    @Test(
        "categories are cleaned, and nothing else is (R25)",
        arguments: [
            ("electronics", "Electronics"), ("  HOME   &  garden ", "Home & Garden"),
            ("3D drucker", "3d Drucker"), ("élan vital", "élan Vital"), ("a\u{a0}b", "A\u{a0}b"),
            ("x", "X"), ("o'neill mc-donald", "O'neill Mc-donald"), ("ÀB", "Àb"),
        ])
    func cleansCategories(text: String, expected: String) {
        var cleaned = [UInt8](repeating: 0, count: text.utf8.count)
        let count = Array(text.utf8).withUnsafeBytes { raw in
            cleaned.withUnsafeMutableBytes { cleanCategory(raw, into: $0) }
        }
        #expect(Array(cleaned[..<count]) == Array(expected.utf8))
    }

    @Test("the future bound itself is taken, one microsecond more is not (R20)")
    func appliesTheFutureBound() {
        let line = Array(InvalidRecords.text(id: "1", replacing: "", with: "").utf8)
        let time = self.time("2024-01-15T14:30:00.123456Z") ?? 0
        line.withUnsafeBytes { bytes in
            let reader = OrderReader()
            #expect(throws: Never.self) { try reader.read(bytes, futureBound: time).get() }
            #expect(throws: RejectReason.timestampFuture) {
                try reader.read(bytes, futureBound: time - 1).get()
            }
        }
    }

    @Test("CRC-32C gives the known values, in any pieces")
    func computesChecksums() {
        let crc = CRC32C()
        func checksum(_ bytes: [UInt8]) -> UInt32 {
            CRC32C.finish(bytes.withUnsafeBytes { crc.update(CRC32C.start, with: $0) })
        }
        #expect(checksum(Array("123456789".utf8)) == 0xe306_9283)
        #expect(checksum([]) == 0)
        #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        let long = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        #expect(checksum(long) == bitwiseCRC32C(long))
        var state = CRC32C.start
        for piece in [long[..<3], long[3..<500], long[500...]] {
            state = piece.withUnsafeBytes { crc.update(state, with: $0) }
        }
        #expect(CRC32C.finish(state) == bitwiseCRC32C(long))
    }
}
