import Foundation
import Testing

@testable import ASEEDSystem

/// What an engine leaves for whoever watches it.
@Suite struct ProgressLogTests {
    private let rig: EngineRig
    private let path: String

    init() throws {
        rig = try EngineRig()
        path = rig.folder.file("progress.jsonl")
    }

    private func plan() throws -> JSONValue {
        try JSONParser.parse(Array(try Data(contentsOf: URL(filePath: path + ".plan"))))
    }

    /// A process that is killed in a batch leaves behind what it was going to read.
    @Test func theBatchUnderWayIsNotedBeforeItBegins() throws {
        try rig.append(["1", "2", "3"])
        let stopped = try rig.engine { $0.stopsAt = { $0 == .batchProcessed } }
        try stopped.writeProgress(to: path)
        #expect(throws: EngineError.self) { try rig.drain(stopped) }
        let lost = try plan()
        #expect(lost["batchId"]?.integer == 0)
        #expect(lost["startOffset"]?["0"]?.integer == 0)
        #expect(lost["endOffset"]?["0"]?.integer == 6)
        #expect(try Data(contentsOf: URL(filePath: path)).isEmpty)
    }

    /// Runs an engine to the log's end; it gives the checkpoint free.
    private func drain(limit: Int64) throws {
        let engine = try rig.engine { $0.maxOrdersPerTrigger = limit }
        try engine.writeProgress(to: path)
        try rig.drain(engine)
    }

    @Test func theNextBatchTakesItsPlaceWhole() throws {
        try rig.append((0..<2_000).map { "\($0 + 100_000)" })
        try drain(limit: 50)
        #expect(try plan()["batchId"]?.integer == 39)
        #expect(try plan()["maxRecords"]?.integer == 50)
        // Shorter text leaves nothing of the longer one behind.
        try rig.append(["1"])
        try drain(limit: 5)
        #expect(try plan()["batchId"]?.integer == 40)
        #expect(try plan()["maxRecords"]?.integer == 5)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 41)
    }
}
