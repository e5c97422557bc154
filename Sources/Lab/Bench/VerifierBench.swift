internal import ASEEDSystem
internal import Verifier

/// What verifying a run costs, and the reference computation alone.
enum VerifierBench {
    /// 5 million orders in 30 CPU seconds.
    private static let floor = BenchBound.atLeast(5e6 / 30)

    static let verifier = Benchmark(
        name: "verifier",
        summary: "all checks of a real run (log, history, checkpoint, published); the reference",
        defaultOrders: 1_000_000
    ) { stage in
        let run = try VerifiedRun(stage)
        return BenchLineup(contenders: [
            BenchContender(name: "all checks", bounds: [(.ordersPerCPUSecond, floor)]) {
                try measure(stage) {
                    let report = try Verifier.verify(run.evidence)
                    guard report.verdict == .passed else {
                        let story = report.firstDifference?.story ?? "a check was not done"
                        throw CommandFailure(
                            .wrongOutput,
                            "lab bench: the verifier says \(report.verdict.rawValue) of the "
                                + "engine's run: \(story)")
                    }
                    return "\(report.counts) \(report.conservation)"
                }
            },
            BenchContender(
                name: "reference", answer: EngineBenches.answer(orders: stage.orders)
            ) {
                try measure(stage) {
                    try Verifier.referenceAnswer(
                        log: run.evidence.log, run: run.evidence.run)
                }
            },
        ])
    }

    private static func measure(
        _ stage: BenchStage, _ body: () throws -> String
    ) throws -> BenchSample {
        let before = ProcessMemory.resetPeak()
        let startNs = SystemClock.monotonicNs()
        let startCPUNs = SystemClock.processCPUNs()
        let result = try body()
        let cpuNs = SystemClock.processCPUNs() - startCPUNs
        let wallNs = SystemClock.monotonicNs() - startNs
        let peak = ProcessMemory.peakBytes()
        return BenchSample(
            orders: stage.orders, hash: BenchHash.of(Array(result.utf8)), wallNs: wallNs,
            cpuNs: cpuNs, peakBytes: peak.flatMap { $0 > before ? $0 : nil })
    }
}

/// A run of generator, engine and dashboard, as the verifier judges it.
struct VerifiedRun {
    let evidence: Evidence

    init(_ stage: BenchStage) throws {
        let spec = BenchLogSpec(orders: stage.orders)
        let log = stage.folder.path("verified")
        let history = stage.folder.path("verified.history")
        let checkpoint = stage.folder.path("verified.checkpoint")
        let plan = try spec.writePlan(stage)
        _ = try stage.run(["loadgen", "--plan", plan, "--log", log, "--history", history])
        let dashboard = try BenchDashboard(stage)
        let runID = "bench"
        _ = try stage.run(
            [
                "engine", "--log", log, "--trigger", "available-now", "--run-id", runID,
                "--checkpoint", checkpoint, "--event-time-max", BenchLogSpec.eventTimeMax,
            ] + dashboard.engineOptions)
        guard let futureBound = TimeText.micros(BenchLogSpec.eventTimeMax) else {
            throw CommandFailure(.internalBug, "lab bench: the future bound is no time")
        }
        var evidence = Evidence(
            log: try FolderLog(folder: log), run: RunDescription(futureBound: futureBound))
        try evidence.readCheckpoint(path: checkpoint + "/checkpoint.sqlite")
        evidence.history = RunHistory(path: history)
        evidence.published = try dashboard.published(runID: runID)
        self.evidence = evidence
        try stage.stopServices()
    }
}
