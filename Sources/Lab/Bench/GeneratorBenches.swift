internal import ASEEDSystem
internal import LoadGen

/// How fast orders are made, into memory and into a file log.
enum GeneratorBenches {
    static let memory = Benchmark(
        name: "generator-memory",
        summary: "the simulator's orders into blocks in memory, one thread",
        defaultOrders: 5_000_000
    ) { stage in
        BenchLineup(contenders: [
            BenchContender(name: "memory") {
                let startNs = SystemClock.monotonicNs()
                let made = GeneratorBenchmark.run(orders: stage.orders, seed: stage.seed)
                return BenchSample(
                    orders: made.orders, hash: made.hash,
                    wallNs: SystemClock.monotonicNs() - startNs, cpuNs: made.cpuNs)
            }
        ])
    }

    static let file = Benchmark(
        name: "generator-file",
        summary: "the process `lab loadgen`: orders into a file log of 4 partitions, with history",
        defaultOrders: 5_000_000
    ) { stage in
        let spec = BenchLogSpec(orders: stage.orders)
        let plan = try spec.writePlan(stage)
        return BenchLineup(contenders: [
            BenchContender(name: "file log") { try generate(spec, plan: plan, stage) }
        ])
    }

    private static func generate(
        _ spec: BenchLogSpec, plan: String, _ stage: BenchStage
    ) throws -> BenchSample {
        let name = stage.freshName("generated")
        let log = stage.folder.path(name)
        let history = stage.folder.path("history.bin")
        let child = try stage.run(
            ["loadgen", "--plan", plan, "--log", log, "--history", history])
        let files = (0..<spec.partitions).map { "\(log)/partition-\($0).jsonl" }
        let hash = try BenchHash.of(files: files)
        try stage.folder.remove(name)
        try stage.folder.remove("history.bin")
        return BenchSample(
            orders: stage.orders, hash: hash, wallNs: child.wallNs, cpuNs: child.cpuNs,
            peakBytes: child.peakBytes)
    }
}
