import ASEEDSystem
import Foundation
import Testing

@testable import LoadGen

@Suite struct LoadRunnerTests {
    /// Runs a plan in a folder of its own.
    private struct Run {
        let folder: String
        let log: FileLog
        let summary: LoadSummary
        let entries: [HistoryEntry]
        let reader: HistoryReader

        init(_ plan: LoadPlan, clock: SimulatedClock = SimulatedClock()) throws {
            folder = try TestLoads.folder()
            log = try FileLog.create(at: folder + "/log", partitions: plan.partitions)
            let history = try HistoryWriter(path: folder + "/history", plan: plan)
            let runner = try LoadRunner(plan: plan, log: log, history: history, clock: clock)
            for stage in plan.stages.indices { try runner.run(stage: stage) { _, _, _ in } }
            summary = runner.summary
            reader = try HistoryReader(path: folder + "/history")
            var entries: [HistoryEntry] = []
            try reader.forEach { entries.append($0) }
            self.entries = entries
        }

        func bytes(of partition: Int) throws -> [UInt8] {
            let end = try log.endPosition(of: partition)
            let buffer = UnsafeMutableRawBufferPointer.allocate(
                byteCount: Int(end), alignment: 1)
            defer { buffer.deallocate() }
            let got = try log.reader(of: partition).read(from: 0, upTo: end, into: buffer)
            return Array(buffer[..<got])
        }

        func remove() throws { try FileManager.default.removeItem(atPath: folder) }
    }

