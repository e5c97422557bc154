import ASEEDSystem
import Testing

@testable import Lab
@testable import LoadGen

/// Which message covers an order, and where its time went.
@Suite struct LatencyMeasuresTests {
    private static let ms: Int64 = 1_000_000

    static func batch(
        _ id: Int64, epoch: Int64 = 1, _ starts: [Int64], _ ends: [Int64], commitMs: Int64,
        total: Int64
    ) throws -> BatchProgress {
        func offsets(_ values: [Int64]) -> String {
            values.enumerated().map { "\"\($0.offset)\":\($0.element)" }.joined(separator: ",")
        }
        let text = """
            {"batchId":\(id),"epoch":\(epoch),"numInputRows":1,"durationMs":{"triggerExecution":1},
             "sources":[{"startOffset":{\(offsets(starts))},"endOffset":{\(offsets(ends))}}],
             "x":{"monotonic_start_ns":\((commitMs - 1) * ms),
             "monotonic_commit_ns":\(commitMs * ms),"total_records":\(total)}}
            """
        return try #require(BatchProgress(JSONParser.parse(text)))
    }

    private static func order(
        partition: Int, position: Int64, scheduledMs: Int64, sentMs: Int64, acknowledgedMs: Int64
    ) -> LoadGen.HistoryEntry {
        LoadGen.HistoryEntry(
            sequence: 1, fate: .normal, invalidKind: nil, stage: 0, partition: partition,
            position: position, length: 9, scheduledNs: scheduledMs * ms, sentNs: sentMs * ms,
            acknowledgedNs: acknowledgedMs * ms, outcome: .acknowledged)
    }

