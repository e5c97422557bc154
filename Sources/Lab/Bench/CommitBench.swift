internal import ASEEDSystem

/// What a commit costs by the number of keys that its batch touched.
enum CommitBench {
    static let commit = Benchmark(
        name: "checkpoint-commit",
        summary: "the engine's commit (SQLite, synchronous=FULL) of 1,000 and 100,000 touched keys",
        defaultOrders: 2_000_000
    ) { stage in
        BenchLineup(
            contenders: try [1_000, 100_000].map { (keys: Int64) in
                try contender(keys: keys, stage)
            })
    }

    /// The most batches of a run.
    private static let maxBatches: Int64 = 50

    /// A batch of five orders a product touches 99 % of the products.
    private static func contender(keys wanted: Int64, _ stage: BenchStage) throws -> BenchContender
    {
        let keys = max(1, min(wanted, stage.orders / 20))
        let batch = keys * 5
        let orders = min(stage.orders, batch * maxBatches)
        let log = try stage.logs.path(
            BenchLogSpec(orders: orders, products: Int(keys), isUniform: true))
        let part = BenchStage(
            orders: orders, seed: stage.seed, program: stage.program, folder: stage.folder,
            logs: stage.logs)
        let run = EngineRun(
            stage: part, log: log, more: ["--max-orders-per-trigger", "\(batch)"])
        return BenchContender(name: "\(Figures.grouped(wanted)) keys") {
            var figures = CommitFigures()
            var sample = try run.run { _, progress in
                figures = try CommitFigures(progress: progress)
            }.sample
            sample.extras = figures.extras
            return sample
        }
    }
}

/// What `progress.jsonl` says of a run's commits.
struct CommitFigures {
    private var commitMs: [Double] = []
    private var keys: [Double] = []
    private var checkpointBytes = 0.0

    init() {}

    init(progress path: String) throws {
        let bytes = try FileBytes.read(path, limit: 64 << 20)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let batch = try JSONParser.parse(Array(line))
            let operators = batch["stateOperators"]?.elements ?? []
            let products = operators.first { $0["operatorName"]?.string == "top_products" }
            guard let ms = batch["durationMs"]?["walCommit"]?.double,
                let updated = products?["numRowsUpdated"]?.double,
                let size = batch["x"]?["checkpoint_bytes"]?.double
            else {
                throw CommandFailure(
                    .internalBug,
                    "lab bench: \(path) has a line without walCommit, numRowsUpdated or "
                        + "checkpoint_bytes")
            }
            commitMs.append(ms)
            keys.append(updated)
            checkpointBytes = size
        }
        guard commitMs.count > 1 else {
            throw CommandFailure(
                .internalBug, "lab bench: the engine made \(commitMs.count) batches, 2 are needed")
        }
    }

    var extras: [(figure: BenchFigure, value: Double)] {
        let first = commitMs.first.map { (BenchFigure.firstCommitMs, $0) }
        let rest = BenchSpread(Array(commitMs.dropFirst())).map {
            (BenchFigure.commitMs, $0.median)
        }
        let touched = BenchSpread(keys).map { (BenchFigure.touchedKeys, $0.median) }
        return [touched, first, rest, (BenchFigure.checkpointBytes, checkpointBytes)]
            .compactMap { $0 }
    }
}
