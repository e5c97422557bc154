import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// Folders of runs, and what is written into them.
@Suite struct RunFolderTests {
    @Test func namesTellTimeAndNeverCollide() throws {
        let results = try TemporaryFolder()
        let now: Int64 = 1_705_329_000_000_000_000
        let runs = try (0..<20).map { _ in
            try RunFolder.make(results: results.path, scenario: "s", nowNs: now)
        }
        #expect(Set(runs.map(\.id)).count == 20)
        #expect(runs.allSatisfy { $0.id.hasPrefix("20240115T143000Z-") })
        #expect(runs.allSatisfy { FileTree.exists($0.logs) && FileTree.exists($0.checkpoint) })
    }

    @Test func latestFollowsTheNewestRun() throws {
        let results = try TemporaryFolder()
        for _ in 0..<2 {
            let run = try RunFolder.make(results: results.path, scenario: "s")
            try run.link()
            try TextFile.replace(run.file("result.json"), with: Array("{}".utf8))
            #expect(RunFolder.open("\(results.path)/s/latest") == run)
            #expect(RunFolder.open("\(results.path)/latest") == run)
        }
        #expect(RunFolder.open("\(results.path)/s") == nil)
        #expect(RunFolder.open("\(results.path)/none") == nil)
    }

    @Test func replacesAFileAtOnce() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a.json"
        try TextFile.replace(path, with: Array("old".utf8))
        try TextFile.replace(path, with: Array("new".utf8))
        #expect(try TextFile.read(path) == Array("new".utf8))
        #expect(FileTree.names(in: folder.path) == ["a.json"])
        #expect(throws: SystemError.self) {
            try TextFile.replace("\(folder.path)/none/a", with: [])
        }
    }

    @Test func removesATreeAndFollowsNoLink() throws {
        let folder = try TemporaryFolder()
        let outside = "\(folder.path)/outside"
        let tree = "\(folder.path)/tree"
        try FileTree.make("\(tree)/a/b")
        try FileTree.make(outside)
        try TextFile.replace("\(tree)/a/b/file", with: [1, 2, 3])
        try TextFile.replace("\(outside)/kept", with: [1])
        #expect(symlink(outside, "\(tree)/link") == 0)
        #expect(FileTree.bytes(under: tree) >= 3)
        #expect(FileTree.remove(tree))
        #expect(!FileTree.exists(tree))
        #expect(FileTree.exists("\(outside)/kept"))
    }

    @Test func refusesARunThatTheDiskCantHold() throws {
        let folder = try TemporaryFolder()
        var estimate = RunEstimate(try Samples.scenario())
        try estimate.check(folder: folder.path)
        estimate.diskBytes = Int64.max
        let error = #expect(throws: RunStop.self) { try estimate.check(folder: folder.path) }
        #expect(error?.exitCode == .unavailable)
        #expect(error?.description.contains("make room") == true)
    }
}
