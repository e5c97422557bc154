import Foundation
import SQLite
import Testing

@testable import ASEEDSystem

@Suite struct FencingTests {
    @Test("R55: a second engine on the folder is refused, with the holder's pid")
    func lease() throws {
        let rig = try EngineRig()
        var first: Engine? = try rig.engine()
        #expect(first?.epoch == 1)
        let error = try checkpointError { _ = try rig.engine() }
        guard case .held(let path, let pid) = error else {
            Issue.record("two engines")
            return
        }
        #expect(path == rig.checkpointPath)
        #expect(pid == getpid())
        first = nil
        #expect(try rig.engine().epoch == 2)
    }

    @Test("R55: a refused start leaves the lease free")
    func refusedStartFreesLease() throws {
        let rig = try EngineRig()
        _ = try rig.engine()
        #expect(throws: EngineError.self) { try rig.engine { $0.policy = .batch } }
        #expect(try rig.engine().epoch == 2)
    }

    @Test("R55: the epoch is one more than the larger of the checkpoint's and the dashboard's")
    func epochs() throws {
        let rig = try EngineRig()
        #expect(try rig.engine(dashboardEpoch: 41).epoch == 42)
        #expect(try rig.engine(dashboardEpoch: 7).epoch == 43)
        #expect(try rig.rows("SELECT value FROM meta WHERE key = 'epoch'") == ["43"])
    }

    @Test("R66: under batch an older copy takes a new run id, under record it keeps its own")
    func olderCopy() throws {
        for (policy, expected) in [(LatenessPolicy.record, "run-1"), (.batch, "run-1-10")] {
            let rig = try EngineRig()
            #expect(try rig.engine(dashboardEpoch: 4) { $0.policy = policy }.runID == "run-1")
            let engine = try rig.engine(dashboardEpoch: 9) { $0.policy = policy }
            #expect(engine.runID == expected)
            #expect(engine.epoch == 10)
        }
    }

    @Test("R55: an engine whose epoch was raised behind its back writes nothing and stops")
    func fenced() throws {
        let rig = try EngineRig()
        try rig.append([TestOrder.at(5), .at(6), TestOrder(price: "-1")])
        let engine = try rig.engine()
        try rig.drain(engine)
        try rig.database().execute("UPDATE meta SET value = 7 WHERE key = 'epoch'")
        let tables = try rig.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        let before = try tables.map { try rig.rows("SELECT * FROM \($0)") }
        #expect(tables.count == 11)
        try rig.append([TestOrder.at(900_000_000), TestOrder(quantity: "0")])
        for _ in 0..<2 {
            let error = try checkpointError {
                try engine.runBatch(upTo: try engine.logEnds())
            }
            guard case .fenced(let path, let epoch) = error else {
                Issue.record("not fenced")
                return
            }
            #expect(path == rig.checkpointPath)
            #expect(epoch == 7)
        }
        #expect(try tables.map { try rig.rows("SELECT * FROM \($0)") } == before)
    }

    @Test("R55: a fenced engine takes nothing out of the outbox either")
    func fencedOutbox() throws {
        let rig = try EngineRig()
        try rig.append([TestOrder.at(5), .at(900_000_000)])
        let engine = try rig.engine { $0.watermarkDelayMs = 0 }
        let sink = RecordingSink()
        engine.publish(to: sink)
        try rig.drain(engine)
        #expect(try rig.rows("SELECT * FROM outbox") == ["0|1"])
        try rig.database().execute("UPDATE meta SET value = 2 WHERE key = 'epoch'")
        sink.acknowledge(finals: 0)
        #expect(throws: EngineError.self) { try engine.drainPublications(withinMs: 100) }
        #expect(try rig.rows("SELECT * FROM outbox") == ["0|1"])
    }

    @Test("R61: an engine that the dashboard refuses stops after its batch")
    func fencedByDashboard() throws {
        let rig = try EngineRig()
        try rig.append([TestOrder.at(5)])
        let engine = try rig.engine()
        let sink = RecordingSink()
        engine.publish(to: sink)
        sink.fence(epoch: 9)
        guard case .fencedByDashboard(let epoch) = try engineError({ try rig.drain(engine) })
        else {
            Issue.record("not fenced")
            return
        }
        #expect(epoch == 9)
    }
}
