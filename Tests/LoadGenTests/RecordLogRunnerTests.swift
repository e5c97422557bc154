import ASEEDSystem
import Foundation
import Testing

@testable import LoadGen

/// A load into a log whose positions count records, and which answers later, in pieces.
@Suite struct RecordLogRunnerTests {
    /// Keeps records in memory, and answers when it is asked, a few records at a time.
    private final class LateLog: OrderLogWriter {
        struct Record: Equatable {
            var text: [UInt8]
            var outcome: AppendOutcome
            var position: Int64
        }

        let partitions: Int
        /// Every so many records one is refused; 0 is never.
        let refuseEvery: Int
        /// The log ends its answers after so many records.
        let answersUntil: Int
        private(set) var records: [[Record]]
        private var waiting: [AppendReceipt] = []
        private var next: [Int64]
        private var count = 0
        private var answered = 0

        init(partitions: Int, refuseEvery: Int = 0, answersUntil: Int = .max) {
            self.partitions = partitions
            self.refuseEvery = refuseEvery
            self.answersUntil = answersUntil
            records = Array(repeating: [], count: partitions)
            next = Array(repeating: 100, count: partitions)
        }

        let unit = PositionUnit.records
        var failure: LogError? { nil }
        var isFull: Bool { waiting.count > 2_000 }
        func nextPosition(of partition: Int) -> Int64? { nil }

        func append(
            _ block: UnsafeRawBufferPointer, to partition: Int, ticket: Int64
        ) throws(LogError) -> Bool {
            for (index, line) in block.dropLast().split(
                separator: 0x0a, omittingEmptySubsequences: false
            ).enumerated() where !block.isEmpty {
                count += 1
                // Others write too: now and then an offset is theirs.
                if count % 13 == 0 { next[partition] += 2 }
                let isRefused = refuseEvery > 0 && count % refuseEvery == 0
                let position = isRefused ? -1 : next[partition]
                if !isRefused { next[partition] += 1 }
                records[partition].append(
                    Record(
                        text: Array(line), outcome: isRefused ? .failed : .acknowledged,
                        position: position))
                waiting.append(
                    AppendReceipt(
                        ticket: ticket, partition: partition, first: index, count: 1,
                        outcome: isRefused ? .failed : .acknowledged, position: position,
                        answeredNs: Int64(count)))
            }
            return false
        }

        func takeReceipts(untilNs: Int64) -> [AppendReceipt] {
            let most = min(waiting.count, 700, max(0, answersUntil - answered))
            defer { waiting.removeFirst(most) }
            answered += most
            return Array(waiting.prefix(most))
        }

        func abandon() {}
    }

    private func run(
        _ plan: LoadPlan, _ log: LateLog
    ) throws -> (summary: LoadSummary, entries: [HistoryEntry]) {
        let folder = try TestLoads.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let history = try HistoryWriter(path: folder + "/history", plan: plan)
        let clock = SimulatedClock()
        clock.lookNs = 1_000
        let runner = LoadRunner(plan: plan, writer: log, history: history, clock: clock)
        for stage in plan.stages.indices { try runner.run(stage: stage) { _, _, _ in } }
        var entries: [HistoryEntry] = []
        try HistoryReader(path: folder + "/history").forEach { entries.append($0) }
        return (runner.summary, entries)
    }

    @Test("the history has each record's own offset and outcome", arguments: [0, 7])
    func historyHasOffsets(_ refuseEvery: Int) throws {
        let plan = TestLoads.mixed(seed: 11)
        let log = LateLog(partitions: plan.partitions, refuseEvery: refuseEvery)
        let (summary, entries) = try run(plan, log)
        let records = TestLoads.records(plan)
        #expect(entries.count == records.count)
        var places = [Int](repeating: 0, count: plan.partitions)
        for (entry, record) in zip(entries, records) {
            let kept = log.records[record.partition][places[record.partition]]
            places[record.partition] += 1
            #expect(kept.text == record.text)
            #expect(entry.sequence == record.sequence && entry.partition == record.partition)
            #expect(entry.position == kept.position)
            #expect((entry.outcome == .acknowledged) == (kept.outcome == .acknowledged))
        }
        let refused = log.records.joined().count { $0.outcome == .failed }
        #expect(refuseEvery == 0 ? refused == 0 : refused > 100)
        #expect(summary.progress.failed == Int64(refused))
        #expect(summary.progress.acknowledged == Int64(records.count - refused))
        #expect(summary.progress.unknown == 0)
        let bytes = log.records.joined().filter { $0.outcome == .acknowledged }
            .reduce(0) { $0 + $1.text.count + 1 }
        #expect(summary.progress.bytes == Int64(bytes))
    }

    @Test("what is never answered is unknown, and nothing is left out")
    func unansweredIsUnknown() throws {
        let plan = LoadPlan(
            seed: 1, stages: [.init(name: "b", executor: .backlog(orders: 1_500, eventRate: 1))])
        let log = LateLog(partitions: plan.partitions, answersUntil: 1_000)
        let (summary, entries) = try run(plan, log)
        #expect(entries.count == 1_500)
        #expect(summary.progress.acknowledged == 1_000)
        #expect(summary.progress.unknown == 500)
        #expect(entries.count { $0.outcome == .unknown && $0.position == -1 } == 500)
    }
}
