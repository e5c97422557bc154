import Testing

@testable import ASEEDSystem

@Suite struct RestartTests {
    /// Orders of every kind: usual, out of order, late, rejected, of odd categories.
    private func mixed(_ random: inout SeededRandom, into rig: EngineRig, partitions: Int) throws {
        var positions = [Int64](repeating: 0, count: partitions)
        for number in 0..<400 {
            let partition = random.below(partitions)
            positions[partition] += Int64(random.below(4_000_000))
            var order = TestOrder.at(positions[partition], id: "ORD-\(number)")
            if random.below(6) == 0 {
                let back = Int64(random.below(300_000_000))
                order.time = TimeText.iso(TestOrder.base + positions[partition] - back)
            }
            order.product = "P-\(random.below(30))"
            order.name = ["Lamp", "Café", "Ünder"][random.below(3)]
            order.category = ["home", "Toys", "  BOOKS ", "C\(random.below(300))"][random.below(4)]
            order.price = "\(random.below(300)).\(1 + random.below(9_999))"
            order.quantity = "\(1 + random.below(5))"
            if random.below(40) == 0 { order.price = "99999999.9999" }
            if random.below(40) == 0 { order.quantity = "1000000" }
            switch random.below(20) {
            case 0: try rig.append(["{\"order_id\": \(number)}"], to: partition)
            case 1: try rig.append([""], to: partition)
            default: try rig.append([order], to: partition)
            }
        }
    }

    private func settings(_ policy: LatenessPolicy, _ random: inout SeededRandom) throws
        -> (inout EngineOptions) -> Void
    {
        let sliding = try #require(WindowSpec(sizeMs: 90_000, slideMs: 20_000, offsetMs: 7_000))
        let most = Int64(20 + random.below(60))
        let workers = 1 + random.below(3)
        return {
            $0.policy = policy
            $0.windows = [.minute, sliding]
            $0.watermarkDelayMs = 60_000
            $0.maxOrdersPerTrigger = most
            $0.workers = workers
            $0.deadLetterLimit = 12
        }
    }

    /// What two runs of the same batches must agree in.
    private func contents(_ rig: EngineRig, at folder: String) throws -> [[String]] {
        let path = folder + "/checkpoint.sqlite"
        return try [
            "SELECT batch_id, partition, start, \"end\", records, valid, rejected, late_pairs, "
                + "late_records, crc32c, future_bound, late_floor, watermark FROM batches",
            "SELECT * FROM positions",
            "SELECT product_id, product_name, category, order_count, total_quantity, "
                + "total_revenue, price_sum FROM products ORDER BY 1, 2, 3",
            "SELECT * FROM categories", "SELECT * FROM windows", "SELECT * FROM totals",
            "SELECT * FROM rejects", "SELECT * FROM latest_orders ORDER BY rank",
            "SELECT * FROM outbox", "SELECT count(*) FROM dead_letters",
            "SELECT * FROM meta WHERE key <> 'epoch'",
        ].map { try rig.rows($0, at: path) }
    }

