internal import ASEEDSystem

/// Runs the real `lab engine` over a log until it is drained.
struct EngineRun {
    let stage: BenchStage
    let log: String
    var workers = 1
    /// Options and arguments besides the usual ones.
    var more: [String] = []

    /// Reading, checking, summing, the checkpoint and the printed answer: everything is included.
    func measure() throws -> BenchSample { try run().sample }

    /// Measures, and hands on what the run left in its checkpoint's folder.
    ///
    /// - Parameter body: receives the paths of the checkpoint and of `progress.jsonl`.
    func run(
        progress body: ((_ checkpoint: String, _ progress: String) throws -> Void)? = nil
    ) throws -> (sample: BenchSample, answer: [UInt8]) {
        let name = stage.freshName("checkpoint")
        let checkpoint = stage.folder.path(name)
        let progress = stage.folder.path(name + ".jsonl")
        var words = [
            "engine", "--log", log, "--trigger", "available-now", "--format", "json",
            "--checkpoint", checkpoint, "--workers", "\(workers)",
            "--event-time-max", BenchLogSpec.eventTimeMax,
        ]
        if body != nil { words += ["--progress", progress] }
        let child = try stage.run(words + more)
        try Self.check(child.output, orders: stage.orders)
        try body?(checkpoint, progress)
        try stage.folder.remove(name)
        try stage.folder.remove(name + ".jsonl")
        let sample = BenchSample(
            orders: stage.orders, hash: BenchHash.of(child.output.filter { $0 != 0x0a }),
            wallNs: child.wallNs, cpuNs: child.cpuNs, peakBytes: child.peakBytes)
        return (sample, child.output)
    }

    /// A fast engine that skips work has measured nothing.
    private static func check(_ answer: [UInt8], orders: Int64) throws {
        let records = try JSONParser.parse(answer)["records"]?.integer
        guard records == orders else {
            throw CommandFailure(
                .wrongOutput,
                "lab bench: the engine read \(records.map { "\($0)" } ?? "an unknown number of") "
                    + "records of a log of \(orders)")
        }
    }
}
