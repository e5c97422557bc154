import SQLite
import Synchronization
import Testing

@testable import ASEEDSystem

/// Random logs × batch limits × workers × stops at crash points: the same answer as plain loops.
@Suite struct EnginePropertyTests {
    private static let futureBoundUs: Int64 = 1_705_400_000_000_000

    @Test(arguments: Array(1...24) as [UInt64])
    func anyCutAndAnyCrashGivesTheNaiveAnswer(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let partitions = (0..<(1 + random.below(4))).map { _ in randomPartition(&random) }
        let settings = randomSettings(&random)
        let folder = try TemporaryFolder()
        for (index, bytes) in partitions.enumerated() {
            try folder.write(String(decoding: bytes, as: UTF8.self), to: "partition-\(index).jsonl")
        }
        let log = try FileLog(opening: folder.path)
        let crashes = Mutex(random.below(6))
        let lottery = Mutex(random)
        var state: EngineState?
        while state == nil {
            var options = EngineOptions(
                checkpointFolder: folder.file("checkpoint"), runID: "run")
            options.windows = settings.windows
            options.policy = settings.policy
            options.watermarkDelayMs = settings.delayUs / 1000
            options.eventTimeMaxUs = settings.futureBoundUs
            options.workers = 1 + lottery.withLock { $0.below(3) }
            options.maxOrdersPerTrigger = Int64(1 + lottery.withLock { $0.below(120) })
            options.stopsAt = { _ in
                lottery.withLock { $0.below(12) == 0 }
                    && crashes.withLock { left in
                        left -= 1
                        return left >= 0
                    }
            }
            state = try run(options, log)
        }
        let ranges = try batchRanges(folder.file("checkpoint"))
        let expected = NaiveModel(partitions, ranges: ranges, settings: settings)
        try compare(try #require(state), expected, settings, folder.file("checkpoint"), seed: seed)
        if settings.policy == .record {
            // Nothing depends on the cuts: one batch of everything says the same.
            let whole = partitions.indices.map {
                NaiveModel.BatchRange(
                    batchID: 0, partition: $0, start: 0, end: Int64(partitions[$0].count))
            }
            let uncut = NaiveModel(partitions, ranges: whole, settings: settings)
            #expect(uncut == expected, "seed \(seed)")
        }
    }

    /// Runs to the log's end; nil when the engine was stopped at a crash point.
    private func run(_ options: EngineOptions, _ log: FileLog) throws -> EngineState? {
        do {
            let engine = try Engine(options: options, log: log)
            let ends = try engine.logEnds()
            while try engine.runBatch(upTo: ends) {}
            return engine.state
        } catch EngineError.stopped {
            return nil
        }
    }

    private func compare(
        _ state: EngineState, _ expected: NaiveModel, _ settings: NaiveModel.Settings,
        _ checkpoint: String, seed: UInt64
    ) throws {
        var groups: [ProductKey: ExactSums] = [:]
        for group in state.groups where group.sums.count > 0 { groups[group.key] = group.sums }
        #expect(groups == expected.groups, "seed \(seed)")
        #expect(state.profile.records == expected.records, "seed \(seed)")
        #expect(state.profile.latePairs == expected.latePairs, "seed \(seed)")
        #expect(state.profile.lateRecords == expected.lateRecords, "seed \(seed)")
        #expect(state.latest == expected.latest, "seed \(seed)")
        var rejects: [String: Int64] = [:]
        for reason in RejectReason.allCases {
            let count = state.profile.rejects[Int(reason.rawValue)]
            if count > 0 { rejects[reason.name] = count }
        }
        #expect(rejects == expected.rejects, "seed \(seed)")
        var hours: Int64 = 0
        for hour in state.profile.hours { hours += hour.count }
        #expect(hours == state.profile.totals.count)
        try compareWindows(state, expected, checkpoint, seed: seed)
    }

    /// Final windows are in the checkpoint, open ones in the state; R36 says which is which.
    private func compareWindows(
        _ state: EngineState, _ expected: NaiveModel, _ checkpoint: String, seed: UInt64
    ) throws {
        let database = try Database(path: checkpoint + "/checkpoint.sqlite", mode: .readOnly)
        let rows = try database.prepare(
            """
            SELECT window_start, window_end, category, order_count, total_quantity, total_revenue,
                price_sum, final_batch FROM windows
            """)
        var found: [NaiveModel.WindowRow: ExactSums] = [:]
        while try rows.step() {
            let row = NaiveModel.WindowRow(
                startUs: rows.integer(0), endUs: rows.integer(1), category: rows.bytes(2))
            found[row] = ExactSums(
                count: rows.integer(3), quantity: rows.integer(4),
                revenue: try #require(Decimals.tenThousandths(rows.text(5))),
                price: try #require(Decimals.tenThousandths(rows.text(6))))
            let isFinal = !rows.isNull(7)
            #expect(isFinal == (row.endUs <= state.watermark.floorUs), "seed \(seed)")
        }
        #expect(found == expected.windows, "seed \(seed)")
    }

    private func batchRanges(_ checkpoint: String) throws -> [NaiveModel.BatchRange] {
        let database = try Database(path: checkpoint + "/checkpoint.sqlite", mode: .readOnly)
        let rows = try database.prepare(
            "SELECT batch_id, partition, start, \"end\" FROM batches ORDER BY 1, 2")
        var ranges: [NaiveModel.BatchRange] = []
        while try rows.step() {
            ranges.append(
                .init(
                    batchID: rows.integer(0), partition: Int(rows.integer(1)),
                    start: rows.integer(2), end: rows.integer(3)))
        }
        return ranges
    }

    private func randomSettings(_ random: inout SeededRandom) -> NaiveModel.Settings {
        let grids: [(Int64, Int64, Int64)] = [
            (60_000, 60_000, 0), (60_000, 10_000, 0), (90_000, 60_000, 7_000),
            (300_000, 45_000, 1_234), (1_000, 1_000, 500),
        ]
        var windows: [WindowSpec] = []
        for grid in [grids[random.below(5)], grids[random.below(5)]] {
            if let spec = WindowSpec(sizeMs: grid.0, slideMs: grid.1, offsetMs: grid.2),
                !windows.contains(where: { $0.sizeMs == spec.sizeMs })
            {
                windows.append(spec)
            }
        }
        return NaiveModel.Settings(
            windows: windows, policy: random.below(3) == 0 ? .batch : .record,
            delayUs: [0, 1_000_000, 30_000_000, 600_000_000][random.below(4)],
            futureBoundUs: Self.futureBoundUs)
    }

    /// Usual, odd and broken records; times wander forward with jumps back.
    private func randomPartition(_ random: inout SeededRandom) -> [UInt8] {
        var bytes: [UInt8] = []
        var clockUs: Int64 = 1_705_320_000_000_000
        for number in 0..<random.below(400) {
            clockUs += Int64(random.below(3_000_000))
            let back = random.below(5) == 0 ? Int64(random.below(200_000_000)) : 0
            var record = SampleOrders.order(
                &random, number: number, timeUs: max(0, clockUs - back))
            if random.below(10) == 0 { record = SampleOrders.odd(&random, number: number) }
            if random.below(30) == 0 { record = Array("{\"order_id\": 1}".utf8) }
            bytes += record + [0x0a]
        }
        return bytes
    }
}
