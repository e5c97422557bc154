internal import ASEEDSystem

/// Runs benchmarks: contenders in alternation, results compared by their hashes.
struct BenchRunner {
    /// Instead of each benchmark's own number.
    var orders: Int64?
    var runs = 5
    var seed: Int64 = 42
    /// The folder in which a folder for logs is made.
    var folder: String
    /// The `lab` that is measured where a benchmark runs child processes.
    var program: String
    /// Whether a debug build may run: for tests, which look at results and never at times.
    var allowsDebug = false
    /// Asked between runs.
    var isStopped: () -> Bool = { false }

    /// Refuses a build that can't be measured.
    func checkBuild() throws(CommandFailure) {
        guard allowsDebug || BuildInfo.buildMode == "release" else {
            throw CommandFailure(
                .unavailable,
                "lab bench: this is a debug build, whose times say nothing; run ./lab bench, or "
                    + "build with `swift build -c release --product lab --static-swift-stdlib`")
        }
    }

    /// Runs benchmarks one after the other.
    ///
    /// - Parameter onOutcome: called after each.
    func run(
        _ benchmarks: [Benchmark], onOutcome: (BenchOutcome) -> Void = { _ in }
    ) throws -> [BenchOutcome] {
        try checkBuild()
        let folder = try BenchFolder(inside: folder)
        defer { folder.removeAll() }
        let logs = BenchLogs(folder: folder, seed: seed)
        var answers: [String: (hash: UInt64, name: String)] = [:]
        var outcomes: [BenchOutcome] = []
        for benchmark in benchmarks {
            let stage = BenchStage(
                orders: orders ?? benchmark.defaultOrders, seed: seed, program: program,
                folder: folder, logs: logs, isStopped: isStopped)
            defer { stage.killServices() }
            let outcome = try run(benchmark, stage, &answers)
            try logs.removeShaped()
            onOutcome(outcome)
            outcomes.append(outcome)
        }
        return outcomes
    }

    private func run(
        _ benchmark: Benchmark, _ stage: BenchStage,
        _ answers: inout [String: (hash: UInt64, name: String)]
    ) throws -> BenchOutcome {
        let lineup: BenchLineup
        let samples: [[BenchSample]]
        do {
            lineup = try benchmark.prepare(stage)
            samples = try measure(lineup)
        } catch {
            // A service that is gone says why better than who missed it.
            let reasons = isStopped() ? [] : try stage.lastWordsOfServices()
            guard let reason = reasons.first else { throw error }
            throw CommandFailure(.unavailable, "\(error)\nits service has ended: \(reason)")
        }
        try stage.stopServices()
        for (contender, samples) in zip(lineup.contenders, samples) {
            try check(contender, samples, "\(benchmark.name), \(contender.name)", &answers)
        }
        return BenchOutcome(benchmark: benchmark, lineup: lineup, samples: samples)
    }

    private func measure(_ lineup: BenchLineup) throws -> [[BenchSample]] {
        var samples: [[BenchSample]] = lineup.contenders.map { _ in [] }
        for round in 0..<runs {
            // To and fro, so that none always runs first.
            let order = Array(lineup.contenders.indices)
            for index in round % 2 == 0 ? order : order.reversed() {
                guard !isStopped() else { throw BenchStage.interruption }
                samples[index].append(try lineup.contenders[index].measure())
            }
        }
        return samples
    }

    /// The same work must have the same result.
    private func check(
        _ contender: BenchContender, _ samples: [BenchSample], _ name: String,
        _ answers: inout [String: (hash: UInt64, name: String)]
    ) throws {
        guard let first = samples.first else { return }
        for sample in samples where sample.hash != first.hash {
            throw Self.difference(first.hash, "one run of \(name)", sample.hash, "another")
        }
        guard let answer = contender.answer else { return }
        if let known = answers[answer] {
            guard known.hash == first.hash else {
                throw Self.difference(known.hash, known.name, first.hash, name)
            }
        } else {
            answers[answer] = (first.hash, name)
        }
    }

    private static func difference(
        _ first: UInt64, _ firstName: String, _ second: UInt64, _ secondName: String
    ) -> CommandFailure {
        CommandFailure(
            .wrongOutput,
            "lab bench: \(firstName) has the result \(BenchText.hash(first)) and \(secondName) "
                + "\(BenchText.hash(second)) for the same orders; the figures are worth nothing")
    }
}
