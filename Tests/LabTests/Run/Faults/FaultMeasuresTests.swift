import ASEEDSystem
import Testing

@testable import Lab

/// What a fault cost, computed from batches and history.
@Suite struct FaultMeasuresTests {
    private static let ms: Int64 = 1_000_000
    private static let origin: Int64 = 1_000

    private static func batch(
        _ id: Int64, epoch: Int64, from: MadeHistory.Place, to: MadeHistory.Place, commitMs: Int64
    ) throws -> BatchProgress {
        try LatencyMeasuresTests.batch(
            id, epoch: epoch, from.positions, to.positions, commitMs: origin + commitMs,
            total: to.records)
    }

    private static func occurrence(
        _ action: String, _ target: String, injectedMs: Int64, lost: PlannedBatch? = nil
    ) throws -> FaultOccurrence {
        let extra = action == "pause" ? #","duration":"1s""# : ""
        let fault = try #require(
            try scenario(
                """
                {"seed":1,"load":{"executor":"constant-arrival-rate","rate":1,"duration":"9s"},
                 "faults":[{"id":"f","action":"\(action)","target":"\(target)","at":"1s"\(extra)}]}
                """
            ).faults.first)
        var occurrence = FaultOccurrence(fault: fault, number: 1, dueNs: 0)
        occurrence.injectedNs = (origin + injectedMs) * ms
        occurrence.signalledNs = occurrence.injectedNs
        occurrence.restartedNs = (origin + injectedMs + 100) * ms
        occurrence.epochBefore = 1
        occurrence.lostBatch = lost
        occurrence.state = .settled
        return occurrence
    }

    private static func measures(
        _ history: MadeHistory, _ batches: [BatchProgress], _ occurrence: FaultOccurrence
    ) throws -> FaultMeasures {
        var occurrence = occurrence
        occurrence.firstProgressNs = batches.first(where: occurrence.isProgress)?.commitNs
        return try FaultMeasures(
            [occurrence], batches: batches,
            commits: CommitTimes(batches: batches, engineEndsNs: [], partitions: 2),
            history: history.path)
    }

    private static func value(_ store: MetricStore, _ name: String) -> Double? {
        store.selected(MetricSelector(name: name, tags: ["fault": "f"])).first?.value
    }

    /// 1,000 orders a second; the engine commits every 100 ms, is away from 500 ms to 900 ms, and
    /// needs three batches to catch up.
    private static func batches(_ history: MadeHistory) throws -> [BatchProgress] {
        let places = [0, 100, 200, 300, 400, 500, 700, 990, 1_100, 1_190].map(history.place)
        let commits: [(Int64, Int64)] = [
            (100, 1), (200, 1), (300, 1), (400, 1), (500, 1), (900, 2), (1_000, 2), (1_100, 2),
            (1_200, 2),
        ]
        return try commits.enumerated().map { index, commit in
            try batch(
                Int64(index), epoch: commit.1, from: places[index], to: places[index + 1],
                commitMs: commit.0)
        }
    }

    @Test func aKilledEngine() throws {
        let history = try MadeHistory(rate: 1_000, durationMs: 1_200)
        let lost = PlannedBatch(
            batchID: 5, starts: history.place(500).byPartition,
            ends: history.place(560).byPartition,
            maxRecords: 1_000)
        let measures = try Self.measures(
            history, Self.batches(history),
            Self.occurrence("kill", "engine", injectedMs: 550, lost: lost))
        var store = MetricStore()
        measures.fill(&store)
        #expect(Self.value(store, "outage_ms") == 350)
        // At 900 ms 200 orders wait still, at 1,000 ms ten, at 1,100 ms none.
        #expect(Self.value(store, "recovery_time_ms") == 550)
        #expect(Self.value(store, "replayed_orders") == 60)
        #expect(
            store.faults.map(\.interval) == [
                .init(startNs: 1_550 * Self.ms, endNs: 2_100 * Self.ms)
            ])
    }

    /// A batch that was committed and not reported is followed by the next number.
    @Test func aBatchThatWasCommittedIsNotReadAgain() throws {
        let history = try MadeHistory(rate: 1_000, durationMs: 1_200)
        let lost = PlannedBatch(
            batchID: 4, starts: history.place(400).byPartition,
            ends: history.place(500).byPartition,
            maxRecords: 1_000)
        let measures = try Self.measures(
            history, Self.batches(history),
            Self.occurrence("kill", "engine", injectedMs: 550, lost: lost))
        #expect(measures.occurrences[0].replayedOrders == 0)
    }

    @Test func aLimitOfABatchBoundsWhatWasRead() throws {
        let history = try MadeHistory(rate: 1_000, durationMs: 1_200)
        let lost = PlannedBatch(
            batchID: 5, starts: history.place(500).byPartition,
            ends: history.place(900).byPartition,
            maxRecords: 25)
        let measures = try Self.measures(
            history, Self.batches(history),
            Self.occurrence("kill", "engine", injectedMs: 550, lost: lost))
        #expect(measures.occurrences[0].replayedOrders == 25)
    }

    @Test func aFaultOfAnotherServiceDoesNotStopTheEngine() throws {
        let history = try MadeHistory(rate: 1_000, durationMs: 1_200)
        let measures = try Self.measures(
            history, Self.batches(history),
            Self.occurrence("kill", "dashboard", injectedMs: 250))
        var store = MetricStore()
        measures.fill(&store)
        #expect(Self.value(store, "outage_ms") == 50)
        #expect(Self.value(store, "recovery_time_ms") == 50)
        #expect(Self.value(store, "replayed_orders") == 0)
        #expect(measures.dashboardOutages.count == 1)
    }

    @Test func whatCanNotBeToldIsUnknown() throws {
        let history = try MadeHistory(rate: 1_000, durationMs: 1_200)
        let measures = try Self.measures(
            history, Self.batches(history),
            Self.occurrence("kill", "engine", injectedMs: 1_300))
        var store = MetricStore()
        measures.fill(&store)
        for name in ["outage_ms", "recovery_time_ms", "replayed_orders"] {
            #expect(store.unknowns[name]?.contains("the fault f") == true, "\(name)")
        }
    }
}
