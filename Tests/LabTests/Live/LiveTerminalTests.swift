import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// `lab live` as a person sees it, with the real services.
@Suite(.serialized, .timeLimit(.minutes(15))) struct LiveTerminalTests {
    private static let words = ["--port", "0", "--rate", "400"]

    @Test func faultsAreToldAndProvedAndCtrlCGivesTheVerdict() throws {
        let lab = try TerminalLab(Self.words)
        try lab.await("✓ PROVED")
        #expect(lab.screen.text.contains("http://127.0.0.1:"))
        let usesColours = lab.screen.usesColours
        #expect(usesColours)
        let engine = try #require(lab.servicePID("engine"))
        lab.press("k")
        try lab.await("engine killed")
        try lab.await("back after")
        #expect(kill(engine, 0) != 0)
        lab.press("l")
        lab.press("p")
        try lab.await("112 poison orders: all rejected, each with its reason")
        try lab.await("100 late orders: all counted as late and put into no window")
        lab.press("b")
        try lab.await("burst of 16,000 orders in 2.0 s: up to")
        lab.press("z")
        try lab.await("no key \"z\"")
        try lab.await {
            lab.screen.text.split(separator: "\n").filter { $0.contains("still exact") }.count == 4
        }
        let services = lab.services()
        #expect(services.count >= 3)
        // Ctrl-C as the terminal makes it.
        lab.press("\u{3}")
        #expect(try lab.awaitEnd() == 0, "\(lab.screen.normal)")
        #expect(services.allSatisfy { kill($0, 0) != 0 })
        for text in [
            "PASS  live", "WHAT HAPPENED", "still exact", "output equals the reference",
            "kill-engine-1", "100 late orders: all counted as late", "repeat",
        ] { #expect(lab.screen.normal.contains(text), "\(text)") }
        let run = try #require(RunFolder.open("\(lab.folder.path)/results/latest"))
        let result = try JSONParser.parse(TextFile.read(run.file("result.json")))
        #expect(try ProjectFiles.resultSchema().mistakes(in: result).isEmpty)
        // The run can be made again, with the fault at its time.
        let cells = try ScenarioFile.read(path: run.file("scenario.json"))
        #expect(cells.first?.scenario.faults.first?.action == .kill)
        #expect(FileTree.exists(run.file("report.html")))
    }

    @Test func anyTerminalWillDoAndItsSizeMayChange() throws {
        let lab = try TerminalLab(
            Self.words, columns: 60, rows: 20, environment: ["NO_COLOR": "1"])
        try lab.await("needs 80 × 24 characters, has 60 × 20")
        lab.resize(columns: 80, rows: 24)
        try lab.await("THROUGHPUT")
        try lab.await("q quit")
        lab.press("?")
        try lab.await("WHAT THE KEYS DO")
        try lab.await("kill -9 the engine")
        lab.resize(columns: 120, rows: 40)
        try lab.await("all published numbers are verified again")
        lab.press("?")
        try lab.await("WHAT HAPPENED")
        try lab.await("✓ PROVED")
        // An arrow key is no fault.
        lab.press("\u{1b}[A")
        lab.press("q")
        #expect(try lab.awaitEnd() == 0, "\(lab.screen.normal)")
        let (text, usesColours) = (lab.screen.normal, lab.screen.usesColours)
        #expect(!usesColours && text.contains("PASS  live"), "\(text)")
    }

    @Test func aSecondCtrlCEndsAtOnce() throws {
        let lab = try TerminalLab(Self.words + ["--duration", "5m"])
        try lab.await("✓ PROVED")
        lab.press("d")
        try lab.await("dashboard paused")
        lab.press("\u{3}")
        // The dashboard can't be drained to as long as it is paused.
        try lab.await("draining")
        lab.press("\u{3}")
        #expect(try lab.awaitEnd() == ExitCode.interrupted.rawValue, "\(lab.screen.normal)")
        #expect(lab.screen.normal.contains("interrupted"))
        #expect(lab.services().isEmpty)
    }

    @Test func terminatedItEndsInOrder() throws {
        let lab = try TerminalLab(Self.words)
        try lab.await("✓ PROVED")
        kill(lab.pid, SIGTERM)
        #expect(try lab.awaitEnd() == 0, "\(lab.screen.normal)")
    }

    @Test func whoQuitsBeforeTheFirstOrderGetsAVerdictToo() throws {
        let lab = try TerminalLab(Self.words)
        lab.press("q")
        let code = try lab.awaitEnd()
        #expect([0, ExitCode.unknown.rawValue].contains(code), "\(lab.screen.normal)")
    }

    @Test func aServiceThatDiesByItselfEndsTheRunAndTheTerminalIsGivenBack() throws {
        let lab = try TerminalLab(Self.words)
        try lab.await("✓ PROVED")
        let loadgen = try #require(lab.servicePID("loadgen"))
        kill(loadgen, SIGKILL)
        #expect(try lab.awaitEnd() == ExitCode.unknown.rawValue)
        #expect(lab.screen.normal.contains("loadgen ended unexpectedly"))
    }

    @Test(arguments: [SIGSEGV, SIGABRT]) func aCrashGivesTheTerminalBack(signal: Int32) throws {
        // The runtime would look into the crash first.
        let lab = try TerminalLab(Self.words, environment: ["SWIFT_BACKTRACE": "enable=no"])
        try lab.await("THROUGHPUT")
        kill(lab.pid, signal)
        #expect(try lab.awaitEnd() == -signal)
    }
}