    @Test("R49: restarts between batches change nothing", arguments: LatenessPolicy.allCases)
    func restarts(policy: LatenessPolicy) throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            var random = SeededRandom(seed)
            let rig = try EngineRig(partitions: 3)
            try mixed(&random, into: rig, partitions: 3)
            let settings = try settings(policy, &random)
            let undisturbed = try rig.engine {
                settings(&$0)
                $0.checkpointFolder = rig.folder.file("undisturbed")
            }
            let ends = try undisturbed.logEnds()
            var batches = 0
            while true {
                let worked = try undisturbed.runBatch(upTo: ends)
                // Each batch of the other run is an engine of its own.
                let engine = try rig.engine(settings)
                #expect(try engine.runBatch(upTo: ends) == worked, "seed \(seed)")
                let (mine, other) = (try engine.answer(top: nil), try undisturbed.answer(top: nil))
                #expect(mine == other, "seed \(seed), batch \(batches), \(policy)")
                let message = "seed \(seed), batch \(batches): the profile"
                #expect(engine.state.profile == undisturbed.state.profile, "\(message)")
                #expect(engine.state.latest == undisturbed.state.latest)
                guard worked else { break }
                batches += 1
            }
            #expect(batches > 5)
            let mine = try contents(rig, at: rig.checkpointPath)
            let other = try contents(rig, at: rig.folder.file("undisturbed"))
            for (a, b) in zip(mine, other) { #expect(a == b, "seed \(seed), \(policy)") }
        }
    }

    @Test(
        "R47, R49: killed at any point of a batch, it goes on as if it had not been",
        arguments: CrashPoint.allCases)
    func crashes(point: CrashPoint) throws {
        for seed in 11...13 as ClosedRange<UInt64> {
            var random = SeededRandom(seed)
            let rig = try EngineRig(partitions: 2)
            try mixed(&random, into: rig, partitions: 2)
            let settings = try settings(seed % 2 == 0 ? .batch : .record, &random)
            let undisturbed = try rig.engine {
                settings(&$0)
                $0.checkpointFolder = rig.folder.file("undisturbed")
            }
            try rig.drain(undisturbed)
            var stops = 0
            for _ in 0..<200 {
                let passes = random.below(5)
                let error = try engineError {
                    let engine = try rig.engine {
                        settings(&$0)
                        $0.stopsAt = Countdown(passes).closure(for: point)
                    }
                    try rig.drain(engine)
                }
                guard case .stopped(let reached) = error else {
                    // A start is one pass only: some go by, some stop.
                    if point == .startupRestored, stops < 3 { continue }
                    break
                }
                #expect(reached == point)
                stops += 1
            }
            #expect(stops > 0)
            let engine = try rig.engine(settings)
            try rig.drain(engine)
            #expect(try engine.answer(top: nil) == undisturbed.answer(top: nil), "seed \(seed)")
            let mine = try contents(rig, at: rig.checkpointPath)
            let other = try contents(rig, at: rig.folder.file("undisturbed"))
            for (a, b) in zip(mine, other) { #expect(a == b, "seed \(seed), \(point)") }
        }
    }

    @Test(
        "R47: what is not committed can't be seen",
        arguments: [
            CrashPoint.batchProcessed, .checkpointBegin, .checkpointWritten,
        ])
    func nothingBeforeCommit(point: CrashPoint) throws {
        let rig = try EngineRig()
        try rig.append([TestOrder.at(5), .at(900_000_000), TestOrder(price: "0")])
        let engine = try rig.engine { $0.stopsAt = { $0 == point } }
        #expect(throws: EngineError.self) { try rig.drain(engine) }
        for table in ["batches", "positions", "products", "windows", "totals", "dead_letters"] {
            #expect(try rig.rows("SELECT * FROM \(table)") == [], "\(table)")
        }
    }

    @Test("R48: an engine whose batch failed never goes on in memory")
    func failureIsFinal() throws {
        let rig = try EngineRig()
        try rig.append([TestOrder.at(5)])
        let engine = try rig.engine {
            $0.stopsAt = Countdown(0).closureOnce(for: .checkpointWritten)
        }
        #expect(try engineError { try rig.drain(engine) } != nil)
        try rig.append([TestOrder.at(6)])
        #expect(try engineError { try rig.drain(engine) } != nil)
        #expect(try rig.rows("SELECT * FROM batches") == [])
    }

    @Test("R37: open windows stay open over a stop")
    func stopFinalisesNothing() throws {
        let rig = try EngineRig()
        try rig.append([TestOrder.at(5)])
        try rig.drain(try rig.engine())
        let engine = try rig.engine()
        #expect(try rig.drain(engine) == 0)
        #expect(engine.state.windows.count == 1)
        #expect(try rig.rows("SELECT final_batch FROM windows") == ["-"])
    }
}

/// Lets a crash point pass so many times, then stops there.
private final class Countdown: Sendable {
    private let left: ConditionLock<Int>

    init(_ passes: Int) { left = ConditionLock(passes) }

    /// Stops there only once.
    func closureOnce(for point: CrashPoint) -> @Sendable (CrashPoint) -> Bool {
        { reached in
            guard reached == point else { return false }
            return self.left.update { left in
                left -= 1
                return left == -1
            }
        }
    }

    func closure(for point: CrashPoint) -> @Sendable (CrashPoint) -> Bool {
        { reached in
            guard reached == point else { return false }
            return self.left.update { left in
                left -= 1
                return left < 0
            }
        }
    }
}
