import Foundation
import SQLite
import Testing

@testable import ASEEDSystem

@Suite struct CheckpointIdentityTests {
    /// The engine's refusal, or nil when it starts.
    private func refusal(
        _ rig: EngineRig, _ change: (inout EngineOptions) -> Void = { _ in }
    ) throws -> CheckpointError? {
        try checkpointError { _ = try rig.engine(change) }
    }

    private func expectMismatch(
        _ error: CheckpointError?, saying words: String..., at path: String,
        _ location: SourceLocation = #_sourceLocation
    ) {
        guard let error, case .mismatch(let folder, _, _) = error else {
            Issue.record("no mismatch of \(path)", sourceLocation: location)
            return
        }
        #expect(folder == path, sourceLocation: location)
        let text = "\(error)"
        for word in words {
            #expect(text.contains(word), "\(text)", sourceLocation: location)
        }
    }

    private func used(partitions: Int = 1) throws -> EngineRig {
        let rig = try EngineRig(partitions: partitions)
        for partition in 0..<partitions { try rig.append([.at(5), .at(6)], to: partition) }
        try rig.drain(try rig.engine())
        return rig
    }

    @Test("the same log and settings are taken again, limits may change")
    func same() throws {
        let rig = try used()
        #expect(try refusal(rig) == nil)
        let other = try refusal(rig) {
            $0.workers = 2
            $0.maxOrdersPerTrigger = 1
            $0.deadLetterLimit = 0
            $0.idleTimeoutMs = 5
            $0.runID = "another"
        }
        #expect(other == nil)
        #expect(try rig.engine().runID == "run-1")
    }

    @Test("R4: another log is refused, with both identities")
    func otherLog() throws {
        let rig = try used()
        try FileManager.default.moveItem(atPath: rig.logPath, toPath: rig.folder.file("log2"))
        try FileManager.default.createDirectory(
            atPath: rig.logPath, withIntermediateDirectories: true)
        let log = try FileLog.create(at: rig.logPath + "/new", partitions: 1)
        let kept = try #require(try rig.rows("SELECT value FROM meta WHERE key = 'log'").first)
        let error = try checkpointError { _ = try Engine(options: rig.options, log: log) }
        expectMismatch(error, saying: kept, log.identity, at: rig.checkpointPath)
        #expect(kept.hasPrefix("files:"))
    }

    @Test("results depend on windows, policy and delay: others are refused and named")
    func otherSettings() throws {
        let rig = try used()
        let path = rig.checkpointPath
        let sliding = try #require(WindowSpec(sizeMs: 60_000, slideMs: 30_000))
        let moved = try #require(WindowSpec(sizeMs: 60_000, slideMs: 60_000, offsetMs: 1))
        for windows in [[sliding], [moved], [], [.minute, sliding]] {
            expectMismatch(
                try refusal(rig) { $0.windows = windows }, saying: "windows 60000/60000+0", at: path
            )
        }
        expectMismatch(try refusal(rig) { $0.policy = .batch }, saying: "policy batch", at: path)
        expectMismatch(
            try refusal(rig) { $0.watermarkDelayMs = 1 }, saying: "watermark_delay_ms 1\"", at: path
        )
    }

    @Test("R4: fewer partitions than the checkpoint knows")
    func fewerPartitions() throws {
        let rig = try used(partitions: 3)
        try FileManager.default.removeItem(atPath: rig.partitionPath(2))
        expectMismatch(try refusal(rig), saying: "3 partitions", "has 2", at: rig.checkpointPath)
    }

    @Test("R4: a saved position beyond the log's end is refused with partition and bounds")
    func shorterLog() throws {
        let rig = try used(partitions: 2)
        let line = Array("\(TestOrder.at(5).text)\n".utf8)
        try Data(line).write(to: URL(fileURLWithPath: rig.partitionPath(1)))
        let refused = try #require(try refusal(rig))
        guard case .positionOutside(_, let partition, let position, let start, let end) = refused
        else {
            Issue.record("\(refused)")
            return
        }
        #expect(partition == 1)
        #expect(position == Int64(2 * line.count))
        #expect(start == 0)
        #expect(end == Int64(line.count))
        #expect("\(refused)".contains("partition 1"))
        // With the bytes back, it goes on.
        try rig.append([TestOrder.at(6)], to: 1)
        #expect(try refusal(rig) == nil)
    }

    @Test("R4: a refusal changes nothing in the checkpoint")
    func refusalChangesNothing() throws {
        let rig = try used()
        let tables = ["meta", "positions", "batches", "products", "windows", "totals"]
        let before = try tables.map { try rig.rows("SELECT * FROM \($0)") }
        expectMismatch(
            try refusal(rig) { $0.policy = .batch }, saying: "policy", at: rig.checkpointPath)
        try Data().write(to: URL(fileURLWithPath: rig.partitionPath(0)))
        #expect(try refusal(rig) != nil)
        #expect(try tables.map { try rig.rows("SELECT * FROM \($0)") } == before)
    }

    @Test("a file that is no database, another program's database, another version")
    func foreignFiles() throws {
        let rig = try EngineRig()
        let path = rig.checkpointPath
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let file = URL(fileURLWithPath: "\(path)/checkpoint.sqlite")
        try Data("this is no database, only some text of a few bytes\n".utf8).write(to: file)
        expectMismatch(try refusal(rig), saying: "damaged", at: path)
        try FileManager.default.removeItem(at: file)
        try Database(path: file.path).execute("CREATE TABLE notes (text)")
        expectMismatch(try refusal(rig), saying: "no checkpoint of this version", at: path)
        try FileManager.default.removeItem(at: file)
        _ = try rig.engine()
        try rig.database().execute("PRAGMA user_version=2")
        expectMismatch(try refusal(rig), saying: "version 2", at: path)
    }

    @Test("a damaged checkpoint is named, not read as something else")
    func damaged() throws {
        let rig = try used()
        let path = rig.checkpointPath
        try rig.database().execute("UPDATE products SET total_revenue = '12,5'")
        expectMismatch(try refusal(rig), saying: "12,5", at: path)
    }

    @Test("a folder that can't be made is a system error with its path")
    func noFolder() throws {
        let rig = try EngineRig()
        let refused = try #require(try refusal(rig) { $0.checkpointFolder = "/proc/none/c" })
        guard case .system = refused else {
            Issue.record("\(refused)")
            return
        }
        #expect("\(refused)".contains("/proc/none/c"))
    }
}
