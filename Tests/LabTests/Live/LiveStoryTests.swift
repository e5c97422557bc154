import ASEEDSystem
import Testing

@testable import Lab

/// What is told of faults and latencies, from what was measured.
@Suite struct LiveStoryTests {
    private static let second: Int64 = 1_000_000_000
    private let sizes = LiveFaultSizes(rate: 1_000)

    private func batch(
        _ id: Int64, startNs: Int64 = 0, commitNs: Int64, ends: [Int64] = [0], rows: Int64 = 0,
        epoch: Int64 = 1
    ) throws -> BatchProgress {
        let text = """
            {"batchId":\(id),"epoch":\(epoch),"numInputRows":\(rows),
             "durationMs":{"triggerExecution":1},
             "sources":[{"endOffset":{\(ends.enumerated().map { "\"\($0.offset)\":\($0.element)" }
                .joined(separator: ","))}}],
             "x":{"monotonic_start_ns":\(startNs),"monotonic_commit_ns":\(commitNs),
             "total_records":\(rows)}}
            """
        return try #require(BatchProgress(try JSONParser.parse(text)))
    }

    private func proof(_ state: LiveProof.State, batch: Int64?) -> LiveProof {
        var proof = LiveProof(state: state, checkedAt: 0, takenNs: 0, text: "off by one")
        proof.batchID = batch
        return proof
    }

    private func occurrence(_ fault: Fault) -> FaultOccurrence {
        var occurrence = FaultOccurrence(fault: fault, number: 1, dueNs: 0)
        occurrence.injectedNs = 10 * Self.second
        return occurrence
    }

    @Test func aKilledEngineIsToldUntilItsNumbersAreProved() throws {
        var facts = LiveFacts(nowNs: 10 * Self.second, committed: 5_000, acknowledged: 5_100)
        var story = FaultStory(.killEngine, number: 3, facts: facts, text: "engine killed")
        #expect(story.id == "kill-engine-3")
        var killed = occurrence(
            Fault(id: story.id, action: .kill, target: .engine, schedule: .at(ms: 0)))
        killed.state = .down
        story.update(facts, sizes, killed, firstBatch: nil)
        #expect(story.text == "engine killed, to be started again")
        killed.state = .settled
        killed.lostBatch = PlannedBatch(batchID: 8, starts: [:], ends: [:], maxRecords: 9)
        facts.nowNs += Self.second
        facts.committed = 5_900
        facts.acknowledged = 6_200
        let first = try batch(8, commitNs: 10 * Self.second + 400_000_000, epoch: 2)
        story.update(facts, sizes, killed, firstBatch: first)
        #expect(story.state == .happening)
        facts.committed = 6_300
        facts.batchID = 10
        story.update(facts, sizes, killed, firstBatch: first)
        #expect(
            story.whole
                == "engine killed in the middle of batch 8: back after 0.4 s, 1,300 orders that "
                + "waited worked off, to be proved")
        story.take(proof(.proved, batch: 9))
        story.take(proof(.proved, batch: nil))
        story.take(proof(.unknown, batch: 11))
        #expect(story.state == .over, "a proof of less says nothing")
        story.take(proof(.proved, batch: 10))
        #expect(story.whole.hasSuffix("worked off, still exact"))
    }

    @Test func aPausedDashboardIsUpToDateWhenAllBeforeIsShown() {
        var facts = LiveFacts(nowNs: 10 * Self.second, committed: 5_000)
        var story = FaultStory(.pauseDashboard, number: 1, facts: facts, text: "")
        var paused = occurrence(
            Fault(id: story.id, action: .pause, target: .dashboard, schedule: .at(ms: 0)))
        paused.state = .paused
        facts.nowNs += 2 * Self.second
        facts.committed = 7_000
        story.update(facts, sizes, paused, firstBatch: nil)
        #expect(
            story.text
                == "dashboard paused for 2.0 s; the engine went on and processed 2,000 orders")
        facts.nowNs += 3 * Self.second
        paused.state = .settled
        paused.restartedNs = facts.nowNs
        facts.batchID = 40
        facts.shownBatch = 15
        story.update(facts, sizes, paused, firstBatch: nil)
        #expect(story.state == .happening)
        facts.nowNs += Self.second / 5
        facts.batchID = 42
        facts.shownBatch = 41
        story.update(facts, sizes, paused, firstBatch: nil)
        #expect(story.state == .over && story.settledBatch == 40)
        #expect(story.text.hasSuffix("; page up to date 0.2 s later"))
        story.take(proof(.differs, batch: nil))
        #expect(story.whole.hasSuffix("and then WRONG: off by one"))
    }

    @Test func lateAndPoisonOrdersAreCountedToTheLast() {
        var facts = LiveFacts(nowNs: 0, rejected: 7, late: 9)
        var late = FaultStory(.late, number: 1, facts: facts, text: "")
        var poison = FaultStory(.poison, number: 2, facts: facts, text: "")
        facts.late = 9 + sizes.lateOrders - 1
        facts.rejected = 7 + sizes.poisonOrders
        facts.batchID = 4
        late.update(facts, sizes, nil, firstBatch: nil)
        poison.update(facts, sizes, nil, firstBatch: nil)
        #expect(late.state == .happening && poison.state == .over)
        #expect(poison.text == "256 poison orders: all rejected, each with its reason")
        facts.nowNs = 21 * Self.second
        late.update(facts, sizes, nil, firstBatch: nil)
        #expect(
            late.text == "250 late orders: only 249 counted as late and put into no window")
    }

    @Test func latencyRunsFromTheOldestOrderOfAMessageToItsArrival() throws {
        var latency = LiveLatency(partitions: 2)
        latency.take(try batch(0, startNs: 1_000_000, commitNs: 2_000_000, ends: [10, 0]))
        latency.take(receivedNs: 5_000_000, ends: [10, 0])
        #expect(
            latency.takeSamples() == [
                .init(receivedNs: 5_000_000, leastMs: 4, mostMs: 4, batchID: 0)
            ])
        // Nothing new, then two batches that one message brings.
        latency.take(try batch(1, startNs: 10_000_000, commitNs: 11_000_000, ends: [10, 0]))
        latency.take(try batch(2, startNs: 20_000_000, commitNs: 21_000_000, ends: [10, 7]))
        latency.take(receivedNs: 42_000_000, ends: [12, 7])
        #expect(latency.takeSamples().isEmpty, "the batch of the message is not known yet")
        latency.take(try batch(3, startNs: 30_000_000, commitNs: 31_000_000, ends: [12, 7]))
        #expect(
            latency.takeSamples() == [
                .init(receivedNs: 42_000_000, leastMs: 12, mostMs: 32, batchID: 3)
            ])
        #expect(latency.waitingMs(nowNs: 35_000_000) == 5)
    }

    @Test func seriesHasAPointASecond() throws {
        var series = LiveSeries()
        series.advance(nowNs: 0, waitingMs: nil)
        series.take(try batch(0, commitNs: 500_000_000, rows: 300))
        series.mark("k")
        series.advance(nowNs: Self.second - 1, waitingMs: nil)
        #expect(series.points.isEmpty)
        series.advance(nowNs: Self.second, waitingMs: 70)
        #expect(
            series.points == [.init(offered: nil, processed: 300, latencyMs: 70, mark: "k")])
        #expect(series.processedRate(nowNs: Self.second) == 150)
        // After a long hold one point covers all of it.
        series.take(try batch(1, commitNs: 3 * Self.second, rows: 800))
        series.advance(nowNs: 5 * Self.second, waitingMs: nil)
        #expect(series.points.count == 2 && series.points[1].processed == 200)
    }
}
