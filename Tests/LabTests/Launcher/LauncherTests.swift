import Foundation
import Glibc
import Testing

/// The launcher `lab` over a fake project: builds when it must, and only then.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct LauncherTests {
    let tree: LauncherTree

    init() throws {
        tree = try LauncherTree()
    }

    private var builds: Int {
        get throws { try tree.calls("swift build").count }
    }

    @Test func buildsOnceAndPassesWordsAndExitCodeOn() throws {
        let first = try tree.run("lab", ["run", "a b", "", "--x=*"])
        #expect(first.code == 3)
        #expect(first.stdout.hasSuffix("word <run>\nword <a b>\nword <>\nword <--x=*>\n"))
        #expect(first.stdout.hasPrefix("pid "), "nothing of the launcher on stdout")
        #expect(first.stderr == "building lab (release)… first time takes some minutes\n")
        let second = try tree.run("lab", ["help"])
        #expect(second.code == 3)
        #expect(second.stderr.isEmpty)
        #expect(try builds == 1)
        #expect(
            try tree.calls("swift build") == [
                "swift build --package-path \(tree.root.path) "
                    + "--scratch-path \(tree.root.path)/.build/lab -c release --product lab "
                    + "--static-swift-stdlib"
            ])
    }

    enum Change: CaseIterable {
        case edit, add, delete, deleteFolder, manifest, resolved, oldFile, binary
    }

    @Test(arguments: Change.allCases)
    func buildsAgainAfter(_ change: Change) throws {
        try tree.write("let c = 1\n", to: "Sources/Other/c.swift")
        _ = try tree.run("lab")
        try tree.waitForNewerDates()
        switch change {
        case .edit: try tree.write("let a = 2\n", to: "Sources/Lab/a.swift")
        case .add: try tree.write("let d = 1\n", to: "Sources/Lab/d.swift")
        case .delete: try tree.remove("Sources/Lab/b.swift")
        case .deleteFolder: try tree.remove("Sources/Other")
        case .manifest: try tree.write("let package = 2\n", to: "Package.swift")
        case .resolved: try tree.write("{}\n", to: "Package.resolved")
        case .oldFile:
            // As when an archive is unpacked over the sources: new content, old date.
            try tree.write("let a = 3\n", to: "Sources/Lab/a.swift")
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)],
                ofItemAtPath: tree.root.appending(path: "Sources/Lab/a.swift").path)
        case .binary: try tree.remove(".build/lab/release/lab")
        }
        let second = try tree.run("lab")
        #expect(second.code == 3)
        #expect(second.stderr.hasPrefix("building lab (release)"))
        #expect(try builds == 2)
        #expect(try tree.run("lab").stderr.isEmpty)
        #expect(try builds == 2)
    }

    @Test func buildsNothingWhenOnlyOtherFilesChange() throws {
        _ = try tree.run("lab")
        try tree.waitForNewerDates()
        try tree.write("hello\n", to: "README.md")
        try tree.write("let t = 1\n", to: "Tests/T/t.swift")
        try tree.write("{}\n", to: "scenarios/x.json")
        #expect(try tree.run("lab").stderr.isEmpty)
        #expect(try builds == 1)
    }

    @Test func worksFromElsewhereAndThroughSymbolicLinks() throws {
        let elsewhere = tree.root.appending(path: "else where")
        let files = FileManager.default
        try files.createDirectory(at: elsewhere, withIntermediateDirectories: true)
        try files.createSymbolicLink(
            atPath: elsewhere.appending(path: "first").path, withDestinationPath: "../lab")
        try files.createSymbolicLink(
            atPath: elsewhere.appending(path: "second").path, withDestinationPath: "first")
        for program in ["../lab", "./first", "./second"] {
            let outcome = try tree.run("/usr/bin/env", [program, "x"], in: elsewhere)
            #expect(outcome.code == 3, "\(program)")
            #expect(outcome.stdout.contains("folder \(elsewhere.path)\nword <x>\n"))
        }
        #expect(try builds == 1)
    }

    @Test func becomesTheBinary() throws {
        _ = try tree.run("lab")
        let process = try tree.start("lab")
        let pid = process.pid
        #expect(try process.finish().stdout.hasPrefix("pid \(pid)\n"))
    }

    @Test func showsTheWholeOutputOfAFailedBuildAndEndsWithItsCode() throws {
        try tree.note("7\n", as: "fail")
        let failed = try tree.run("lab")
        #expect(failed.code == 7)
        #expect(failed.stdout.isEmpty)
        #expect(failed.stderr.contains("a line of the build\nerror: a line of the failure\n"))
        #expect(!tree.exists(".build/lab/stamp"))
        try tree.removeNote("fail")
        #expect(try tree.run("lab").code == 3)
        #expect(try builds == 2)
    }

    @Test func twoAtOnceBuildOnceAndBothRun() throws {
        try tree.closeGate()
        let first = try tree.start("lab", ["first"])
        try first.waitForError("building lab")
        let second = try tree.start("lab", ["second"])
        try second.waitForError("waiting for another lab")
        try tree.openGate()
        let outcomes = [try first.finish(), try second.finish()]
        #expect(outcomes.map(\.code) == [3, 3])
        #expect(outcomes[0].stdout.hasSuffix("word <first>\n"))
        #expect(outcomes[1].stdout.hasSuffix("word <second>\n"))
        #expect(try builds == 1)
    }

    @Test func aStoppedBuildLeavesNoStampAndTheNextLaunchBuilds() throws {
        _ = try tree.run("lab")
        try tree.waitForNewerDates()
        try tree.write("let a = 2\n", to: "Sources/Lab/a.swift")
        try tree.closeGate()
        let stopped = try tree.start("lab")
        try stopped.waitForError("building lab")
        stopped.signal(SIGTERM)
        let outcome = try stopped.finish()
        #expect(outcome.code == 128 + SIGTERM)
        #expect(outcome.stdout.isEmpty)
        #expect(!tree.exists(".build/lab/stamp"))
        try tree.removeNote("gate")
        #expect(try tree.run("lab").code == 3)
        #expect(tree.exists(".build/lab/stamp"))
    }

    @Test func aKilledLauncherLeavesNoLockBehind() throws {
        try tree.closeGate()
        let killed = try tree.start("lab")
        try tree.whileABuildWaits {
            killed.signal(SIGKILL)
            let next = try tree.run("lab")
            #expect(next.code == 3)
        }
        // Only now: Foundation sees an end when the last child has ended too.
        #expect(try killed.finish().code == 128 + SIGKILL)
    }

    @Test func aChangeDuringTheBuildIsBuiltByTheNextLaunch() throws {
        try tree.closeGate()
        let first = try tree.start("lab")
        try first.waitForError("building lab")
        try tree.waitForNewerDates(than: ".build/lab/stamp.started")
        try tree.write("let a = 2\n", to: "Sources/Lab/a.swift")
        try tree.openGate()
        #expect(try first.finish().code == 3)
        try tree.removeNote("gate")
        _ = try tree.run("lab")
        #expect(try builds == 2)
    }

    @Test func aMovedProjectBuildsInAFreshFolder() throws {
        _ = try tree.run("lab")
        try tree.write("x", to: ".build/lab/cache-with-the-old-path")
        try tree.write("/where/it/was\n", to: ".build/lab/root")
        try tree.waitForNewerDates()
        try tree.write("let a = 2\n", to: "Sources/Lab/a.swift")
        #expect(try tree.run("lab").code == 3)
        #expect(!tree.exists(".build/lab/cache-with-the-old-path"))
    }
}
