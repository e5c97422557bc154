import ASEEDSystem
import Testing

@testable import LoadGen

@Suite struct InvalidRecordsTests {
    @Test(
        "R11–R20: every variant is rejected for exactly its reason", arguments: InvalidKind.allCases
    )
    func rejectedForItsReason(_ kind: InvalidKind) {
        let boundUs: Int64 = 1_705_363_200_000_000
        let records = InvalidRecords(eventTimeMaxUs: boundUs)
        let generator = OrderGenerator(
            options: SimulatorOptions(seed: 1, eventTimeStartUs: 1_705_276_800_000_000))
        var random = RandomStream(seed: 2, name: kind.reason)
        for _ in 0..<(kind == .recordTooLarge ? 3 : 300) {
            let order = OrderText(generator.next(), catalogue: generator.catalogue, digits: 9)
            #expect(
                NaiveValidator.reason(Array(order.text.utf8), futureBoundUs: boundUs) == nil,
                "the order itself is valid")
            let record = records.record(kind, of: order, &random)
            #expect(
                NaiveValidator.reason(record, futureBoundUs: boundUs) == kind.reason,
                "\(String(decoding: record.prefix(400), as: UTF8.self))")
            #expect(!record.contains(UInt8(ascii: "\n")), "one line of a file log")
        }
    }

    @Test("without a future bound, future orders lie in the year 9999")
    func farFuture() {
        let generator = OrderGenerator(
            options: SimulatorOptions(seed: 1, eventTimeStartUs: 1_705_276_800_000_000))
        var random = RandomStream(seed: 2, name: "future")
        let order = OrderText(generator.next(), catalogue: generator.catalogue, digits: 9)
        let record = InvalidRecords(eventTimeMaxUs: nil).record(
            .timestampFuture, of: order, &random)
        #expect(String(decoding: record, as: UTF8.self).contains("9999-12-31T23:59:59.999999"))
    }

    @Test("a mix makes the kinds that it names and no others, records over 1 MiB too")
    func kindsOfAMix() {
        var plan = TestLoads.mixed(seed: 21)
        plan.mix.invalid.fraction = 0.002
        plan.mix.invalid.kinds = [.recordTooLarge, .empty]
        let invalid = TestLoads.records(plan).filter { $0.fate == .invalid }
        #expect(Set(invalid.compactMap(\.kind)) == [.recordTooLarge, .empty])
        for record in invalid {
            #expect(
                NaiveValidator.reason(record.text, futureBoundUs: .max) == record.kind?.reason)
        }
        #expect(!InvalidKind.usual.contains(.recordTooLarge))
        #expect(InvalidKind.usual.count == InvalidKind.allCases.count - 1)
    }

    @Test("reasons and kinds name each other")
    func reasons() {
        for kind in InvalidKind.allCases { #expect(InvalidKind(reason: kind.reason) == kind) }
        #expect(InvalidKind(reason: "no_such_reason") == nil)
    }
}
