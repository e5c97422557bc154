import ASEEDSystem

@testable import Lab
@testable import LoadGen

/// A load that was carried out in simulated time, into a real log, with its history.
struct MadeHistory {
    /// Time passes only while the load waits, and once all at once.
    private final class Clock: LoadClock {
        private var now: Int64 = 1_000_000_000
        private var stall: (atNs: Int64, lengthNs: Int64)?
        let isStopped = false

        init(stall: (atMs: Int64, lengthMs: Int64)?) {
            self.stall = stall.map { (now + $0.atMs * 1_000_000, $0.lengthMs * 1_000_000) }
        }

        func nowNs() -> Int64 { now }

        func wait(untilNs: Int64) {
            now = max(now, untilNs)
            guard let stall, now >= stall.atNs else { return }
            now += stall.lengthNs
            self.stall = nil
        }
    }

    let path: String
    let entries: [LoadGen.HistoryEntry]
    private let folder: TemporaryFolder

    /// - Parameter stall: the generator does not run from then on for so long.
    init(
        rate: Double, durationMs: Int64, partitions: Int = 2,
        stall: (atMs: Int64, lengthMs: Int64)? = nil
    ) throws {
        folder = try TemporaryFolder()
        path = "\(folder.path)/history.bin"
        var plan = LoadPlan(
            seed: 3,
            stages: [
                .init(
                    name: "steady",
                    executor: .constantArrivalRate(
                        rate: rate, durationMs: durationMs, pacing: .uniform))
            ])
        plan.partitions = partitions
        let runner = try LoadRunner(
            plan: plan, log: FileLog.create(at: "\(folder.path)/log", partitions: partitions),
            history: HistoryWriter(path: path, plan: plan), clock: Clock(stall: stall))
        try runner.run(stage: 0) { _, _, _ in }
        var read: [LoadGen.HistoryEntry] = []
        try HistoryReader(path: path).forEach { read.append(copy $0) }
        entries = read
    }

    /// What the lab makes of it.
    func measures(cuts: TimeCuts = TimeCuts([Int64]())) throws -> HistoryMeasures {
        let last = entries.last.map { $0.scheduledNs - entries[0].scheduledNs } ?? 0
        return try HistoryMeasures.read(
            path,
            HistoryMeasures.Basis(
                pacedStagesMs: [0: last / 1_000_000 + 1], cuts: cuts,
                commits: CommitTimes(batches: [], engineEndsNs: [], partitions: 2),
                subscription: nil))
    }
}

extension MadeHistory {
    /// How far the log is read after so many orders.
    struct Place {
        var records: Int64
        var positions: [Int64]
        var byPartition: [Int: Int64] {
            Dictionary(uniqueKeysWithValues: positions.enumerated().map { ($0.offset, $0.element) })
        }
    }

    func place(_ records: Int) -> Place {
        var positions: [Int64] = [0, 0]
        for entry in entries.prefix(records) {
            positions[entry.partition] = entry.position + Int64(entry.length) + 1
        }
        return Place(records: Int64(records), positions: positions)
    }
}
