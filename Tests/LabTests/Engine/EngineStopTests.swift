import ASEEDSystem
import Foundation
import Testing

@testable import Lab

/// `lab engine` stopped in every way: the next one goes on as if nothing had been (R37, R49, R71).
@Suite(.serialized, .timeLimit(.minutes(15))) struct EngineStopTests {
    @Test("SIGTERM and SIGINT end a following engine with 0", arguments: [SIGTERM, SIGINT])
    func termination(signal: Int32) throws {
        let log = try GeneratedLog(orders: 5_000)
        let expected = try EngineProcess.run(log.drain()).out
        let engine = try EngineProcess(
            ["engine", "--trigger", "0s", "--checkpoint", log.file("checkpoint")]
                + ["--max-orders-per-trigger", "50"] + log.settings)
        #expect(try engine.ready()["epoch"]?.integer == 1)
        #expect(try engine.wait { log.batches(in: "checkpoint") >= 3 })
        engine.signal(signal)
        #expect(try engine.end() == .exit(0), "\(engine.errors)")
        let again = try EngineProcess.run(log.drain("checkpoint"))
        #expect(again.out == expected)
        try log.expectTiled("checkpoint")
    }

    @Test("SIGTERM lets the batch under way end and commit")
    func finishesBatch() throws {
        let log = try GeneratedLog(orders: 200_000)
        let engine = try EngineProcess(
            ["engine", "--trigger", "available-now", "--announce"]
                + ["--checkpoint", log.file("checkpoint")] + log.settings)
        _ = try engine.ready()
        // The batch of everything has begun, and takes longer than this.
        let startNs = engine.cpuNs
        #expect(try engine.wait { engine.cpuNs > startNs + 10_000_000 })
        engine.signal(SIGTERM)
        #expect(try engine.end() == .exit(0), "\(engine.errors)")
        #expect(log.batches(in: "checkpoint") == 1)
        try log.expectTiled("checkpoint")
    }

    @Test("SIGTERM stops a draining engine between two batches")
    func stopsDraining() throws {
        let log = try GeneratedLog(orders: 100_000)
        let words = log.drain("checkpoint") + ["--max-orders-per-trigger", "500"]
        let engine = try EngineProcess(words)
        #expect(try engine.wait { log.batches(in: "checkpoint") >= 3 })
        engine.signal(SIGTERM)
        #expect(try engine.end() == .exit(0), "\(engine.errors)")
        let batches = log.batches(in: "checkpoint")
        #expect(batches < 200)
        #expect(try EngineProcess.run(words).out == EngineProcess.run(log.drain()).out)
        #expect(log.batches(in: "checkpoint") > batches)
    }

    @Test("R49: SIGKILL anywhere and a restart give the answer of an undisturbed run")
    func killed() throws {
        let log = try GeneratedLog(orders: 200_000)
        let expected = try EngineProcess.run(log.drain() + ["--max-orders-per-trigger", "30000"])
        #expect(expected.ending == .exit(0))
        for most in [1_000, 1_000_000] {
            for workers in [1, 2] {
                let name = "checkpoint-\(most)-\(workers)"
                let words =
                    log.drain(name) + ["--max-orders-per-trigger", "\(most)"]
                    + ["--workers", "\(workers)"]
                var kills = 0
                for afterMs in [0, 5, 20, 50, 100] as [Int64] {
                    let engine = try EngineProcess(words + ["--announce"])
                    _ = try engine.ready()
                    let startNs = engine.cpuNs
                    let isRunning = try engine.wait {
                        engine.cpuNs >= startNs + afterMs * 1_000_000
                    }
                    engine.signal(SIGKILL)
                    let ending = try engine.end()
                    if isRunning, ending == .killed { kills += 1 }
                }
                #expect(kills > 0, "\(name)")
                let last = try EngineProcess.run(words)
                #expect(last.ending == .exit(0), "\(name): \(last.errors)")
                #expect(last.out == expected.out, "\(name)")
                try log.expectTiled(name)
                let epoch = try log.integer(
                    "SELECT value FROM meta WHERE key = 'epoch'", in: name)
                #expect(epoch == 6, "\(name)")
            }
        }
        #expect(try expected.out == log.reference())
    }

    @Test(
        "R71: a file that may not grow stops the engine with 74 and its path; then all is exact",
        arguments: [40, 200, 600, 1_500])
    func fileLimit(kib: Int) throws {
        let log = try GeneratedLog(orders: 20_000)
        let expected = try EngineProcess.run(log.drain()).out
        let words = log.drain("checkpoint") + ["--max-orders-per-trigger", "200"]
        let limited = try EngineProcess.run(words, fileLimitKiB: kib)
        #expect(limited.ending == .exit(74), "\(limited.errors)")
        #expect(limited.errors.contains(log.file("checkpoint")), "\(limited.errors)")
        #expect(limited.out == "")
        let batches = log.batches(in: "checkpoint")
        #expect(kib < 200 || batches > 0)
        let again = try EngineProcess.run(words)
        #expect(again.ending == .exit(0), "\(again.errors)")
        #expect(again.out == expected)
        #expect(log.batches(in: "checkpoint") > batches)
        try log.expectTiled("checkpoint")
    }

    @Test("a following engine reads what comes, and partitions that are added (R5, R50)")
    func follows() throws {
        let folder = try TemporaryFolder()
        let log = try FileLog.create(at: folder.path + "/log", partitions: 1)
        func append(_ count: Int, to partition: Int) throws {
            let writer = try log.writer(of: partition, fsync: .never)
            let line = """
                {"order_id": "A", "product_id": "P", "product_name": "N", "category": "C", \
                "price": 1, "quantity": 1, "timestamp": "2024-01-15T00:00:00"}

                """
            try [UInt8](String(repeating: line, count: count).utf8).withUnsafeBytes {
                _ = try writer.append($0)
            }
        }
        let engine = try EngineProcess([
            "engine", "--log", log.path, "--checkpoint", folder.path + "/checkpoint",
            "--trigger", "20ms", "--progress", folder.path + "/progress.jsonl",
        ])
        _ = try engine.ready()
        func total() throws -> Int64 {
            let text = SmallFile.text(folder.path + "/progress.jsonl") ?? ""
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            guard let last = lines.last else { return 0 }
            return try JSONParser.parse(String(last))["x"]?["total_records"]?.integer ?? 0
        }
        try append(3, to: 0)
        #expect(try engine.wait { try total() == 3 })
        try log.addPartitions(upTo: 2)
        try append(4, to: 1)
        #expect(try engine.wait { try total() == 7 })
        try append(1, to: 0)
        #expect(try engine.wait { try total() == 8 })
        engine.signal(SIGTERM)
        #expect(try engine.end() == .exit(0), "\(engine.errors)")
    }
}
