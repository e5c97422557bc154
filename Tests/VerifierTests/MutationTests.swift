import Testing

@testable import Verifier

/// Deliberately wrong engines: each must be caught by the right check, with the right class.
@Suite struct MutationTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var mutation: Mutation
        var check: CheckName
        var faultClass: FaultClass
        var restart: Int64?
        var policy = RunDescription.Policy.record

        var testDescription: String { "\(mutation) (\(policy))" }
    }

    static let cases: [Case] = [
        Case(mutation: .skipsAnOrder, check: .results, faultClass: .lost),
        Case(mutation: .skipsAnOrderInWindows, check: .results, faultClass: .lost),
        Case(
            mutation: .doublesAfterRestart, check: .results, faultClass: .appliedTwice, restart: 3),
        Case(
            mutation: .losesAfterRestart, check: .results, faultClass: .lostAfterRestore, restart: 3
        ),
        Case(mutation: .closedWindowEdge, check: .results, faultClass: .wrongWindow),
        Case(mutation: .dropsLateItShouldKeep, check: .results, faultClass: .lateDroppedWrongly),
        Case(
            mutation: .dropsLateItShouldKeep, check: .results, faultClass: .lateDroppedWrongly,
            policy: .batch),
        Case(mutation: .keepsLateItShouldDrop, check: .results, faultClass: .lateCountedWrongly),
        Case(
            mutation: .keepsLateItShouldDrop, check: .results, faultClass: .lateCountedWrongly,
            policy: .batch),
        Case(mutation: .doubleMoney, check: .results, faultClass: .arithmetic),
        Case(mutation: .stalePublish, check: .results, faultClass: .stalePublication),
        Case(mutation: .newestNeverPublished, check: .results, faultClass: .stalePublication),
        Case(mutation: .wrongPositions, check: .results, faultClass: .stalePublication),
        Case(mutation: .missingSnapshot, check: .results, faultClass: .missingPublication),
        Case(mutation: .missingFinal, check: .results, faultClass: .missingPublication),
        Case(mutation: .rawCategory, check: .results, faultClass: .wrongKey),
        Case(mutation: .composedCategory, check: .results, faultClass: .wrongKey),
        Case(mutation: .wrongHour, check: .results, faultClass: .wrongKey),
        Case(mutation: .losesReject, check: .rejects, faultClass: .rejectLost),
        Case(mutation: .wrongRejectReason, check: .rejects, faultClass: .rejectedWrongly),
        Case(mutation: .rejectsValid, check: .rejects, faultClass: .rejectedWrongly),
        Case(mutation: .acceptsInvalid, check: .rejects, faultClass: .acceptedWrongly),
        Case(mutation: .wrongAverage, check: .results, faultClass: .arithmetic),
        Case(mutation: .truncatedAverage, check: .results, faultClass: .arithmetic),
        Case(mutation: .finalOneBatchLate, check: .results, faultClass: .wrongFinality),
        Case(mutation: .wrongChecksum, check: .sameBytes, faultClass: .logChanged),
        Case(mutation: .gapBetweenBatches, check: .tiling, faultClass: .batchGap),
        Case(mutation: .overlappingBatches, check: .tiling, faultClass: .batchOverlap),
        Case(mutation: .watermarkOfFastest, check: .bounds, faultClass: .wrongWatermark),
        Case(mutation: .wrongLateCount, check: .late, faultClass: .lateDroppedWrongly),
        Case(mutation: .wrongTopOrder, check: .results, faultClass: .wrongOrder),
        Case(mutation: .wrongLatestOrder, check: .results, faultClass: .wrongOrder),
        Case(mutation: .conflictingFinal, check: .order, faultClass: .publicationConflict),
        Case(mutation: .fallingPublication, check: .order, faultClass: .publicationOrder),
    ]

    @Test("every mutation has a case")
    func coversAllMutations() {
        #expect(Set(Self.cases.map(\.mutation)) == Set(Mutation.allCases))
    }

    @Test("a wrong engine is named with the right check and class", arguments: cases, 100..<104)
    func names(wrong: Case, seed: UInt64) throws {
        let run = RunDescription(watermarkDelayMs: 240_000, policy: wrong.policy)
        let scenario = Scenario(
            seed: seed, run: run, partitions: 2, records: 700, batches: 7,
            mutation: wrong.mutation, restart: wrong.restart, hugePercent: 0)
        let report = try scenario.verify()
        let first = try #require(
            report.firstDifference, "seed \(seed): \(wrong.mutation) was not caught")
        #expect(report.verdict == .wrong, "seed \(seed)")
        #expect(first.check == wrong.check, "seed \(seed): \(first)")
        #expect(first.faultClass == wrong.faultClass, "seed \(seed): \(first)")
        let check = try #require(report.checks.first { $0.name == wrong.check })
        if case .fail(let faults) = check.outcome {
            #expect(faults > 0)
        } else {
            Issue.record("seed \(seed): \(wrong.check) did not fail")
        }
        if wrong.check == .results {
            #expect(report.counts.mismatchedResults > 0, "seed \(seed)")
        }
    }

    @Test("the order that was skipped is named with its place", arguments: 200..<206)
    func namesTheSkippedOrder(seed: UInt64) throws {
        let scenario = Scenario(
            seed: seed, run: RunDescription(), partitions: 2, records: 500, batches: 5,
            mutation: .skipsAnOrder)
        let report = try scenario.verify()
        let first = try #require(report.firstDifference)
        let order = try #require(first.orders.first, "seed \(seed): \(first)")
        let batch = scenario.engine.batches.filter { $0.batchID == 1 }
        #expect(order.batchID == 1, "seed \(seed): \(first)")
        #expect(batch.contains { $0.partition == order.partition && $0.start <= order.position })
        #expect(report.counts.lostOrders == 1, "seed \(seed)")
        #expect(report.counts.doubledOrders == 0, "seed \(seed)")
        #expect(report.json().contains("\"first_difference\":{"))
    }
}
