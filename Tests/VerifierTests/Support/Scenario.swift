import Verifier

/// A random log, cut into random batches and read by the naive engine.
struct Scenario {
    var log: RandomLog
    var engine: NaiveEngine
    var run: RunDescription

    init(
        seed: UInt64, run: RunDescription, partitions: Int = 3, records: Int = 400,
        batches: Int = 6, mutation: Mutation? = nil, restart: Int64? = nil,
        invalidPercent: Int = 5, hugePercent: Int = 3
    ) {
        self.run = run
        log = RandomLog(
            seed: seed, partitions: partitions, records: records, invalidPercent: invalidPercent,
            hugePercent: hugePercent)
        engine = NaiveEngine(
            run: run, partitions: partitions, mutation: mutation, restart: restart)
        var random = SeededRandom(seed: seed &+ 1)
        var taken = Array(repeating: 0, count: partitions)
        for batch in 0..<batches {
            let isLast = batch == batches - 1
            let ranges = (0..<partitions).map { partition -> [TrueRecord] in
                let left = log.partitions[partition].count - taken[partition]
                // About an equal share, sometimes nothing.
                let share =
                    random.chance(10) ? 0 : random.int(0...max(0, 2 * left / (batches - batch)))
                let size = isLast ? left : min(left, share)
                let start = taken[partition]
                taken[partition] += size
                return Array(log.partitions[partition][start..<start + size])
            }
            engine.take(ranges)
        }
        // R35: one batch without records follows when the watermark rises.
        if run.policy == .batch { engine.take(Array(repeating: [], count: partitions)) }
    }

    var evidence: Evidence {
        Evidence(
            log: log.log, run: run, batches: engine.batches, deadLetters: engine.deadLetters,
            history: log.history, published: engine.published())
    }

    func verify(_ options: VerifierOptions = VerifierOptions()) throws -> VerificationReport {
        try Verifier.verify(evidence, options: options)
    }
}
