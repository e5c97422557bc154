import ASEEDSystem
import Glibc
import SQLite
import Testing

@testable import Lab

/// `lab live` without a terminal.
@Suite(.serialized, .timeLimit(.minutes(15))) struct LiveProcessTests {
    /// A live run whose keys come from a pipe.
    private final class PipedLab {
        let folder: TemporaryFolder
        private let group = ServiceGroup()
        private let process: ServiceProcess
        private(set) var lines: [String] = []

        init(_ words: [String]) throws {
            let lab = try #require(LabBinary.path, "the binary `lab` is built beside the tests")
            folder = try TemporaryFolder()
            process = try group.start(
                ServiceLaunch(
                    name: "lab", program: lab,
                    words: ["live", "--out", "\(folder.path)/results"] + words,
                    logFolder: folder.path, controlled: true, direct: true))
        }

        var results: String { "\(folder.path)/results" }
        var errors: String { SmallFile.text("\(folder.path)/lab.log") ?? "" }

        func press(_ keys: String) { _ = process.send(line: keys) }

        func signal(_ number: Int32) { process.signal(number) }

        /// Waits for a line, from the first one on.
        @discardableResult
        func await(_ isWanted: (String) -> Bool) throws -> String {
            var seen = 0
            let deadline = SystemClock.monotonicNs() + 90_000_000_000
            while true {
                while seen < lines.count {
                    seen += 1
                    if isWanted(lines[seen - 1]) { return lines[seen - 1] }
                }
                let now = SystemClock.monotonicNs()
                guard now < deadline, process.isRunning else {
                    throw CommandFailure(
                        .timeout, "no such line in: \(lines.joined(separator: "\n"))\n\(errors)")
                }
                take(untilNs: now + 50_000_000)
            }
        }

        private func take(untilNs: Int64) {
            for event in group.events.takeAll(deadlineNs: untilNs) {
                if case .line(_, let text) = event { lines.append(text) }
            }
        }

        func awaitEnd() throws -> ExitRecord.Ending {
            let deadline = SystemClock.monotonicNs() + 90_000_000_000
            while process.isRunning, SystemClock.monotonicNs() < deadline {
                take(untilNs: SystemClock.monotonicNs() + 50_000_000)
            }
            take(untilNs: SystemClock.monotonicNs() + 50_000_000)
            return try #require(process.exit?.ending, "it does not end")
        }
    }

    private static let words = ["--port", "0", "--rate", "400"]

    @Test func plainLinesTellWhatHappens() throws {
        let lab = try PipedLab(Self.words)
        try lab.await { $0.hasPrefix("dashboard http://127.0.0.1:") }
        try lab.await { $0.hasPrefix("proved: every published number equals the reference over") }
        lab.press("d")
        let told = try lab.await { $0.contains("page up to date") && $0.hasSuffix("still exact") }
        #expect(told.contains("dashboard paused for 5."))
        #expect(!told.contains("processed 0 orders"))
        lab.press("q")
        #expect(try lab.awaitEnd() == .code(0), "\(lab.lines) \(lab.errors)")
        let text = lab.lines.joined(separator: "\n")
        #expect(!text.contains("\u{1b}"))
        for phase in ["setup", "live", "verify"] {
            #expect(lab.lines.contains("phase \(phase)"))
        }
        #expect(text.contains("PASS  live"))
    }

    @Test func jsonLinesHaveATypeEachAndTheResultAtTheEnd() throws {
        let lab = try PipedLab(Self.words + ["--format", "json", "--seed", "5"])
        func json(_ line: String) -> JSONValue? { try? JSONParser.parse(line) }
        try lab.await { json($0)?["type"]?.string == "proof" && $0.contains("\"proved\"") }
        lab.press("p")
        try lab.await { json($0)?["type"]?.string == "fault" && $0.contains("\"exact\"") }
        lab.signal(SIGINT)
        #expect(try lab.awaitEnd() == .code(0), "\(lab.lines) \(lab.errors)")
        let types = lab.lines.map { json($0)?["type"]?.string }
        #expect(Set(types) == ["status", "fault", "proof", "result"])
        let result = try #require(lab.lines.last.flatMap(json)?["result"])
        #expect(result["verdict"]?.string == "pass")
        #expect(try ProjectFiles.resultSchema().mistakes(in: result).isEmpty)
        #expect(result["load"]?["fates"]?["invalid"]?.integer == 112)
        let status = try #require(
            lab.lines.last { $0.hasPrefix("{\"type\":\"status\"") }.flatMap(json))
        #expect(status["services"]?.elements?.count == 4)
    }

    @Test func aDifferenceIsFoundWhileTheRunGoesOn() throws {
        let lab = try PipedLab(Self.words + ["--format", "json"])
        try lab.await { $0.contains("\"proof\"") && $0.contains("\"proved\"") }
        let run = try #require(RunFolder.open("\(lab.results)/latest"))
        // A wrong account of a batch, as a faulty engine would keep it.
        let database = try Database(path: run.checkpointFile, mode: .readWrite)
        try database.execute("UPDATE batches SET records = records + 1 WHERE batch_id = 1")
        try lab.await { $0.contains("\"proof\"") && $0.contains("\"differs\"") }
        lab.press("q")
        #expect(try lab.awaitEnd() == .code(ExitCode.wrongOutput.rawValue))
        let proof = try #require(lab.lines.last { $0.contains("\"differs\"") })
        #expect(proof.contains("C2"))
    }

    @Test func itEndsByItselfAfterItsDuration() throws {
        let lab = try PipedLab(Self.words + ["--duration", "2s"])
        #expect(try lab.awaitEnd() == .code(0), "\(lab.lines) \(lab.errors)")
    }

    @Test func aTakenPortNamesItsHolder() throws {
        let port = try FreePort.find()
        let first = try PipedLab(["--port", "\(port)", "--rate", "100"])
        try first.await { $0 == "dashboard http://127.0.0.1:\(port)" }
        try first.await { $0.hasPrefix("proved:") }
        let second = try LabCall(["live", "--port", "\(port)"])
        #expect(second.code == ExitCode.unavailable.rawValue)
        #expect(second.output.contains("port \(port) is taken by process "))
        #expect(second.output.contains("dashboard --port \(port)"))
        #expect(second.output.contains("--port 0"))
        #expect(!FileTree.exists("results/live"))
        first.press("q")
        #expect(try first.awaitEnd() == .code(0), "\(first.lines)")
    }

    @Test(
        "wrong words are refused before anything starts",
        arguments: [
            ["--rate", "0"], ["--rate", "fast"], ["--rate", "1e9"], ["--duration", "1"],
            ["--duration", "13h"], ["--log", "tape"], ["--port", "70000"], ["--seed", "-1"],
            ["--format", "xml"], ["--ports", "1"], ["extra"],
        ])
    func usage(words: [String]) throws {
        let call = try LabCall(["live"] + words)
        #expect(call.code == ExitCode.usage.rawValue)
        #expect(call.output.hasPrefix("lab live: "), "\(call.output)")
    }
}
