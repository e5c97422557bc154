import Testing

@testable import ASEEDSystem

@Suite struct IdleTests {
    private let minuteUs: Int64 = 60_000_000

    @Test("R34: without idle_timeout a silent partition holds F back for ever")
    func off() throws {
        let rig = try EngineRig(partitions: 2)
        let engine = try rig.engine { $0.watermarkDelayMs = 0 }
        try rig.append([TestOrder.at(5)], to: 0)
        try rig.append([TestOrder.at(5)], to: 1)
        try rig.drain(engine)
        rig.clock.pass(ms: 86_400_000)
        try rig.append([TestOrder.at(9 * minuteUs)], to: 0)
        try rig.drain(engine)
        #expect(engine.publishedWatermarkUs == TestOrder.base + 5)
    }

    @Test("R34: a partition silent for idle_timeout is left out, and comes back with a record")
    func leftOut() throws {
        let rig = try EngineRig(partitions: 2)
        let engine = try rig.engine {
            $0.watermarkDelayMs = 0
            $0.idleTimeoutMs = 1_000
        }
        func step(_ us: Int64, to partition: Int) throws {
            try rig.append([TestOrder.at(us)], to: partition)
            try engine.runBatch(upTo: try engine.logEnds())
        }
        func mark() -> Int64 { engine.publishedWatermarkUs - TestOrder.base }
        try step(5, to: 0)
        // Partition 1 had no valid record, but is not yet idle.
        #expect(engine.publishedWatermarkUs == .min)
        rig.clock.pass(ms: 999)
        try step(6, to: 0)
        #expect(engine.publishedWatermarkUs == .min)
        rig.clock.pass(ms: 1)
        try step(7, to: 0)
        #expect(mark() == 7)
        // A record of it counts at once, and F does not fall (R39).
        try step(3, to: 1)
        #expect(mark() == 7)
        try step(2 * minuteUs, to: 0)
        #expect(mark() == 7)
        try step(minuteUs, to: 1)
        #expect(mark() == minuteUs)
    }

    @Test("R34: F moves when a partition falls silent, though nothing comes")
    func movesByItself() throws {
        let rig = try EngineRig(partitions: 2)
        let engine = try rig.engine {
            $0.watermarkDelayMs = 0
            $0.idleTimeoutMs = 1_000
        }
        try rig.append([TestOrder.at(5)], to: 0)
        try rig.append([TestOrder.at(9 * minuteUs)], to: 1)
        try rig.drain(engine)
        #expect(engine.publishedWatermarkUs == TestOrder.base + 5)
        rig.clock.pass(ms: 600)
        try rig.append([TestOrder.at(9 * minuteUs + 1)], to: 1)
        try rig.drain(engine)
        rig.clock.pass(ms: 600)
        #expect(try rig.drain(engine) == 1)
        #expect(engine.publishedWatermarkUs == TestOrder.base + 9 * minuteUs + 1)
        #expect(try rig.rows("SELECT final_batch FROM windows WHERE final_batch = 2") == ["2"])
        // Both idle: nothing left to do, F stays, and no further batch is made.
        rig.clock.pass(ms: 5_000)
        try rig.drain(engine)
        #expect(engine.publishedWatermarkUs == TestOrder.base + 9 * minuteUs + 1)
        #expect(try rig.drain(engine) == 0)
    }

    @Test("R34: unread records keep a partition in, however long it was silent")
    func unread() throws {
        let rig = try EngineRig(partitions: 2)
        let engine = try rig.engine {
            $0.watermarkDelayMs = 0
            $0.idleTimeoutMs = 1_000
            $0.maxOrdersPerTrigger = 1
        }
        for partition in 0..<2 { try rig.append([TestOrder.at(5)], to: partition) }
        try rig.drain(engine)
        // The limit is shared by what is unread: partition 0 has to wait for its turn.
        try rig.append([TestOrder.at(6)], to: 0)
        try rig.append((0..<8).map { .at(9 * minuteUs + $0) }, to: 1)
        let ends = try engine.logEnds()
        var waited = 0
        while engine.state.partitions[0].position < ends[0] {
            #expect(engine.publishedWatermarkUs == TestOrder.base + 5)
            rig.clock.pass(ms: 1_500)
            #expect(try engine.runBatch(upTo: ends))
            waited += 1
        }
        #expect(waited > 2)
        #expect(engine.publishedWatermarkUs == TestOrder.base + 6)
    }
}
