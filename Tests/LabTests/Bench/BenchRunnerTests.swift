import Foundation
import Testing

@testable import Lab

@Suite struct BenchRunnerTests {
    private static func sample(
        orders: Int64 = 2_000_000, hash: UInt64 = 1, wallNs: Int64 = 1_000_000_000,
        cpuNs: Int64 = 500_000_000
    ) -> BenchSample {
        BenchSample(orders: orders, hash: hash, wallNs: wallNs, cpuNs: cpuNs)
    }

    private static func runner(runs: Int = 3) -> BenchRunner {
        var runner = BenchRunner(
            folder: FileManager.default.temporaryDirectory.path, program: "/bin/true")
        runner.runs = runs
        runner.allowsDebug = true
        return runner
    }

    private static func benchmark(
        _ name: String, _ contenders: @escaping @Sendable () -> [BenchContender]
    ) -> Benchmark {
        Benchmark(name: name, summary: "", defaultOrders: 2_000_000) { _ in
            BenchLineup(contenders: contenders())
        }
    }

    @Test("a debug build is refused with code 69")
    func refusesDebugBuilds() throws {
        guard BuildInfo.buildMode == "debug" else { return }
        let lab = try LabProcess.run(["bench", "--orders", "1000", "--runs", "1"])
        #expect(lab.code == ExitCode.unavailable.rawValue)
        #expect(lab.error.contains("debug build"))
        #expect(lab.out.isEmpty)
    }

    @Test("an unknown benchmark is a usage error that names a near one")
    func unknownFilter() throws {
        let lab = try LabProcess.run(["bench", "--filter", "verifyer", "--list"])
        #expect(lab.code == ExitCode.usage.rawValue)
        #expect(lab.error.contains("did you mean verifier?"))
    }

    @Test("runs of one contender with different results fail")
    func differentRuns() throws {
        let hashes: [UInt64] = [7, 7, 8]
        let benchmark = Self.benchmark("unsteady") {
            var next = 0
            return [
                BenchContender(name: "a") {
                    defer { next += 1 }
                    return Self.sample(hash: hashes[next])
                }
            ]
        }
        let failure = #expect(throws: CommandFailure.self) {
            try Self.runner().run([benchmark])
        }
        #expect(failure?.code == .wrongOutput)
    }

    @Test("contenders of different benchmarks with different answers to the same orders fail")
    func differentAnswers() throws {
        func benchmark(_ name: String, _ hash: UInt64, _ answer: String) -> Benchmark {
            Self.benchmark(name) {
                [BenchContender(name: "x", answer: answer) { Self.sample(hash: hash) }]
            }
        }
        let first = benchmark("first", 1, "same")
        #expect(throws: CommandFailure.self) {
            try Self.runner().run([first, benchmark("second", 2, "same")])
        }
        let outcomes = try Self.runner().run([first, benchmark("third", 2, "other")])
        #expect(outcomes.count == 2)
    }

    @Test("contenders run in alternation, to and fro")
    func alternates() throws {
        let order = OrderOfRuns()
        let benchmark = Self.benchmark("alternating") {
            ["a", "b", "c"].map { name in
                BenchContender(name: name) {
                    order.names.append(name)
                    return Self.sample()
                }
            }
        }
        _ = try Self.runner(runs: 2).run([benchmark])
        #expect(order.names == ["a", "b", "c", "c", "b", "a"])
    }

    @Test("the folder is gone afterwards, also after an error")
    func removesItsFolder() throws {
        let parent = FileManager.default.temporaryDirectory
            .appending(path: "bench-runner-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: parent) }
        var runner = Self.runner()
        runner.folder = parent.path
        let failing = Benchmark(name: "failing", summary: "", defaultOrders: 1_000) { stage in
            _ = try stage.logs.path(BenchLogSpec(orders: stage.orders))
            _ = try stage.run(["fails"])
            return BenchLineup(contenders: [])
        }
        runner.program = "/bin/false"
        let failure = #expect(throws: CommandFailure.self) { try runner.run([failing]) }
        #expect(failure?.description.contains("ended with exit code 1") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path).isEmpty)
    }

    @Test("bounds are judged by the median, and only with enough orders")
    func judges() throws {
        let cpu: [Int64] = [900_000_000, 250_000_000, 200_000_000]
        func outcome(orders: Int64) -> BenchOutcome {
            let samples = cpu.map { Self.sample(orders: orders, cpuNs: $0) }
            return BenchOutcome(
                benchmark: Self.benchmark("x") { [] },
                lineup: BenchLineup(contenders: [
                    BenchContender(name: "a") { Self.sample() },
                    BenchContender(name: "b") { Self.sample() },
                ]),
                samples: [samples, samples.reversed()])
        }
        let full = outcome(orders: 2_000_000)
        let spread = try #require(full.spread(.ordersPerCPUSecond, of: 0))
        #expect(spread.median == 8e6)
        #expect(full.judge(.atLeast(8e6), spread, of: 0) == .met)
        #expect(full.judge(.atLeast(8.1e6), spread, of: 0) == .missed)
        #expect(full.judge(.atMost(7.9e6), spread, of: 0) == .missed)
        #expect(outcome(orders: 1_000).judge(.atLeast(1), spread, of: 0) == .notJudged)
        let comparison = BenchComparison(
            name: "", figure: .cpuSeconds, numerator: "a", denominator: "b")
        #expect(try #require(full.ratios(comparison)).median == 1)
        #expect(try #require(full.ratios(comparison)).max == 4.5)
    }

    @Test("the middle of an even number of values is halfway between the middle two")
    func spreads() {
        #expect(BenchSpread([]) == nil)
        #expect(BenchSpread([3, 1, 2])?.median == 2)
        #expect(BenchSpread([4, 1, 2, 3])?.median == 2.5)
    }

    @Test("the peak of memory is read as the kernel writes it")
    func readsPeak() throws {
        let status = "Name:\tlab\nVmPeak:\t   99999 kB\nVmHWM:\t   20716 kB\nThreads:\t1\n"
        #expect(ProcessMemory.peakBytes(in: status) == Int64(21_213_184))
        #expect(ProcessMemory.peakBytes(in: "Name:\tlab\n") == nil)
        #expect(try #require(ProcessMemory.peakBytes()) > 1_000_000)
    }

    private final class OrderOfRuns: @unchecked Sendable {
        // Touched by the one thread of the runner.
        var names: [String] = []
    }
}
