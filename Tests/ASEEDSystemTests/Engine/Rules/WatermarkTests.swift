import Testing

@testable import ASEEDSystem

@Suite struct WatermarkTests {
    @Test("R34: F is minus infinity until every partition has had a valid record")
    func recordWaitsForAll() {
        var mark = Watermark(policy: .record, delayUs: 10)
        #expect(mark.lateFloorUs == .min)
        #expect(mark.endBatch(highs: [100, .min, 300], latestUs: 300) == .min)
        #expect(mark.endBatch(highs: [100, 50, 300], latestUs: 300) == 40)
        #expect(mark.lateFloorUs == 40)
    }

    @Test("R34, R39: F is the lowest partition's high time minus the delay, and never falls")
    func recordNeverFalls() {
        var mark = Watermark(policy: .record, delayUs: 10)
        #expect(mark.endBatch(highs: [100, 70], latestUs: 100) == 60)
        // A new partition has no valid record yet (R5).
        #expect(mark.endBatch(highs: [200, 170, .min], latestUs: 200) == 60)
        #expect(mark.endBatch(highs: [200, 170, 20], latestUs: 200) == 60)
        #expect(mark.endBatch(highs: [200, 170, 150], latestUs: 200) == 140)
        #expect(!mark.hasMoved)
    }

    @Test("R34: idle partitions are left out; with all left out F stays")
    func recordIdle() {
        var mark = Watermark(policy: .record, delayUs: 0)
        #expect(mark.endBatch(highs: [100], latestUs: 100) == 100)
        #expect(mark.endBatch(highs: [], latestUs: 500) == 100)
    }

    @Test("R34: a delay beyond all event times gives a negative F, not minus infinity")
    func recordNegative() {
        var mark = Watermark(policy: .record, delayUs: 1_000)
        #expect(mark.endBatch(highs: [400], latestUs: 400) == -600)
    }

    @Test("R35: W(0) = 0, W(n+1) from the events up to n, F(n) = W(n), late floor W(n-1)")
    func batchSteps() {
        var mark = Watermark(policy: .batch, delayUs: 1_000_000)
        #expect(mark.lateFloorUs == 0)
        #expect(!mark.hasMoved)
        // Batch 0: F = W(0) = 0; W(1) = 5 s - 1 s.
        #expect(mark.endBatch(highs: [5_000_000, .min], latestUs: 5_000_000) == 0)
        #expect(mark.hasMoved)
        #expect(mark.lateFloorUs == 0)
        // Batch 1: F = W(1).
        #expect(mark.endBatch(highs: [9_000_000, .min], latestUs: 9_000_000) == 4_000_000)
        #expect(mark.hasMoved)
        #expect(mark.lateFloorUs == 4_000_000)
        // Batch 2 without records: F = W(2), and nothing moves any more.
        #expect(mark.endBatch(highs: [9_000_000, .min], latestUs: 9_000_000) == 8_000_000)
        #expect(!mark.hasMoved)
        #expect(mark.endBatch(highs: [9_000_000, .min], latestUs: 9_000_000) == 8_000_000)
    }

    @Test("R35: the latest event time is cut to milliseconds")
    func batchMilliseconds() {
        var mark = Watermark(policy: .batch, delayUs: 0)
        #expect(mark.endBatch(highs: [], latestUs: 1_999_999) == 0)
        #expect(mark.endBatch(highs: [], latestUs: 1_999_999) == 1_999_000)
    }

    @Test("R35: W stays 0 as long as the events lie within the delay of 1970")
    func batchNeverNegative() {
        var mark = Watermark(policy: .batch, delayUs: 600_000_000)
        #expect(mark.endBatch(highs: [], latestUs: 5_000) == 0)
        #expect(!mark.hasMoved)
        #expect(mark.endBatch(highs: [], latestUs: .min) == 0)
        #expect(!mark.hasMoved)
    }

    @Test(
        "what a checkpoint keeps of it goes on in the same way", arguments: LatenessPolicy.allCases)
    func restored(policy: LatenessPolicy) {
        var mark = Watermark(policy: policy, delayUs: 7)
        _ = mark.endBatch(highs: [5_000], latestUs: 5_000)
        let copy = Watermark(
            policy: policy, delayUs: 7, floorUs: mark.floorUs, nextUs: mark.nextUs)
        #expect(copy == mark)
    }
}
