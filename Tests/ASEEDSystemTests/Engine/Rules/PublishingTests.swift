import Testing

@testable import ASEEDSystem

@Suite struct PublishingTests {
    private func json(_ publication: Publication) throws -> JSONValue {
        try JSONParser.parse(publication.body)
    }

    /// Appends an order and runs a batch.
    private func step(_ rig: EngineRig, _ engine: Engine, _ order: TestOrder) throws {
        try rig.append([order])
        #expect(try engine.runBatch(upTo: try engine.logEnds()))
    }

    @Test("R60: each batch offers the four queries with run, epoch, batch, watermark, positions")
    func envelope() throws {
        let rig = try EngineRig(partitions: 2)
        let engine = try rig.engine { $0.watermarkDelayMs = 0 }
        let sink = RecordingSink()
        engine.publish(to: sink)
        #expect(sink.takeOffered().isEmpty)
        try step(rig, engine, .at(5))
        try rig.append([TestOrder.at(61_000_000)], to: 1)
        try step(rig, engine, .at(61_000_000))
        let offered = sink.takeOffered().suffix(4)
        #expect(offered.map(\.query) == [.topProducts, .categories, .rawOrders, .categoryWindows])
        let line = Int64(TestOrder.at(5).text.utf8.count + 1)
        for publication in offered {
            let body = try json(publication)
            #expect(body["run_id"]?.string == "run-1")
            #expect(body["epoch"]?.integer == 1)
            #expect(body["batch_id"]?.integer == 1)
            #expect(body["query"]?.string == publication.query.rawValue)
            #expect(body["mode"]?.string == publication.mode.rawValue)
            #expect(body["watermark"]?.string == "2024-01-15T14:01:01.000000Z")
            #expect(body["positions"]?.elements?.map(\.integer) == [2 * line, line])
            #expect(body["timestamp"]?.string == "2024-01-16T14:00:00.000000Z")
        }
        #expect(sink.finalsThrough == [1])
    }

