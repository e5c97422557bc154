import ASEEDSystem
import Foundation
import Testing

@Suite(.timeLimit(.minutes(15))) struct FileLogFollowerTests {
    @Test("what is there already needs no waiting")
    func seesWhatIsThere() throws {
        let folder = try TemporaryFolder()
        try folder.write("one\n", to: "partition-0.jsonl")
        let follower = try FileLogFollower(FileLog(opening: folder.path))
        #expect(try follower.waitForGrowth(beyond: [0], timeoutMs: 0))
        #expect(try !follower.waitForGrowth(beyond: [4], timeoutMs: 0))
    }

    @Test("a torn tail does not count as growth, the rest of the line does")
    func wakesForWholeLines() throws {
        let folder = try TemporaryFolder()
        try folder.write("one\n", to: "partition-0.jsonl")
        let log = try FileLog(opening: folder.path)
        let follower = try FileLogFollower(log)
        try folder.write("tw", to: "partition-0.jsonl", append: true)
        #expect(try !follower.waitForGrowth(beyond: [4], timeoutMs: 20))
        let path = folder.file("partition-0.jsonl")
        let thread = Thread { appendLine("o\n", path) }
        thread.start()
        #expect(try follower.waitForGrowth(beyond: [4], timeoutMs: 30_000))
        #expect(try log.endPosition(of: 0) == 8)
    }

    @Test("R5: a partition that appears with a record is growth")
    func wakesForNewPartition() throws {
        let folder = try TemporaryFolder()
        try folder.write("one\n", to: "partition-0.jsonl")
        let follower = try FileLogFollower(FileLog(opening: folder.path))
        let path = folder.file("partition-1.jsonl")
        let thread = Thread { appendLine("first\n", path) }
        thread.start()
        #expect(try follower.waitForGrowth(beyond: [4], timeoutMs: 30_000))
    }
}

private func appendLine(_ text: String, _ path: String) {
    guard let stream = fopen(path, "a") else { return }
    fwrite(text, 1, text.utf8.count, stream)
    fclose(stream)
}
