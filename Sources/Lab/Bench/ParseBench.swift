internal import ASEEDSystem

/// The engine's loop over orders in memory.
enum ParseBench {
    static let parse = Benchmark(
        name: "parse",
        summary: "the engine's scanner alone: parse, check and sum orders that lie in memory",
        defaultOrders: 1_000_000
    ) { stage in
        let path = try stage.logs.path(BenchLogSpec(orders: stage.orders, partitions: 1))
        let log = try FileLog(opening: path)
        let benchmark = ScannerBenchmark()
        try LogLines.forEachBlock(of: log, partition: 0) { benchmark.append($0) }
        return BenchLineup(contenders: [
            BenchContender(name: "scanner") {
                let startNs = SystemClock.monotonicNs()
                let found = benchmark.run()
                guard found.records == stage.orders, found.valid == stage.orders else {
                    throw CommandFailure(
                        .wrongOutput,
                        "lab bench: the scanner found \(found.valid) valid orders in "
                            + "\(found.records) records; there are \(stage.orders), all valid")
                }
                return BenchSample(
                    orders: found.records, hash: found.hash,
                    wallNs: SystemClock.monotonicNs() - startNs, cpuNs: found.cpuNs)
            }
        ])
    }
}
