import Foundation
import Testing

@testable import ASEEDSystem

/// What an engine that runs for long meets: later engines, replaced logs, silence, floods.
@Suite struct LongRunTests {
    /// R61: also an engine with nothing to read ends, and commits nothing more.
    @Test func aFencedEngineStopsWithoutAFurtherBatch() throws {
        let rig = try EngineRig()
        try rig.append([TestOrder()])
        let engine = try rig.engine()
        let sink = RecordingSink()
        engine.publish(to: sink)
        try rig.drain(engine)
        sink.fence(epoch: 9)
        try rig.append([TestOrder(id: "ORD-2")])
        let ends = try engine.logEnds()
        #expect(throws: EngineError.self) { try engine.runBatch(upTo: ends) }
        #expect(try rig.rows("SELECT max(batch_id) FROM batches") == ["0"])
    }

    /// R4: positions never lie beyond the log's end, also while it is followed.
    @Test func aLogThatShrinksStopsTheEngine() throws {
        let rig = try EngineRig(partitions: 2)
        try rig.append([TestOrder(), TestOrder(id: "ORD-2")], to: 1)
        let engine = try rig.engine()
        try rig.drain(engine)
        #expect(truncate(rig.partitionPath(1), 10) == 0)
        let ends = try engine.logEnds()
        do {
            try engine.runBatch(upTo: ends)
            Issue.record("the batch should have been refused")
        } catch {
            #expect("\(error)".contains("partition 1"))
        }
    }

    /// A publish interval counts batches; when no batch comes, the rest is offered all the same.
    @Test func heldBackResultsAreOfferedInSilence() throws {
        let rig = try EngineRig()
        let sink = RecordingSink()
        let engine = try rig.engine { $0.publishEvery = [.topProducts: 1_000] }
        engine.publish(to: sink)
        for id in ["ORD-1", "ORD-2"] {
            try rig.append([TestOrder(id: id)])
            try rig.drain(engine)
        }
        #expect(sink.takeOffered().filter { $0.query == .topProducts }.map(\.batchID) == [0])
        engine.offerHeldBack()
        #expect(sink.takeOffered().filter { $0.query == .topProducts }.map(\.batchID) == [1])
        engine.offerHeldBack()
        #expect(sink.takeOffered().isEmpty)
    }

    /// A flood of long rejected records is committed in pieces; none is lost.
    @Test func aFloodOfRejectsEndsTheBatch() throws {
        let rig = try EngineRig()
        let junk = Array(String(repeating: "x", count: 70_000).utf8) + [0x0a]
        var flood: [UInt8] = []
        for _ in 0..<600 { flood += junk }
        try rig.append(flood, to: 0)
        let engine = try rig.engine()
        #expect(try rig.drain(engine) == 2)
        #expect(try rig.rows("SELECT count(*), max(byte_count) FROM dead_letters") == ["600|70000"])
    }

    /// A time lies in a bounded number of windows.
    @Test func refusesWindowsThatOverlapWithoutBound() {
        #expect(WindowSpec(sizeMs: 10_000, slideMs: 1) != nil)
        #expect(WindowSpec(sizeMs: 10_001, slideMs: 1) == nil)
    }

    /// A big backlog does not keep a small partition waiting.
    @Test func everyWaitingPartitionGetsARecord() {
        #expect(RecordQuota.shares(of: 100, unread: [1 << 30, 18_000, 0]) == [99, 1, 0])
        #expect(RecordQuota.shares(of: 1, unread: [10, 20, 30]) == [0, 0, 1])
    }

    /// Many categories and panes in one batch: cut or kept apart, never wrong.
    @Test func manyCategoriesAndPanesAreAllCounted() throws {
        let rig = try EngineRig()
        var orders: [TestOrder] = []
        for number in 0..<6_000 {
            orders.append(
                .at(
                    Int64(number) * 1_000_000, category: "Category \(number % 300)",
                    id: "ORD-\(number)"))
        }
        try rig.append(orders)
        let second = try #require(WindowSpec(sizeMs: 1_000, slideMs: 1_000))
        let answer = try rig.drained { $0.windows = [second] }
        #expect(answer["valid"]?.integer == 6_000)
        #expect(answer["categories"]?.elements?.count == 300)
        #expect(answer["windows"]?.elements?.count == 6_000)
    }
}
