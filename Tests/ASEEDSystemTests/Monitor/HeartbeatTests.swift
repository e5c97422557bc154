import Glibc
import Testing

@testable import ASEEDSystem

@Suite struct HeartbeatTests {
    private static let process = ProcessIdentity(pid: 7, startTicks: 70)

    private static func beat(atNs: Int64, dueNs: Int64 = .max) -> Heartbeat {
        Heartbeat(
            service: "data_analyzer", process: process, timeUs: 0, monotonicNs: atNs,
            state: .running, records: 5, batchID: 2, dueNs: dueNs)
    }

    @Test func isWrittenAndReadAgain() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("data_analyzer.json")
        let writer = try HeartbeatWriter(path: path, service: "data_analyzer")
        defer { writer.stop() }
        let first = try #require(Heartbeat.read(path))
        #expect(first.process == ProcessIdentity.current)
        #expect(first.batchID == nil && first.records == 0)
        writer.note(.idle, records: 12, batchID: 3, nextNs: 0)
        #expect(eventually { Heartbeat.read(path)?.records == 12 })
        let second = try #require(Heartbeat.read(path))
        #expect(second.state == .idle && second.batchID == 3)
        #expect(second.monotonicNs - first.monotonicNs <= 1_000_000_000)
    }

    @Test func stopsBeingWritten() throws {
        let folder = try TemporaryFolder()
        let writer = try HeartbeatWriter(path: folder.file("h.json"), service: "s")
        writer.stop()
        writer.note(.idle, records: 9, nextNs: 0)
        #expect(!eventually(withinMs: 700) { Heartbeat.read(folder.file("h.json"))?.records == 9 })
    }

    @Test func goesOnWhenTheFolderWasAwayForAWhile() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("sub/h.json")
        mkdir(folder.file("sub"), 0o755)
        let log = try Log(service: "s", path: folder.file("s.log"))
        let writer = try HeartbeatWriter(path: path, service: "s", log: log)
        defer { writer.stop() }
        rename(folder.file("sub"), folder.file("away"))
        #expect(eventually { ((try? folder.read("s.log").count) ?? 0) > 0 })
        rename(folder.file("away"), folder.file("sub"))
        writer.note(.idle, records: 4, nextNs: 0)
        #expect(eventually { Heartbeat.read(path)?.records == 4 })
    }

    @Test(
        arguments: [
            (0, Int64.max, 4_000_000_000, true),
            (0, Int64.max, 5_000_000_001, false),
            (9_000_000_000, 10_000_000_000, 10_000_000_000, true),
            (9_000_000_000, 10_000_000_000, 10_000_000_001, false),
        ] as [(Int64, Int64, Int64, Bool)])
    func showsWhetherTheWorkGoesOn(atNs: Int64, dueNs: Int64, nowNs: Int64, isUp: Bool) {
        let answer = ServiceProbes.heartbeat(
            Self.beat(atNs: atNs, dueNs: dueNs), of: Self.process, nowNs: nowNs)
        #expect(answer.isUp == isUp, "\(answer.detail)")
    }

    @Test func ofAnotherProcessIsNone() {
        let other = ProcessIdentity(pid: 7, startTicks: 71)
        #expect(!ServiceProbes.heartbeat(Self.beat(atNs: 0), of: other, nowNs: 1).isUp)
        #expect(!ServiceProbes.heartbeat(nil, of: other, nowNs: 1).isUp)
    }

    @Test func anEngineThatReadsNothingOfWhatIsWrittenFails() {
        var progress = EngineActivity()
        func look(_ records: Int64, _ written: Int64?, _ seconds: Int64)
            -> SystemStatus.Health.Grade
        {
            var beat = Self.beat(atNs: 0)
            beat.records = records
            return progress.health(
                engine: (.running, beat, ""), written: written, nowNs: seconds * 1_000_000_000
            ).grade
        }
        #expect(look(5, 10, 0) == .ok)
        #expect(look(5, 20, 59) == .ok)
        #expect(look(5, 20, 61) == .fail)
        #expect(look(6, 20, 62) == .ok)
        // Nothing is written: nothing is to be read.
        #expect(look(6, 20, 1_000) == .ok)
        #expect(look(6, nil, 2_000) == .ok)
    }
}