    @Test("the history names every record of the log, where it is and what it holds")
    func historyMatchesLog() throws {
        let plan = TestLoads.mixed(seed: 31)
        let run = try Run(plan)
        let records = TestLoads.records(plan)
        #expect(run.entries.count == records.count)
        #expect(
            run.reader.partitions == 3 && run.reader.orderIDDigits == 9 && run.reader.seed == 31)
        #expect(!run.reader.isTorn)
        let logs = try (0..<3).map(run.bytes(of:))
        var covered = [Int64](repeating: 0, count: 3)
        for (entry, record) in zip(run.entries, records) {
            #expect(entry.sequence == record.sequence && entry.fate == record.fate)
            #expect(entry.invalidKind == record.kind && entry.partition == record.partition)
            #expect(entry.outcome == .acknowledged)
            #expect(entry.position == covered[entry.partition])
            let start = Int(entry.position)
            #expect(Array(logs[entry.partition][start..<(start + entry.length)]) == record.text)
            covered[entry.partition] += Int64(entry.length) + 1
            if entry.isOrder {
                let id = entry.orderID(digits: run.reader.orderIDDigits)
                #expect(record.text.dropFirst(14).starts(with: id))
                let lent = withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) {
                    Array(entry.orderID(digits: 9, in: $0))
                }
                #expect(lent == id)
            }
        }
        #expect(covered == logs.map { Int64($0.count) })
        #expect(run.summary.progress.acknowledged == Int64(records.count))
        #expect(run.summary.progress.bytes == covered.reduce(0, +))
        #expect(run.summary.progress.fates.values.reduce(0, +) == Int64(records.count))
        try run.remove()
    }

    @Test("the same seed gives the same log, whatever the clock does")
    func sameLog() throws {
        let plan = TestLoads.mixed(seed: 32)
        let smooth = try Run(plan)
        let rough = SimulatedClock()
        rough.lookNs = 777_777
        rough.stall = (atNs: 3_000_000_000, forNs: 20_000_000_000)
        let stalled = try Run(plan, clock: rough)
        for partition in 0..<3 {
            #expect(try smooth.bytes(of: partition) == stalled.bytes(of: partition))
        }
        try smooth.remove()
        try stalled.remove()
    }

    @Test("open model: after a stall nothing is skipped and the delay is measured")
    func catchesUp() throws {
        let plan = LoadPlan(
            seed: 1,
            stages: [
                .init(
                    name: "steady",
                    executor: .constantArrivalRate(
                        rate: 100, durationMs: 10_000, pacing: .uniform))
            ])
        let clock = SimulatedClock()
        clock.stall = (atNs: 3_000_000_000, forNs: 5_500_000_000)
        let run = try Run(plan, clock: clock)
        #expect(run.entries.count == 1_000)
        let startNs = run.summary.stages[0].startNs
        var delays: [Int64] = []
        for (index, entry) in run.entries.enumerated() {
            #expect(entry.scheduledNs == startNs + Int64(index) * 10_000_000)
            #expect(entry.sentNs >= entry.scheduledNs)
            #expect(entry.acknowledgedNs >= entry.sentNs)
            delays.append(entry.sentNs - entry.scheduledNs)
        }
        let maxNs = try #require(delays.max())
        #expect(maxNs >= 5_490_000_000 && maxNs <= 5_520_000_000)
        #expect(run.summary.scheduleDelay.maxNs == maxNs)
        #expect(run.summary.scheduleDelay.count == 1_000)
        // 550 of 1000 orders fell due during the stall.
        #expect(delays.filter { $0 > 10_000_000 }.count > 540)
        try run.remove()
    }

    @Test("stopping keeps the history complete for what was sent")
    func stops() throws {
        let plan = LoadPlan(
            seed: 1,
            stages: [
                .init(
                    name: "steady",
                    executor: .constantArrivalRate(
                        rate: 100, durationMs: 10_000, pacing: .poisson))
            ])
        let clock = SimulatedClock()
        clock.stopAtNs = clock.now + 4_000_000_000
        let run = try Run(plan, clock: clock)
        #expect(run.summary.isStopped)
        #expect(run.entries.count > 300 && run.entries.count < 500)
        let lines = try (0..<3).reduce(0) { count, partition in
            try count + run.bytes(of: partition).filter { $0 == UInt8(ascii: "\n") }.count
        }
        #expect(lines == run.entries.count)
        try run.remove()
    }

    @Test("a limit ends a stage after so many orders")
    func limit() throws {
        let plan = LoadPlan(
            seed: 1,
            stages: [
                .init(
                    name: "endless",
                    executor: .constantArrivalRate(
                        rate: 1_000, durationMs: 900_000_000, pacing: .uniform))
            ])
        let folder = try TestLoads.folder()
        let log = try FileLog.create(at: folder + "/log", partitions: 3)
        let runner = try LoadRunner(
            plan: plan, log: log, history: nil, clock: SimulatedClock())
        var calls = 0
        try runner.run(stage: 0, limit: 5_000) { progress, _, _ in
            calls += 1
            #expect(progress.acknowledged > 0)
        }
        #expect(runner.summary.progress.acknowledged == 5_000)
        #expect(calls >= 4 && calls <= 6)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("a log that does not take orders ends the load, and the history says which are unknown")
    func logFails() throws {
        let plan = LoadPlan(
            seed: 1, stages: [.init(name: "b", executor: .backlog(orders: 300, eventRate: 1))])
        let folder = try TestLoads.folder()
        let log = try FileLog.create(at: folder + "/log", partitions: 3)
        // A device that is always full and can't be cut.
        let path = folder + "/log/partition-1.jsonl"
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: "/dev/full")
        let history = try HistoryWriter(path: folder + "/history", plan: plan)
        let runner = try LoadRunner(
            plan: plan, log: log, history: history, clock: SimulatedClock())
        #expect(throws: LoadRunner.Failure.self) { try runner.run(stage: 0) { _, _, _ in } }
        var outcomes: [OrderOutcome: Set<Int>] = [:]
        try HistoryReader(path: folder + "/history").forEach { entry in
            outcomes[entry.outcome, default: []].insert(entry.partition)
            #expect((entry.position < 0) == (entry.outcome == .failed))
        }
        // Partition 0 was written before, partition 2 was not tried any more.
        #expect(outcomes == [.acknowledged: [0], .unknown: [1], .failed: [2]])
        #expect(runner.summary.progress.acknowledged == 100)
        #expect(runner.summary.progress.unknown == 100)
        #expect(runner.summary.progress.failed == 100)
        try FileManager.default.removeItem(atPath: folder)
    }
}
