import Testing

@testable import ASEEDSystem

@Suite struct PartitionTests {
    @Test("R5: a partition added later is read from 0 at the next batch, also by a running engine")
    func addedWhileRunning() throws {
        let rig = try EngineRig(partitions: 2)
        let engine = try rig.engine { $0.watermarkDelayMs = 60_000 }
        for partition in 0..<2 { try rig.append([TestOrder.at(300_000_000)], to: partition) }
        try rig.drain(engine)
        let before = engine.publishedWatermarkUs
        #expect(before == TestOrder.base + 240_000_000)
        try rig.append([.at(5, category: "New"), .at(250_000_000, category: "New")], to: 2)
        try rig.drain(engine)
        // Its high time is behind: F stays (R34), and so do the orders that F had passed (R33).
        #expect(engine.publishedWatermarkUs == before)
        #expect(
            try rig.rows("SELECT * FROM batches WHERE partition = 2 AND batch_id = 1").count == 1)
        #expect(
            try rig.rows("SELECT batch_id, partition, start, records, late_pairs FROM batches") == [
                "0|0|0|1|0", "0|1|0|1|0", "1|0|\(line)|0|0", "1|1|\(line)|0|0", "1|2|0|2|1",
            ])
    }

    private var line: Int { TestOrder.at(300_000_000).text.utf8.count + 1 }

    @Test("R5: a partition added between two engines is read from 0 as well")
    func addedBetween() throws {
        let rig = try EngineRig(partitions: 1)
        try rig.append([TestOrder.at(5)])
        try rig.drain(try rig.engine())
        try rig.append([TestOrder.at(6), .at(7)], to: 1)
        let answer = try rig.drained()
        #expect(answer["valid"]?.integer == 3)
        #expect(
            try rig.rows("SELECT batch_id, partition, records FROM batches") == [
                "0|0|1", "1|0|0", "1|1|2",
            ])
    }

    @Test("R47: every partition has a row in every batch; empty ones hold the watermark back")
    func empty() throws {
        let rig = try EngineRig(partitions: 3)
        try rig.append([.at(5), .at(900_000_000)], to: 1)
        let answer = try rig.drained { $0.watermarkDelayMs = 0 }
        #expect(answer["watermark"]?.kind == .null)
        #expect(answer["windows"]?.elements?.allSatisfy { $0["final"]?.bool == false } == true)
        #expect(
            try rig.rows(
                "SELECT partition, start = \"end\", records, crc32c = 0, watermark FROM batches")
                == ["0|1|0|1|-", "1|0|2|0|-", "2|1|0|1|-"])
        #expect(
            try rig.rows("SELECT partition, high_time FROM positions") == [
                "0|-", "1|\(TestOrder.base + 900_000_000)", "2|-",
            ])
    }

    @Test("an empty log runs no batch and answers with nothing")
    func emptyLog() throws {
        let rig = try EngineRig(partitions: 2)
        let engine = try rig.engine()
        #expect(try rig.drain(engine) == 0)
        let answer = try JSONParser.parse(try engine.answer(top: nil))
        #expect(
            answer.text
                == #"{"records":0,"valid":0,"rejected":{},"late_pairs":0,"late_records":0,"#
                + #""watermark":null,"totals":{"total_orders":0,"total_quantity":0,"#
                + #""total_revenue":0.0000},"top_products":[],"categories":[],"windows":[]}"#)
        #expect(try rig.rows("SELECT * FROM batches") == [])
    }

    @Test("a partition with nothing but rejects has no high time (R21)")
    func onlyRejects() throws {
        let rig = try EngineRig(partitions: 2)
        try rig.append([TestOrder.at(900_000_000)], to: 0)
        try rig.append(["{}", "nothing"], to: 1)
        let answer = try rig.drained()
        #expect(answer["watermark"]?.kind == .null)
        #expect(answer["records"]?.integer == 3)
        #expect(try rig.rows("SELECT high_time FROM positions WHERE partition = 1") == ["-"])
    }

    @Test("R2: a record without its line feed is not read until it has one")
    func tornTail() throws {
        let rig = try EngineRig()
        let order = Array(TestOrder.at(5).text.utf8)
        try rig.append(order + [0x0a] + order, to: 0)
        let engine = try rig.engine()
        try rig.drain(engine)
        #expect(engine.state.profile.records == 1)
        #expect(try rig.drain(engine) == 0)
        try rig.append([0x0a], to: 0)
        try rig.drain(engine)
        #expect(engine.state.profile.records == 2)
        #expect(engine.state.profile.totals.count == 2)
    }

    @Test("more workers than partitions, and fewer", arguments: [1, 2, 3, 7])
    func workers(count: Int) throws {
        let rig = try EngineRig(partitions: 3)
        for number in 0..<600 {
            let order = TestOrder(
                id: "O\(number)", product: "P\(number % 40)", category: "C\(number % 7)",
                price: "\(number).25", time: TimeText.iso(TestOrder.base + Int64(number) * 700_000))
            try rig.append([order], to: number * 7 % 3)
        }
        let expected = try rig.drained().text
        let found = try rig.drained {
            $0.checkpointFolder = rig.folder.file("again")
            $0.workers = count
            $0.maxOrdersPerTrigger = 100
        }
        #expect(found.text == expected)
    }
}