    private static func subscription(
        _ messages: [(positions: [Int64], acceptedMs: Int64, receivedMs: Int64)]
    ) throws -> SubscriptionLog {
        var log = SubscriptionLog(partitions: 2)
        log.connected(atNs: 0)
        for message in messages {
            let text = """
                {"type":"update","positions":\(message.positions),
                 "accepted_ns":\(message.acceptedMs * ms)}
                """
            log.received(
                try #require(PushedMessage(Array(text.utf8))), atNs: message.receivedMs * ms)
        }
        return log
    }

    private static func measures(
        _ messages: [(positions: [Int64], acceptedMs: Int64, receivedMs: Int64)],
        _ batches: [BatchProgress], engineEndsMs: [Int64] = []
    ) throws -> LatencyMeasures {
        LatencyMeasures(
            subscription: try subscription(messages),
            commits: CommitTimes(
                batches: batches, engineEndsNs: engineEndsMs.map { $0 * ms }, partitions: 2),
            cuts: TimeCuts([Int64]()))
    }

    private static func hops(_ measures: LatencyMeasures) -> [Double] {
        measures.hops.map { $0.histogram().sumNs / Double(ms) }
    }

    @Test func theFirstMessageBeyondTheRecordCounts() throws {
        let log = try Self.subscription([
            ([100, 0], 10, 11), ([100, 0], 12, 13), ([100, 50], 14, 15), ([90, 60], 16, 17),
        ])
        #expect(log.messages == 4)
        #expect(log.cover(partition: 0, position: 99)?.receivedNs == 11 * Self.ms)
        // A position is where a record starts: the end is beyond the last one.
        #expect(log.cover(partition: 0, position: 100) == nil)
        #expect(log.cover(partition: 1, position: 0)?.acceptedNs == 14 * Self.ms)
        #expect(log.cover(partition: 1, position: 50)?.receivedNs == 17 * Self.ms)
        #expect(log.covers([100, 60]) && !log.covers([101, 60]))
    }

    @Test func theHopsAddUpToTheWhole() throws {
        var measures = try Self.measures(
            [([100, 100], 60, 64)],
            [try Self.batch(0, [0, 0], [100, 100], commitMs: 50, total: 2)])
        measures.add(
            Self.order(partition: 0, position: 0, scheduledMs: 10, sentMs: 12, acknowledgedMs: 15))
        #expect(Self.hops(measures) == [2, 3, 35, 10, 4])
        #expect(measures.whole.histogram().maxNs == 54 * Self.ms)
        #expect(measures.unknown(excused: []) == nil && measures.unknownHops == nil)
        // The engine was faster than the producer's receipt: the log's hop ends at its commit.
        measures.add(
            Self.order(partition: 1, position: 9, scheduledMs: 40, sentMs: 41, acknowledgedMs: 55))
        #expect(Self.hops(measures) == [3, 12, 35, 20, 8])
        #expect(measures.whole.histogram().sumNs == Self.hops(measures).reduce(0, +) * 1e6)
        #expect(measures.unknownHops == nil)
    }

    @Test func anOrderWithoutAPositionMakesTheLatencyUnknown() throws {
        var measures = try Self.measures(
            [([100, 100], 60, 64)],
            [try Self.batch(0, [0, 0], [100, 100], commitMs: 50, total: 2)])
        for position in [0, -1] as [Int64] {
            measures.add(
                Self.order(
                    partition: 0, position: position, scheduledMs: 10, sentMs: 12,
                    acknowledgedMs: 90))
        }
        #expect(measures.whole.count == 1 && measures.uncovered == 1)
        #expect(
            measures.unknown(excused: []) == "the log told no position of 1 of 2 orders")
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func everyOrdersHopsAddUpAndNoneIsLost(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var batches: [BatchProgress] = []
        var messages: [(positions: [Int64], acceptedMs: Int64, receivedMs: Int64)] = []
        var ends: [Int64] = [0, 0]
        for index in 0..<20 as Range<Int64> {
            let starts = ends
            ends = ends.map { $0 + Int64.random(in: 0..<200, using: &random) }
            let at = 100 + index * 50
            batches.append(try Self.batch(index, starts, ends, commitMs: at, total: index))
            // Some messages never come: the next one covers what they would have.
            guard Bool.random(using: &random) || index == 19 else { continue }
            messages.append((ends, at + 3, at + Int64.random(in: 4...9, using: &random)))
        }
        var measures = try Self.measures(messages, batches)
        var count: Int64 = 0
        for _ in 0..<500 {
            let partition = Int.random(in: 0..<2, using: &random)
            guard ends[partition] > 0 else { continue }
            let due = Int64.random(in: 0..<50, using: &random)
            count += 1
            measures.add(
                Self.order(
                    partition: partition,
                    position: Int64.random(in: 0..<ends[partition], using: &random),
                    scheduledMs: due, sentMs: due + 1, acknowledgedMs: due + 2))
        }
        let whole = measures.whole.histogram()
        #expect(whole.count == count && measures.uncovered == 0, "seed \(seed)")
        let sum = measures.hops.reduce(0) { $0 + $1.histogram().sumNs }
        #expect(abs(sum - whole.sumNs) <= Double(LatencyMeasures.toleranceNs))
        #expect(measures.hops.allSatisfy { $0.histogram().minNs >= 0 })
        #expect(measures.unknownHops == nil)
    }

    @Test func anOrderThatNoMessageCoversMakesItUnknown() throws {
        var measures = try Self.measures(
            [([100, 100], 60, 64)],
            [try Self.batch(0, [0, 0], [100, 100], commitMs: 50, total: 2)])
        for position in [99, 100] as [Int64] {
            measures.add(
                Self.order(
                    partition: 0, position: position, scheduledMs: 1, sentMs: 1, acknowledgedMs: 1))
        }
        #expect(measures.unknown(excused: []) == "no message covered 1 of 2 orders")
        var store = MetricStore()
        measures.fill(&store, excused: [])
        #expect(store.unknowns["e2e_latency_ms"] != nil)
        #expect(store.unknowns["hop_engine_ms"] != nil)
    }

    @Test func timesThatDoNotFollowEachOtherMakeTheHopsUnknown() throws {
        // Accepted before it was committed: one of the two clocks is wrong.
        var measures = try Self.measures(
            [([100, 100], 40, 64)],
            [try Self.batch(0, [0, 0], [100, 100], commitMs: 50, total: 2)])
        measures.add(
            Self.order(partition: 0, position: 0, scheduledMs: 10, sentMs: 12, acknowledgedMs: 15))
        #expect(measures.disordered == 1)
        #expect(measures.unknown(excused: []) == nil)
        #expect(measures.unknownHops == "the times of 1 orders do not follow each other")
    }

    @Test func aGapIsExcusedOnlyByAFault() throws {
        var log = try Self.subscription([([5, 5], 1, 2)])
        log.disconnected(atNs: 1_000)
        log.connected(atNs: 5_000)
        var measures = LatencyMeasures(
            subscription: log, commits: CommitTimes(batches: [], engineEndsNs: [], partitions: 2),
            cuts: TimeCuts([Int64]()))
        measures.add(
            Self.order(partition: 0, position: 0, scheduledMs: 1, sentMs: 1, acknowledgedMs: 1))
        #expect(log.gaps.count == 1 && log.gaps[0].fromNs == 1_000)
        #expect(log.gaps[0].untilNs == 5_000)
        #expect(measures.unknown(excused: [.init(startNs: 900, endNs: 2_000)]) == nil)
        #expect(measures.unknown(excused: [.init(startNs: 1_001, endNs: 2_000)]) != nil)
        #expect(measures.unknownHops != nil)
    }

    /// A process that is killed between its commit and its report leaves a hole in the reports.
    @Test func aBatchThatNobodyReportedWasCommittedBeforeItsProcessEnded() throws {
        let commits = CommitTimes(
            batches: [
                try Self.batch(0, [0, 0], [10, 10], commitMs: 10, total: 4),
                try Self.batch(2, epoch: 2, [30, 20], [40, 20], commitMs: 90, total: 12),
            ], engineEndsNs: [25 * Self.ms], partitions: 2)
        #expect(commits.commit(partition: 0, position: 9) == .at(10 * Self.ms))
        #expect(commits.commit(partition: 0, position: 10) == .notAfter(25 * Self.ms))
        #expect(commits.commit(partition: 0, position: 30) == .at(90 * Self.ms))
        #expect(commits.commit(partition: 0, position: 40) == nil)
        // The acceptance of the message is a closer bound than the end of the process.
        var measures = try Self.measures(
            [([30, 20], 22, 23)],
            [
                try Self.batch(0, [0, 0], [10, 10], commitMs: 10, total: 4),
                try Self.batch(2, epoch: 2, [30, 20], [40, 20], commitMs: 90, total: 12),
            ], engineEndsMs: [25])
        measures.add(
            Self.order(partition: 0, position: 12, scheduledMs: 11, sentMs: 11, acknowledgedMs: 12))
        #expect(Self.hops(measures) == [0, 1, 10, 0, 1])
    }

    @Test func aBatchThatIsCommittedAgainChangesNoTime() throws {
        let commits = CommitTimes(
            batches: [
                try Self.batch(0, [0, 0], [10, 10], commitMs: 10, total: 4),
                try Self.batch(0, epoch: 2, [0, 0], [10, 10], commitMs: 50, total: 4),
            ], engineEndsNs: [], partitions: 2)
        #expect(commits.commit(partition: 1, position: 5) == .at(10 * Self.ms))
    }
}
