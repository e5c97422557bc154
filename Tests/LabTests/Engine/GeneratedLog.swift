import ASEEDSystem
import Foundation
import SQLite
import Testing

@testable import Lab

/// A log that `lab loadgen` made, with late, out-of-order, doubled and invalid orders, and what
/// engines over it need.
final class GeneratedLog {
    private let folder: TemporaryFolder
    var path: String { folder.path + "/log" }

    /// Makes the log.
    init(orders: Int, seed: Int = 42) throws {
        folder = try TemporaryFolder()
        let plan = """
            {"seed":\(seed),"partitions":3,"fsync":"never","products":400,"categories":10,
             "distribution":{"kind":"zipf","exponent":1.1},
             "event_time_start":"2024-01-15T00:00:00.000000Z","event_time_speed":1.0,
             "window_ms":60000,"slide_ms":60000,"watermark_delay_ms":60000,
             "event_time_max":"\(Self.eventTimeMax)",
             "mix":{"out_of_order":{"fraction":0.02,"max_delay_ms":20000},
                    "late":{"fraction":0.02,"min_delay_ms":60000,"max_delay_ms":600000},
                    "boundary":true,"duplicates":{"fraction":0.01,"max_gap":40},
                    "invalid":{"fraction":0.02,"kinds":[]}},
             "stages":[{"name":"backlog","executor":"backlog","orders":\(orders),"event_rate":50}]}
            """
        try Data(plan.utf8).write(to: URL(fileURLWithPath: file("plan.json")))
        let made = try EngineProcess.run([
            "loadgen", "--plan", file("plan.json"), "--log", path, "--history", file("history"),
        ])
        try #require(made.ending == .exit(0), "\(made.errors)")
    }

    static let eventTimeMax = "2024-01-16T00:00:00.000000Z"

    func file(_ name: String) -> String { "\(folder.path)/\(name)" }

    /// The words that make an engine's answer the log's alone.
    var settings: [String] {
        ["--log", path, "--watermark-delay", "60s", "--event-time-max", Self.eventTimeMax]
    }

    /// The words of an engine that drains the log and answers with everything.
    func drain(_ checkpoint: String? = nil) -> [String] {
        ["engine", "--trigger", "available-now", "--format", "json", "--top", "all"] + settings
            + (checkpoint.map { ["--checkpoint", file($0)] } ?? [])
    }

    /// What the verifier computes from the log, without any engine.
    func reference(_ more: [String] = []) throws -> String {
        let found = try EngineProcess.run(
            ["verify", "--format", "json", "--top", "all"] + settings + more)
        try #require(found.ending == .exit(0), "\(found.errors)")
        return found.out
    }

    /// A whole number out of a checkpoint.
    func integer(_ sql: String, in checkpoint: String) throws -> Int64? {
        try Database(path: file(checkpoint) + "/checkpoint.sqlite", mode: .readOnly).integer(sql)
    }

    /// Batches that a checkpoint holds; 0 as long as there is none.
    func batches(in checkpoint: String) -> Int64 {
        (try? integer("SELECT count(DISTINCT batch_id) FROM batches", in: checkpoint)) ?? 0
    }

    /// Whether the batch ranges of every partition follow each other to the log's end (C1).
    func expectTiled(_ checkpoint: String) throws {
        let breaks = """
            SELECT count(*) FROM batches a JOIN batches b
            ON b.partition = a.partition AND b.batch_id = a.batch_id + 1 AND b.start <> a."end"
            """
        #expect(try integer(breaks, in: checkpoint) == 0)
        let last = "SELECT max(batch_id) + 1 = count(DISTINCT batch_id) FROM batches"
        #expect(try integer(last, in: checkpoint) == 1)
        for partition in 0..<3 {
            let size =
                try FileManager.default.attributesOfItem(
                    atPath: "\(path)/partition-\(partition).jsonl")[.size] as? Int64
            #expect(
                try integer(
                    "SELECT position FROM positions WHERE partition = \(partition)",
                    in: checkpoint) == size)
        }
    }
}
