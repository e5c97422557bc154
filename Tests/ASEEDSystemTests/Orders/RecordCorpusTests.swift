import Testing

@testable import ASEEDSystem

/// R10–R27 on the odd records, through the validator and through the scanner.
@Suite struct RecordCorpusTests {
    @Test func validatorAgreesWithTheCorpus() throws {
        let corpus = try RecordCorpus.load()
        #expect(corpus.entries.count >= 150)
        let validator = RecordValidator()
        for entry in corpus.entries {
            let judged = JudgedRecord(
                entry.record, futureBoundUs: corpus.futureBoundUs, validator: validator)
            #expect((judged.reason?.name ?? "valid") == entry.outcome, "\(entry.name)")
            guard judged.reason == nil else { continue }
            if let price = entry.price { #expect(judged.values?.price == price, "\(entry.name)") }
            if let quantity = entry.quantity {
                #expect(judged.values?.quantity == quantity, "\(entry.name)")
            }
            if let time = entry.eventTimeUs {
                #expect(judged.values?.eventTime == time, "\(entry.name)")
            }
            if let category = entry.category {
                #expect(judged.category == Array(category.utf8), "\(entry.name)")
            }
        }
    }

    /// Each record after three usual ones, so that the scanner has a plan, and after itself, so that
    /// it may have learned the record's own shape.
    @Test func scannerAgreesWithTheCorpus() throws {
        let corpus = try RecordCorpus.load()
        let validator = RecordValidator()
        for entry in corpus.entries where !entry.record.contains(0x0a) {
            let usual = (1...3).map { SampleOrders.line(number: $0) }
            let records = usual + [entry.record, entry.record, entry.record]
            let expected = ScanModel(
                records, futureBoundUs: corpus.futureBoundUs, validator: validator)
            let found = try ScanModel(scanning: records, futureBoundUs: corpus.futureBoundUs)
            #expect(found == expected, "\(entry.name)")
        }
    }
}
