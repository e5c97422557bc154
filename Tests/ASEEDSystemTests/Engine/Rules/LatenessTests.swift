import Testing

@testable import ASEEDSystem

@Suite struct LatenessTests {
    private let minuteUs: Int64 = 60_000_000

    @Test("R33: a window takes a record iff it ends after H - delay and after F(n-1)")
    func record() {
        var context = BatchContext()
        context.policy = .record
        context.delayUs = 100
        #expect(context.contributes(windowEndUs: 1_000, highUs: 1_099))
        #expect(!context.contributes(windowEndUs: 1_000, highUs: 1_100))
        context.lateFloorUs = 999
        #expect(context.contributes(windowEndUs: 1_000, highUs: 0))
        context.lateFloorUs = 1_000
        #expect(!context.contributes(windowEndUs: 1_000, highUs: 0))
    }

    @Test("R35: under batch only the late floor decides")
    func batch() {
        var context = BatchContext()
        context.policy = .batch
        context.lateFloorUs = 999
        #expect(context.contributes(windowEndUs: 1_000, highUs: .max))
        context.lateFloorUs = 1_000
        #expect(!context.contributes(windowEndUs: 1_000, highUs: .min))
    }

    @Test("the late limit is where the earliest window stops to take records", arguments: 1...30)
    func limits(seed: UInt64) {
        var random = SeededRandom(seed)
        for policy in LatenessPolicy.allCases {
            var context = BatchContext()
            context.policy = policy
            context.delayUs = Int64(random.below(50))
            context.lateFloorUs = random.below(4) == 0 ? .min : Int64(random.below(200))
            for _ in 0..<100 {
                let end = Int64(random.below(200))
                let high = Int64(random.below(300))
                let takes = context.contributes(windowEndUs: end, highUs: high)
                #expect(
                    (high < context.lateLimit(earliestEndUs: end)) == takes,
                    "seed \(seed), \(policy), end \(end), high \(high)")
            }
        }
    }

    @Test("R33: only the record's own partition and its log order matter, to the microsecond")
    func boundary() throws {
        // H = base + 2 min; the first minute's window ends at base + 1 min = H - delay.
        for (delayMs, isLate) in [(60_000, true), (60_001, false)] as [(Int64, Bool)] {
            let rig = try EngineRig(partitions: 2)
            try rig.append([.at(2 * minuteUs), .at(5, category: "Late")], to: 0)
            try rig.append([TestOrder.at(6, category: "Other")], to: 1)
            let answer = try rig.drained { $0.watermarkDelayMs = delayMs }
            #expect(answer["late_pairs"]?.integer == (isLate ? 1 : 0))
            #expect(answer["late_records"]?.integer == (isLate ? 1 : 0))
            #expect(answer["valid"]?.integer == 3)
            let categories = answer["windows"]?.elements?.compactMap { $0["category"]?.string }
            #expect(categories == (isLate ? ["Other", "Home"] : ["Late", "Other", "Home"]))
        }
    }

    @Test("R33: how the log is cut into batches changes nothing")
    func batchCuts() throws {
        let rig = try EngineRig()
        try rig.append([.at(2 * minuteUs), .at(5), .at(3 * minuteUs + 1), .at(6), .at(minuteUs)])
        var answers: Set<String> = []
        for most in 1...5 as ClosedRange<Int64> {
            answers.insert(
                try rig.drained {
                    $0.checkpointFolder = rig.folder.file("c\(most)")
                    $0.maxOrdersPerTrigger = most
                    $0.watermarkDelayMs = 90_000
                }.text)
        }
        #expect(answers.count == 1)
    }

    @Test("R38: late pairs count per window, late records only when no window took them")
    func slidingPairs() throws {
        let rig = try EngineRig()
        // Windows of 60 s every 20 s hold base + 50 s in three: they end at 60, 80 and 100 s.
        try rig.append([
            .at(80_000_000), .at(50_000_000, category: "Two"), .at(100_000_000),
            .at(50_000_000, category: "Three"),
        ])
        let spec = try #require(WindowSpec(sizeMs: 60_000, slideMs: 20_000))
        let answer = try rig.drained {
            $0.windows = [spec]
            $0.watermarkDelayMs = 0
        }
        #expect(answer["late_pairs"]?.integer == 5)
        #expect(answer["late_records"]?.integer == 1)
        let taken = try #require(answer["windows"]?.elements).filter {
            $0["category"]?.string == "Two"
        }
        #expect(taken.map { $0["window_start"]?.string } == ["2024-01-15T14:00:40.000000Z"])
    }

    @Test("R38: with several windowed queries a late record is one late record")
    func severalQueries() throws {
        let rig = try EngineRig()
        try rig.append([.at(400_000_000), .at(5), .at(250_000_000)])
        let specs = [60_000, 120_000, 300_000].compactMap { WindowSpec(sizeMs: $0, slideMs: $0) }
        let answer = try rig.drained {
            $0.windows = specs
            $0.watermarkDelayMs = 0
        }
        // At 400 s: the record at 0 s is late for all three; that at 250 s (300, 360, 300) too.
        #expect(answer["late_pairs"]?.integer == 6)
        #expect(answer["late_records"]?.integer == 2)
        #expect(try rig.rows("SELECT late_pairs, late_records FROM batches") == ["6|2"])
    }

    @Test("R35: under batch a record is late by the floor two batches back")
    func batchPolicy() throws {
        let rig = try EngineRig()
        let engine = try rig.engine {
            $0.policy = .batch
            $0.watermarkDelayMs = 0
        }
        func step(_ orders: [TestOrder]) throws {
            try rig.append(orders)
            #expect(try engine.runBatch(upTo: try engine.logEnds()))
        }
        try step([.at(5 * minuteUs)])
        // W(1) is five minutes, but batch 1 still goes by W(0).
        try step([.at(5), .at(6 * minuteUs)])
        try step([.at(6), .at(6 * minuteUs + 1)])
        #expect(
            try rig.rows("SELECT batch_id, late_pairs, late_floor, watermark FROM batches") == [
                "0|0|0|0", "1|0|0|\(TestOrder.base + 5 * minuteUs)",
                "2|1|\(TestOrder.base + 5 * minuteUs)|\(TestOrder.base + 6 * minuteUs)",
            ])
    }

    @Test("R35: when W moved and nothing is unread, one batch without records follows")
    func emptyBatch() throws {
        let rig = try EngineRig()
        try rig.append([TestOrder.at(5), .at(3 * minuteUs)])
        let engine = try rig.engine {
            $0.policy = .batch
            $0.watermarkDelayMs = 60_000
        }
        #expect(try rig.drain(engine) == 2)
        #expect(
            try rig.rows("SELECT batch_id, records, watermark FROM batches") == [
                "0|2|0", "1|0|\(TestOrder.base + 2 * minuteUs)",
            ])
        #expect(
            try rig.rows("SELECT window_start, final_batch FROM windows") == [
                "\(TestOrder.base)|1", "\(TestOrder.base + 3 * minuteUs)|-",
            ])
    }

    @Test(
        "R36, R37: a window is final in the first batch that F reaches its end, else it stays open")
    func finality() throws {
        let rig = try EngineRig()
        let engine = try rig.engine { $0.watermarkDelayMs = 60_000 }
        for order in [TestOrder.at(5), .at(2 * minuteUs - 1), .at(2 * minuteUs)] {
            try rig.append([order])
            try engine.runBatch(upTo: try engine.logEnds())
        }
        #expect(
            try rig.rows("SELECT window_start, order_count, final_batch FROM windows") == [
                "\(TestOrder.base)|1|2", "\(TestOrder.base + minuteUs)|1|-",
                "\(TestOrder.base + 2 * minuteUs)|1|-",
            ])
        let answer = try JSONParser.parse(try engine.answer(top: nil))
        #expect(answer["watermark"]?.string == "2024-01-15T14:01:00.000000Z")
        #expect(
            answer["windows"]?.elements?.map { $0["final"]?.bool } == [true, false, false])
    }
}
