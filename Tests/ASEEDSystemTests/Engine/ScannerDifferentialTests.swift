import Testing

@testable import ASEEDSystem

/// The fast path accepts only what the validator accepts, with the same values.
@Suite struct ScannerDifferentialTests {
    private static let futureBoundUs: Int64 = 1_705_330_800_000_000

    /// Usual and odd orders, then mutated: bytes changed, removed, doubled, moved.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func mutatedRecordsScanAsTheValidatorJudges(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let validator = RecordValidator()
        for round in 0..<60 {
            var records: [[UInt8]] = []
            for number in 0..<50 {
                let isOdd = random.below(8) < Int(seed % 4)
                var record =
                    isOdd
                    ? SampleOrders.odd(&random, number: number)
                    : SampleOrders.line(&random, number: number)
                if random.below(3) == 0 { mutate(&record, &random) }
                records.append(record)
            }
            let expected = ScanModel(
                records, futureBoundUs: Self.futureBoundUs, validator: validator)
            let found = try ScanModel(scanning: records, futureBoundUs: Self.futureBoundUs)
            #expect(found == expected, "seed \(seed), round \(round)")
        }
    }

    /// Plans of one shape must not accept another's values under their own names.
    @Test func shapesThatShareLiteralsStayApart() throws {
        let head =
            "{\"order_id\": \"O-1\", \"product_id\": \"PROD-001\", \"product_name\": \"Lamp\", "
        let tail = ", \"quantity\": 2, \"timestamp\": \"2024-01-15T14:00:00.000000\"}"
        var records: [[UInt8]] = []
        for _ in 0..<20 {
            records.append(
                Array((head + "\"category\": \"Home\", \"a\": null, \"price\": 7.25" + tail).utf8))
            records.append(
                Array((head + "\"category\": \"Home\", \"a\": 12.5, \"price\": 9.75" + tail).utf8))
            records.append(Array((head + "\"category\": \"Home\", \"a\": 12.5" + tail).utf8))
            records.append(Array((head + "\"category\": \"Home\", \"price\": 3.5" + tail).utf8))
        }
        let expected = ScanModel(
            records, futureBoundUs: Self.futureBoundUs, validator: RecordValidator())
        let found = try ScanModel(scanning: records, futureBoundUs: Self.futureBoundUs)
        #expect(found == expected)
        #expect(expected.rejects == [.missingField: 20])
    }

    /// A usual shape stays on the fast path.
    @Test func usualRecordsAreHits() throws {
        let records = (0..<5_000).map { SampleOrders.line(number: $0) }
        let scanner = OrderScanner(grid: PaneGrid(windows: [.minute]))
        _ = try ScanModel(
            scanning: records, futureBoundUs: Self.futureBoundUs, scanner: scanner)
        #expect(scanner.plans.learned == 1)
        #expect(scanner.slowRecords < 100)
    }

    private func mutate(_ record: inout [UInt8], _ random: inout SeededRandom) {
        for _ in 0...random.below(3) where !record.isEmpty {
            let at = random.below(record.count)
            switch random.below(6) {
            case 0: record[at] = UInt8(random.below(256))
            case 1: record.remove(at: at)
            case 2: record.insert(Array("\"\\{}[],:0189.-+eE tTzZ".utf8)[random.below(22)], at: at)
            case 3:
                let end = min(record.count, at + random.below(30))
                record.insert(contentsOf: record[at..<end], at: random.below(record.count))
            case 4: record.removeLast(random.below(record.count))
            default: record[at] = Array("0123456789\"".utf8)[random.below(11)]
            }
        }
        record.removeAll { $0 == 0x0a }
    }
}
