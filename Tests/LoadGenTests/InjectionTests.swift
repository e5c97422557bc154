import ASEEDSystem
import Foundation
import Testing

@testable import LoadGen

@Suite struct InjectionTests {
    /// Gives each command when its time has come.
    private final class Script: LoadControl {
        let clock: SimulatedClock
        var steps: [(atNs: Int64, command: LoadCommand)]
        var refusals: [String?] = []

        init(_ clock: SimulatedClock, _ steps: [(atNs: Int64, command: LoadCommand)]) {
            self.clock = clock
            self.steps = steps
        }

        func takeCommands() -> [LoadCommand] {
            var due: [LoadCommand] = []
            while let step = steps.first, step.atNs <= clock.now {
                due.append(step.command)
                steps.removeFirst()
            }
            return due
        }

        func answer(_ injection: Injection, refusal: String?) { refusals.append(refusal) }
    }

    private struct Run {
        var entries: [HistoryEntry] = []
        var texts: [[UInt8]] = []
        var summary: LoadSummary
        var refusals: [String?]
    }

    private static let second: Int64 = 1_000_000_000

    /// Runs a plan whose clock starts at second 1, with commands at those times.
    private func run(
        _ plan: LoadPlan, _ steps: [(atNs: Int64, command: LoadCommand)]
    ) throws -> Run {
        let folder = try TestLoads.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let clock = SimulatedClock()
        clock.lookNs = 1_000
        let log = try FileLog.create(at: folder + "/log", partitions: plan.partitions)
        let history = try HistoryWriter(path: folder + "/history", plan: plan)
        let runner = try LoadRunner(plan: plan, log: log, history: history, clock: clock)
        let script = Script(clock, steps)
        runner.control = script
        for stage in plan.stages.indices { try runner.run(stage: stage) { _, _, _ in } }
        var run = Run(summary: runner.summary, refusals: script.refusals)
        let logs = try (0..<plan.partitions).map {
            try Array(
                Data(contentsOf: URL(fileURLWithPath: "\(folder)/log/partition-\($0).jsonl")))
        }
        try HistoryReader(path: folder + "/history").forEach { entry in
            run.entries.append(entry)
            let start = Int(entry.position)
            run.texts.append(Array(logs[entry.partition][start..<start + entry.length]))
        }
        #expect(
            run.entries.reduce(0) { $0 + $1.length + 1 } == logs.reduce(0) { $0 + $1.count },
            "no byte of the log is without an entry")
        return run
    }

    private func steady(rate: Double = 100, seconds: Int64 = 10) -> LoadPlan {
        var plan = LoadPlan(
            seed: 71,
            stages: [
                .init(
                    name: "steady",
                    executor: .constantArrivalRate(
                        rate: rate, durationMs: seconds * 1_000, pacing: .uniform))
            ])
        plan.eventTimeMaxUs = plan.eventTimeStartUs + 86_400_000_000
        plan.watermarkDelayMs = 5_000
        plan.windowMs = 2_000
        plan.slideMs = 2_000
        return plan
    }

    private func expectReasons(_ run: Run, _ plan: LoadPlan) throws {
        let boundUs = try #require(plan.eventTimeMaxUs)
        for (entry, text) in zip(run.entries, run.texts) {
            #expect(
                NaiveValidator.reason(text, futureBoundUs: boundUs) == entry.invalidKind?.reason)
        }
    }

    @Test("a burst is spaced at its rate, beside the stage's own orders")
    func burst() throws {
        let run = try run(
            steady(), [(3 * Self.second, .inject(.burst(orders: 2_000, rate: 4_000)))])
        #expect(run.refusals == [nil])
        #expect(run.entries.count == 3_000)
        #expect(run.entries.map(\.sequence) == Array(1...3_000))
        #expect(run.entries.allSatisfy { $0.fate == .normal && $0.outcome == .acknowledged })
        for (before, after) in zip(run.entries, run.entries.dropFirst()) {
            #expect(before.scheduledNs <= after.scheduledNs)
        }
        let start = run.summary.stages[0].startNs
        // 2,000 orders in half a second, from second 3 of the clock on, and 50 of the plan's.
        let within = run.entries.filter {
            ($0.scheduledNs - start - 2 * Self.second) / (Self.second / 2) == 0
                && $0.scheduledNs >= start + 2 * Self.second
        }
        #expect(abs(within.count - 2_050) <= 4)
    }

    @Test("injected late orders are in no window any more (R33)")
    func late() throws {
        let plan = steady()
        let run = try run(plan, [(8 * Self.second, .inject(.late(orders: 300)))])
        #expect(run.summary.progress.fates[.late] == 300)
        var newest = [Int64](repeating: .min, count: plan.partitions)
        for (entry, text) in zip(run.entries, run.texts) {
            let json = try JSONParser.parse(text)
            let us = try #require(json["timestamp"]?.string.flatMap(TimeText.since1970))
            let before = newest[entry.partition]
            newest[entry.partition] = max(before, us)
            guard entry.fate == .late else { continue }
            let windowEnd = (us / 2_000_000 + 1) * 2_000_000
            #expect(windowEnd <= before - 5_000_000)
        }
    }

    @Test("injected invalid records go through the reasons in turn", arguments: [16, 160])
    func invalid(orders: Int64) throws {
        let run = try run(
            steady(), [(4 * Self.second, .inject(.invalid(orders: orders)))])
        #expect(run.summary.progress.fates[.invalid] == orders)
        #expect(run.summary.progress.invalidKinds.count == InvalidKind.usual.count)
        #expect(
            run.summary.progress.invalidKinds.values.allSatisfy {
                $0 == orders / Int64(InvalidKind.usual.count)
            })
        try expectReasons(run, steady())
    }

    @Test("with every kind of the mix on, injections disturb no fate", arguments: [1, 2, 3])
    func beneathAMix(_ seed: Int64) throws {
        let plan = TestLoads.mixed(seed: seed, orders: 500)
        let run = try run(
            plan,
            [
                (2 * Self.second, .inject(.late(orders: 50))),
                (2 * Self.second, .inject(.burst(orders: 700, rate: 900))),
                (2 * Self.second, .inject(.invalid(orders: 40))),
                (3 * Self.second, .inject(.invalid(orders: 8))),
            ])
        #expect(run.refusals == [nil, nil, nil, nil])
        let plain = TestLoads.records(plan).filter { $0.fate != .duplicate }.count
        let orders = run.entries.filter { $0.fate != .duplicate }
        #expect(orders.count == plain + 798)
        #expect(orders.map(\.sequence) == Array(1...Int64(orders.count)))
        try expectReasons(run, plan)
    }

    @Test("stop ends the stage, and the next one runs")
    func stop() throws {
        var plan = steady(seconds: 100)
        plan.stages.append(
            .init(
                name: "after",
                executor: .constantArrivalRate(rate: 10, durationMs: 1_000, pacing: .uniform)))
        let run = try run(plan, [(3 * Self.second, .stop)])
        #expect(!run.summary.isStopped)
        let first = run.entries.filter { $0.stage == 0 }
        #expect(abs(first.count - 200) <= 1)
        #expect(run.entries.filter { $0.stage == 1 }.count == 10)
    }

    @Test("a backlog takes no injection, and ids are never used up")
    func refuses() throws {
        var backlog = steady()
        backlog.stages = [.init(name: "b", executor: .backlog(orders: 10, eventRate: 10))]
        #expect(
            try run(backlog, [(0, .inject(.late(orders: 1)))]).refusals
                == ["the stage that runs has no schedule"])
        var long = steady()
        long.firstSequence = 999_000_000 - long.orders
        let refused = try run(long, [(0, .inject(.late(orders: 1_000_001)))])
        #expect(refused.refusals == ["order ids of 9 digits would run out"])
    }

    @Test(
        "commands are read strictly",
        arguments: [
            "", "stop now", "inject", "inject burst 10", "inject burst 0 10", "inject burst 5 0",
            "inject burst 5 nan", "inject burst 10000001 5", "inject late", "inject late -1",
            "inject late 5 5", "inject late 5x", "inject invalid", "inject duplicates 5", "start",
        ])
    func strict(line: String) {
        #expect(throws: PlanError.self) { try LoadCommand(line: line) }
    }

    @Test func readsCommands() throws {
        #expect(try LoadCommand(line: "stop") == .stop)
        #expect(
            try LoadCommand(line: "inject burst 100 2.5")
                == .inject(.burst(orders: 100, rate: 2.5)))
        #expect(try LoadCommand(line: "inject late 7") == .inject(.late(orders: 7)))
        #expect(try LoadCommand(line: "inject invalid 8") == .inject(.invalid(orders: 8)))
    }
}
