internal import ASEEDSystem

/// The engine as a process over a file log: the usual orders, other shapes of them, hostile ones.
enum EngineBenches {
    /// Bounds of the project's acceptance, orders per CPU second.
    private static let plainFloor = BenchBound.atLeast(12e6)
    private static let shapeFloor = BenchBound.atLeast(8e6)
    private static let randomFloor = BenchBound.atLeast(2e6)

    static let plain = Benchmark(
        name: "engine",
        summary: "the process `lab engine` over a file log: 1 worker, 2 workers, publishing",
        defaultOrders: 5_000_000
    ) { stage in
        let log = try stage.logs.path(BenchLogSpec(orders: stage.orders))
        let dashboard = try BenchDashboard(stage)
        let bounds: [(figure: BenchFigure, bound: BenchBound)] = [
            (.ordersPerCPUSecond, plainFloor), (.peakRSS, .atMost(150e6)),
        ]
        return BenchLineup(
            contenders: [
                contender("1 worker", EngineRun(stage: stage, log: log), bounds),
                contender("2 workers", EngineRun(stage: stage, log: log, workers: 2), bounds),
                contender(
                    "1 worker, publishing",
                    EngineRun(stage: stage, log: log, more: dashboard.engineOptions),
                    bounds),
            ],
            comparisons: [
                BenchComparison(
                    name: "speed-up by the second worker", figure: .ordersPerSecond,
                    numerator: "2 workers", denominator: "1 worker", bound: .atLeast(1.7))
            ])
    }

    static let compact = shape(
        "engine-compact", "separators without spaces", [.compact], shapeFloor)
    static let reordered = shape(
        "engine-reordered", "the keys sorted by name", [.reordered], shapeFloor)
    static let extra = shape(
        "engine-extra", "further fields: scalars; scalars and a nested object",
        [.extraScalars, .extraNested], shapeFloor)
    static let uuid = shape("engine-uuid", "order ids of 36 bytes", [.uuid], shapeFloor)
    static let randomKeys = shape(
        "engine-random-keys", "a new random key order in every record", [.randomKeys],
        randomFloor, orders: 2_000_000)

    static let hostile = Benchmark(
        name: "engine-hostile",
        summary: "1 % of the records rejected, or odd but valid, against the clean log",
        defaultOrders: 5_000_000
    ) { stage in
        func log(_ shape: OrderShape, invalid: Double = 0) throws -> String {
            try stage.logs.path(
                BenchLogSpec(orders: stage.orders, shape: shape, invalidFraction: invalid))
        }
        let rejected = try EngineRun(stage: stage, log: log(.plain, invalid: 0.01))
        func slowdown(_ name: String) -> BenchComparison {
            BenchComparison(
                name: "\(name): CPU seconds against clean", figure: .cpuSeconds,
                numerator: name, denominator: "clean", bound: .atMost(1.5))
        }
        return BenchLineup(
            contenders: [
                try contender("clean", EngineRun(stage: stage, log: log(.plain))),
                BenchContender(name: "1 % rejected") { try rejected.measure() },
                try contender("1 % odd", EngineRun(stage: stage, log: log(.odd))),
            ],
            comparisons: [slowdown("1 % rejected"), slowdown("1 % odd")])
    }

    private static func shape(
        _ name: String, _ summary: String, _ shapes: [OrderShape], _ floor: BenchBound,
        orders: Int64 = 5_000_000
    ) -> Benchmark {
        Benchmark(
            name: name, summary: "the engine over orders with \(summary)", defaultOrders: orders
        ) { stage in
            BenchLineup(
                contenders: try shapes.map { shape in
                    let log = try stage.logs.path(
                        BenchLogSpec(orders: stage.orders, shape: shape))
                    return contender(
                        shape.rawValue, EngineRun(stage: stage, log: log),
                        [(.ordersPerCPUSecond, floor)])
                })
        }
    }

    /// A contender whose log holds the simulator's orders, in whatever shape.
    private static func contender(
        _ name: String, _ run: EngineRun,
        _ bounds: [(figure: BenchFigure, bound: BenchBound)] = []
    ) -> BenchContender {
        BenchContender(name: name, bounds: bounds, answer: answer(orders: run.stage.orders)) {
            try run.measure()
        }
    }

    /// What engine and verifier say of the same orders must be the same.
    static func answer(orders: Int64) -> String { "answer over \(orders) orders" }
}
