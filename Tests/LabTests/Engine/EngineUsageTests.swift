import ASEEDSystem
import Foundation
import Testing

@testable import Lab

/// `lab engine` told something wrong: the exit code, and a message that names it.
@Suite(.timeLimit(.minutes(15))) struct EngineUsageTests {
    private static let huge = "9223372036854775807ms"

    @Test(
        "a wrong option ends with 64, before anything is made, and is named",
        arguments: [
            ["--trigger", "5"], ["--trigger", "available"], ["--trigger", "-5s"],
            ["--trigger", huge], ["--max-orders-per-trigger", "0"],
            ["--max-orders-per-trigger", "many"], ["--max-orders-per-trigger", "-1"],
            ["--workers", "0"], ["--workers", "257"], ["--workers", "1.5"],
            ["--watermark-delay", "10"], ["--watermark-delay", "3651d"],
            ["--watermark-delay", huge],
            ["--policy", "spark"], ["--event-time-max", "tomorrow"],
            ["--event-time-max", "1969-12-31T00:00:00Z"], ["--max-future", "5"],
            ["--max-future", huge], ["--idle-timeout", "1"], ["--idle-timeout", huge],
            ["--dead-letter-limit", "-1"], ["--dead-letter-limit", "x"],
            ["--publish-every", "top_products"], ["--publish-every", "nothing=3"],
            ["--publish-every", "top_products=0"], ["--sink", "kafka"], ["--top", "0"],
            ["--top", "ten"], ["--format", "xml"], ["--window", "60"], ["--window"],
            ["--window", "0s"], ["--window", "60s", "--slide", "61s"],
            ["--window", "60s", "--slide", "0s"], ["--slide", "2m"],
            ["--window", "60s", "--slide", "30s", "--slide", "10s"],
            ["--window", "60s", "--window", "60s"], ["--window", "367d"],
            ["--sink", "console", "--dashboard", "http://127.0.0.1:1"], ["--watermark", "10m"],
            ["--no-dashboard", "--dashboard", "http://127.0.0.1:1"],
        ])
    func wrongOptions(words: [String]) throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: "\(folder.path)/partition-0.jsonl"))
        let checkpoint = folder.path + "/checkpoint"
        let found = try EngineProcess.run(
            ["engine", "--log", folder.path, "--checkpoint", checkpoint] + words)
        #expect(found.ending == .exit(64), "\(found.errors)")
        #expect(found.out == "")
        let option = String(try #require(words.first).dropFirst(2))
        let names = option == "slide" || option == "window" ? ["slide", "window"] : [option]
        #expect(names.contains { found.errors.contains($0) }, "\(words): \(found.errors)")
        #expect(!FileManager.default.fileExists(atPath: checkpoint))
    }

    @Test("no --log, an unknown word")
    func missing() throws {
        let noLog = try EngineProcess.run(["engine"])
        #expect(noLog.ending == .exit(64) && noLog.errors.contains("--log"))
        let operand = try EngineProcess.run(["engine", "data"])
        #expect(operand.ending == .exit(64) && operand.errors.contains("data"))
    }

    @Test("a refused start leaves no temporary checkpoint behind")
    func leavesNothing() throws {
        let folder = try TemporaryFolder()
        let words = ["engine", "--trigger", "available-now", "--log", folder.path]
        for more in [["--top", "0"], ["--window", "0s"], ["--policy", "x"], []] {
            let found = try EngineProcess.run(words + more, environment: ["TMPDIR": folder.path])
            #expect(found.ending == .exit(more.isEmpty ? 69 : 64), "\(found.errors)")
            #expect(FileTree.names(in: folder.path) == [], "\(more)")
        }
    }

    @Test("a log that is not there is 69, and is named")
    func missingLog() throws {
        let folder = try TemporaryFolder()
        for path in [folder.path + "/none", folder.path] {
            let found = try EngineProcess.run(
                ["engine", "--log", path, "--trigger", "available-now"])
            #expect(found.ending == .exit(69))
            #expect(found.errors.contains(path), "\(found.errors)")
        }
        try Data().write(to: URL(fileURLWithPath: "\(folder.path)/partition-1.jsonl"))
        let gap = try EngineProcess.run(
            ["engine", "--log", folder.path, "--trigger", "available-now"])
        #expect(gap.ending == .exit(69) && gap.errors.contains("partition-0.jsonl"))
    }

    @Test("R4: a checkpoint of another log, or made with other settings, is 78 and stays as it is")
    func otherCheckpoint() throws {
        let log = try GeneratedLog(orders: 500)
        let other = try GeneratedLog(orders: 500)
        #expect(try EngineProcess.run(log.drain("checkpoint")).ending == .exit(0))
        let words = other.drain() + ["--checkpoint", log.file("checkpoint")]
        let wrongLog = try EngineProcess.run(words)
        #expect(wrongLog.ending == .exit(78))
        #expect(wrongLog.errors.contains(log.file("checkpoint")), "\(wrongLog.errors)")
        let wrongDelay = try EngineProcess.run(
            log.drain("checkpoint") + ["--watermark-delay", "61s"])
        #expect(wrongDelay.ending == .exit(78))
        #expect(wrongDelay.errors.contains("watermark_delay_ms 61000"), "\(wrongDelay.errors)")
        let again = try EngineProcess.run(log.drain("checkpoint"))
        #expect(again.ending == .exit(0))
        #expect(try again.out == EngineProcess.run(log.drain()).out)
    }

    @Test("R4: a log that lost bytes which were read is 78, with partition and position")
    func shorterLog() throws {
        let log = try GeneratedLog(orders: 500)
        #expect(try EngineProcess.run(log.drain("checkpoint")).ending == .exit(0))
        let path = "\(log.path)/partition-1.jsonl"
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: 1_000)
        let found = try EngineProcess.run(log.drain("checkpoint"))
        #expect(found.ending == .exit(78))
        #expect(found.errors.contains("partition 1"), "\(found.errors)")
    }

    @Test("R55: a second engine on the checkpoint is 69 and names the first one's pid")
    func secondEngine() throws {
        let log = try GeneratedLog(orders: 500)
        let words = ["--trigger", "10s", "--checkpoint", log.file("checkpoint")]
        let first = try EngineProcess(["engine"] + words + log.settings)
        #expect(try first.ready()["pid"]?.integer == Int64(first.pid))
        let second = try EngineProcess.run(["engine"] + words + log.settings)
        #expect(second.ending == .exit(69))
        #expect(second.errors.contains("process \(first.pid)"), "\(second.errors)")
        first.signal(SIGTERM)
        #expect(try first.end() == .exit(0))
        #expect(try EngineProcess.run(log.drain("checkpoint")).ending == .exit(0))
    }

    @Test("DASHBOARD_URL is where a following engine publishes when nothing else is said")
    func dashboardOfTheEnvironment() throws {
        let log = try GeneratedLog(orders: 500)
        let dashboard = try StubDashboard(body: Array("{}".utf8))
        let words = ["engine", "--trigger", "50ms"] + log.settings
        let engine = try EngineProcess(
            words + ["--checkpoint", log.file("checkpoint")],
            environment: ["DASHBOARD_URL": dashboard.url])
        #expect(try engine.wait { !dashboard.posts.isEmpty })
        engine.signal(SIGTERM)
        _ = try engine.end()

        // Where it is used, a wrong one is told of before the missing log is.
        func ending(_ more: [String]) throws -> (EngineProcess.Ending, String) {
            let found = try EngineProcess.run(
                ["engine", "--log", "/none/log", "--checkpoint", log.file("other")] + more,
                environment: ["DASHBOARD_URL": "nowhere"])
            return (found.ending, found.errors)
        }
        let wrong = try ending([])
        #expect(wrong.0 == .exit(78) && wrong.1.contains("DASHBOARD_URL=nowhere"), "\(wrong.1)")
        for more in [
            ["--no-dashboard"], ["--sink", "console"], ["--dashboard", "http://127.0.0.1:1"],
            ["--trigger", "available-now"],
        ] {
            #expect(try ending(more).0 == .exit(69), "\(more)")
        }
    }

    @Test("a token file that can't be read is 78; a checkpoint that can't be made is 74")
    func files() throws {
        let log = try GeneratedLog(orders: 500)
        let token = try EngineProcess.run(
            log.drain() + ["--dashboard", "http://127.0.0.1:1", "--token-file", "/none/token"])
        #expect(token.ending == .exit(78) && token.errors.contains("/none/token"))
        let folder = try EngineProcess.run(
            log.drain() + ["--checkpoint", "\(log.path)/partition-0.jsonl/checkpoint"])
        #expect(folder.ending == .exit(74))
        #expect(folder.errors.contains("partition-0.jsonl/checkpoint"), "\(folder.errors)")
        let progress = try EngineProcess.run(log.drain() + ["--progress", "/none/progress.jsonl"])
        #expect(progress.ending == .exit(74) && progress.errors.contains("/none/progress.jsonl"))
    }
}
