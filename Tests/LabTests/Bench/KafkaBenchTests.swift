import ASEEDSystem
import Foundation
import Testing

@testable import Lab

/// The benchmarks over Kafka at a tiny size, with a broker of their own.
@Suite(
    .serialized, .timeLimit(.minutes(15)),
    .enabled(
        if: RunningBroker.arePartsThere,
        "librdkafka and the brokers are not there: scripts/setup --with-kafka"))
struct KafkaBenchTests {
    private static let orders: Int64 = 3_000

    private static func runner(folder: String) throws -> BenchRunner {
        var runner = BenchRunner(folder: folder, program: try LabProcess.program().path)
        runner.orders = orders
        runner.runs = 2
        runner.allowsDebug = true
        return runner
    }

    /// The processes whose standard error goes into a folder.
    private static func processes(writingInto folder: String) -> [String] {
        let files = FileManager.default
        return FileTree.names(in: "/proc").filter { name in
            let target = try? files.destinationOfSymbolicLink(atPath: "/proc/\(name)/fd/2")
            return target?.hasPrefix(folder) == true
        }
    }

    private static func awaitNone(writingInto folder: String) throws {
        let deadline = SystemClock.monotonicNs() + 10_000_000_000
        while !processes(writingInto: folder).isEmpty {
            try #require(SystemClock.monotonicNs() < deadline, "the broker outlives the benchmark")
            sched_yield()
        }
    }

    @Test(
        "bare figure, ours and their ratio come from one run; the engine's answer is that of files")
    func measuresBoth() throws {
        let folder = try TemporaryFolder()
        let benchmarks =
            BenchCatalogue.matching("engine-compact") + BenchCatalogue.matching("kafka-*")
        let outcomes = try Self.runner(folder: folder.path).run(benchmarks).dropFirst()
        #expect(outcomes.map(\.benchmark.name) == ["kafka-engine", "kafka-loadgen"])
        for outcome in outcomes {
            let comparison = try #require(outcome.lineup.comparisons.first)
            #expect(comparison.bound == .atLeast(0.8))
            #expect(outcome.samples.allSatisfy { $0.count == 2 })
            #expect(outcome.samples.joined().allSatisfy { $0.orders == Self.orders })
            let ratio = try #require(outcome.ratios(comparison)).median
            #expect(ratio > 0)
            let table = BenchTable(outcome: outcome).text
            let ours = "\(comparison.numerator): 3,000 orders"
            let bare = "\(comparison.denominator): 3,000 orders"
            for part in [ours, bare, comparison.name, "at least 0.80 x", "tansu ", "librdkafka "] {
                #expect(table.contains(part), "\(part) is not in\n\(table)")
            }
        }
        try Self.awaitNone(writingInto: folder.path)
    }

    @Test("an interruption ends the broker too")
    func interruptionEndsTheBroker() throws {
        let folder = try TemporaryFolder()
        var runner = try Self.runner(folder: folder.path)
        var brokers: [String] = []
        runner.isStopped = {
            brokers = Self.processes(writingInto: folder.path)
            return !brokers.isEmpty
        }
        let failure = #expect(throws: CommandFailure.self) {
            try runner.run(BenchCatalogue.matching("kafka-engine"))
        }
        #expect(failure?.code == .interrupted)
        #expect(!brokers.isEmpty, "it was there before")
        try Self.awaitNone(writingInto: folder.path)
        #expect(FileTree.names(in: folder.path).isEmpty)
    }

    @Test("a broker that is killed is told as the reason")
    func aDeadBrokerIsTheReason() throws {
        let folder = try TemporaryFolder()
        var runner = try Self.runner(folder: folder.path)
        runner.isStopped = {
            for name in Self.processes(writingInto: folder.path) {
                if let pid = pid_t(name) { kill(pid, SIGKILL) }
            }
            return false
        }
        let failure = #expect(throws: CommandFailure.self) {
            try runner.run(BenchCatalogue.matching("kafka-engine"))
        }
        #expect(failure?.code == .unavailable)
        #expect(failure?.description.contains("tansu ended by itself") == true, "\(failure as Any)")
    }
}