    @Test("R36: update holds the open windows changed since the last acknowledged message")
    func updates() throws {
        let rig = try EngineRig()
        let engine = try rig.engine()
        let sink = RecordingSink()
        engine.publish(to: sink)
        func windows() throws -> (starts: [String?], full: Bool?) {
            let message = try #require(
                sink.takeOffered().last { $0.query == .categoryWindows })
            let body = try json(message)
            return (
                body["windows"]?.elements?.map { $0["window_start"]?.string } ?? [],
                body["full"]?.bool
            )
        }
        let (first, second) = ("2024-01-15T14:00:00.000000Z", "2024-01-15T14:01:00.000000Z")
        try step(rig, engine, .at(5))
        var found = try windows()
        #expect(found.starts == [first] && found.full == true)
        try step(rig, engine, .at(60_000_000))
        // Nothing is acknowledged yet: all again.
        found = try windows()
        #expect(found.starts == [first, second] && found.full == true)
        try step(rig, engine, .at(60_000_001))
        sink.acknowledgeAll()
        _ = sink.takeOffered()
        try step(rig, engine, .at(60_000_002))
        found = try windows()
        #expect(found.starts == [second] && found.full == false)
        // Not acknowledged: what changed since batch 2 comes again with what is new.
        try step(rig, engine, .at(6))
        found = try windows()
        #expect(found.starts == [first, second] && found.full == false)
    }

    @Test("R64: a new dashboard instance is offered everything once")
    func newInstance() throws {
        let rig = try EngineRig()
        let engine = try rig.engine()
        let sink = RecordingSink()
        engine.publish(to: sink)
        try step(rig, engine, .at(5))
        sink.acknowledgeAll()
        try step(rig, engine, .at(60_000_000))
        sink.acknowledgeAll()
        _ = sink.takeOffered()
        engine.renewPublications()
        #expect(sink.takeOffered().isEmpty)
        sink.forgetAcknowledgements()
        engine.renewPublications()
        let offered = sink.takeOffered()
        #expect(offered.count == 4)
        let windows = try json(try #require(offered.last))
        #expect(windows["full"]?.bool == true && windows["windows"]?.elements?.count == 2)
        engine.renewPublications()
        #expect(sink.takeOffered().isEmpty)
    }

    @Test("R64: an engine that starts offers all it knows, with its new epoch")
    func afterRestart() throws {
        let rig = try EngineRig()
        try rig.append([TestOrder.at(5), .at(900_000_000)])
        try rig.drain(try rig.engine { $0.watermarkDelayMs = 0 })
        let engine = try rig.engine { $0.watermarkDelayMs = 0 }
        let sink = RecordingSink()
        engine.publish(to: sink)
        let offered = sink.takeOffered()
        #expect(offered.map(\.batchID) == [0, 0, 0, 0])
        #expect(try offered.map { try json($0)["epoch"]?.integer } == [2, 2, 2, 2])
        #expect(try json(try #require(offered.last))["full"]?.bool == true)
        #expect(sink.finalsThrough == [0])
    }

    @Test("publish_every holds snapshots back; the last one comes at the end")
    func publishEvery() throws {
        let rig = try EngineRig()
        let engine = try rig.engine { $0.publishEvery = [.topProducts: 3, .rawOrders: 2] }
        let sink = RecordingSink()
        engine.publish(to: sink)
        for batch in 0..<5 { try step(rig, engine, .at(Int64(batch))) }
        var batches: [QueryName: [Int64]] = [:]
        for publication in sink.takeOffered() {
            batches[publication.query, default: []].append(publication.batchID)
        }
        #expect(
            batches == [
                .topProducts: [0, 3], .rawOrders: [0, 2, 4], .categories: [0, 1, 2, 3, 4],
                .categoryWindows: [0, 1, 2, 3, 4],
            ])
        #expect(try engine.drainPublications(withinMs: 1_000))
        let last = sink.takeOffered().filter { $0.query == .topProducts }
        #expect(last.map(\.batchID) == [4])
        let row = try json(try #require(last.first))["products"]?.elements?.first
        #expect(row?["order_count"]?.integer == 5)
    }

    @Test("R63: the outbox gives final windows batch by batch, in messages of a size")
    func outbox() throws {
        let rig = try EngineRig()
        let engine = try rig.engine { $0.watermarkDelayMs = 0 }
        let names = ["A", "B", "C", "D", "E"]
        try rig.append(names.map { TestOrder.at(5, category: $0) } + [.at(60_000_000)])
        try rig.drain(engine)
        try step(rig, engine, .at(180_000_000))
        #expect(try rig.rows("SELECT * FROM outbox") == ["0|5", "1|1"])
        let first = try engine.outbox.nextFinals(afterBatch: -1, maxRows: 2)
        #expect(first.map(\.batchID) == [0, 0, 0])
        let rows = try first.flatMap { try json($0)["windows"]?.elements ?? [] }
        #expect(rows.map { $0["category"]?.string } == names)
        #expect(rows.allSatisfy { $0["final"]?.bool == true })
        #expect(try first.map { try json($0)["mode"]?.string } == ["append", "append", "append"])
        let second = try engine.outbox.nextFinals(afterBatch: 0, maxRows: 2)
        #expect(second.map(\.batchID) == [1])
        #expect(try json(second[0])["watermark"]?.string == "2024-01-15T14:03:00.000000Z")
        #expect(try engine.outbox.nextFinals(afterBatch: 1, maxRows: 2).isEmpty)
    }

    @Test("R63: acknowledged batches leave the outbox with the next batch, or at the end")
    func clearing() throws {
        let rig = try EngineRig()
        let engine = try rig.engine { $0.watermarkDelayMs = 0 }
        let sink = RecordingSink()
        engine.publish(to: sink)
        for minute in 0..<4 { try step(rig, engine, .at(Int64(minute) * 60_000_000)) }
        #expect(try rig.rows("SELECT batch_id FROM outbox") == ["1", "2", "3"])
        sink.acknowledge(finals: 1)
        try step(rig, engine, .at(180_000_001))
        #expect(try rig.rows("SELECT batch_id FROM outbox") == ["2", "3"])
        sink.acknowledge(finals: 3)
        #expect(try engine.drainPublications(withinMs: 1_000))
        #expect(try rig.rows("SELECT batch_id FROM outbox") == [])
        // A new dashboard can still be given all of them (R64).
        #expect(try engine.outbox.nextFinals(afterBatch: -1, maxRows: 9).count == 1)
    }

    @Test("the console acknowledges nothing, so that its windows always come in full")
    func console() {
        let sink = ConsoleSink()
        for query in QueryName.allCases { #expect(sink.acknowledged(query) == nil) }
        #expect(sink.acknowledgedFinals() == nil)
        #expect(sink.fencedBy() == nil)
        #expect(sink.drain(deadlineNs: 0))
    }
}
