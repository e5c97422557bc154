import Testing

@testable import ASEEDSystem

/// What the client reports, record by record, as receipts.
@Suite struct KafkaDeliveryRunsTests {
    private static func runs(
        _ positions: [Int64], _ outcomes: [Int: AppendOutcome] = [:],
        partitions: (Int) -> Int = { _ in 0 }
    ) -> [AppendReceipt] {
        var runs = KafkaDeliveryRuns()
        for (index, position) in positions.enumerated() {
            runs.add(
                AppendReceipt(
                    ticket: 3, partition: partitions(index), first: index, count: 1,
                    outcome: outcomes[index] ?? .acknowledged, position: position, answeredNs: 7))
        }
        return runs.receipts
    }

    private static func short(_ receipts: [AppendReceipt]) -> [[Int64]] {
        receipts.map { [Int64($0.first), Int64($0.count), $0.position] }
    }

    @Test func recordsThatFollowEachOtherAreOne() {
        #expect(Self.short(Self.runs([0, 1, 2, 5, 6])) == [[0, 3, 0], [3, 2, 5]])
        let failed = Self.runs([4, -1001, 5], [1: .failed])
        #expect(Self.short(failed) == [[0, 1, 4], [1, 1, -1], [2, 1, 5]])
        #expect(failed.map(\.outcome) == [.acknowledged, .failed, .acknowledged])
    }

    @Test(arguments: [-1001, -2, -1] as [Int64])
    func aBatchWithoutAnOffsetHasNoPositions(base: Int64) {
        // The client counts on from the offset that it does not have, beyond 0 as well.
        let receipts = Self.runs((0..<1_500).map { base + $0 })
        #expect(Self.short(receipts) == [[0, 1_500, -1]])
        #expect(receipts.allSatisfy { $0.outcome == .acknowledged })
    }

    @Test func anotherPartitionIsAnotherBatch() {
        let receipts = Self.runs([-1, 0, 8, 9]) { $0 / 2 }
        #expect(Self.short(receipts) == [[0, 2, -1], [2, 2, 8]])
    }
}
