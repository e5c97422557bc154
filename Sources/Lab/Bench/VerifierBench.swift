internal import ASEEDSystem
internal import Verifier

/// What the reference computation over a log costs.
enum VerifierBench {
    static let verifier = Benchmark(
        name: "verifier",
        summary: "the verifier's reference answer over a file log, in this process",
        defaultOrders: 1_000_000
    ) { stage in
        let path = try stage.logs.path(BenchLogSpec(orders: stage.orders))
        let run = RunDescription(futureBound: try futureBound())
        return BenchLineup(contenders: [
            BenchContender(
                name: "reference",
                // 5 million orders in 30 CPU seconds.
                bounds: [(.ordersPerCPUSecond, .atLeast(5e6 / 30))],
                answer: EngineBenches.answer(orders: stage.orders)
            ) {
                let before = ProcessMemory.resetPeak()
                let startNs = SystemClock.monotonicNs()
                let startCPUNs = SystemClock.processCPUNs()
                let answer = try Verifier.referenceAnswer(
                    log: FolderLog(folder: path), run: run)
                let cpuNs = SystemClock.processCPUNs() - startCPUNs
                let wallNs = SystemClock.monotonicNs() - startNs
                let peak = ProcessMemory.peakBytes()
                return BenchSample(
                    orders: stage.orders, hash: BenchHash.of(Array(answer.utf8)),
                    wallNs: wallNs, cpuNs: cpuNs,
                    peakBytes: peak.flatMap { $0 > before ? $0 : nil })
            }
        ])
    }

    private static func futureBound() throws -> Int64 {
        guard let time = TimeText.micros(BenchLogSpec.eventTimeMax) else {
            throw CommandFailure(.internalBug, "lab bench: the future bound is no time")
        }
        return time
    }
}
