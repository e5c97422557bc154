import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// The real binary: whole runs, and the ways in which they end early.
@Suite(.serialized, .timeLimit(.minutes(15))) struct LabProcessTests {
    private static let tiny = """
        {"name":"tiny","seed":3,"timeout":"1m","engine":{"trigger":"50ms"},
         "load":[{"name":"backlog","executor":"backlog","orders":3000,"event_rate":50},
                 {"name":"steady","executor":"constant-arrival-rate","rate":500,"duration":"1s"}],
         "thresholds":{"mismatched_results":["value == 0"],"lost_orders":["value == 0"],
           "acknowledged_orders":["count == expected"]}}
        """

    private static let endless = """
        {"name":"endless","seed":3,"timeout":"TIMEOUT","engine":{"trigger":"50ms"},
         "load":[{"name":"steady","executor":"constant-arrival-rate","rate":500,"duration":"100s"}]}
        """

    @Test func passesAndLeavesEverythingASpecificationNames() throws {
        let lab = try RunningLab(scenario: Self.tiny)
        let ending = try lab.awaitEnd()
        #expect(ending == .code(0), "\(lab.output)")
        let run = try lab.runFolder()
        let names = FileTree.names(in: run.path)
        for name in [
            "dead-letters.jsonl", "differences.jsonl", "events.jsonl", "junit.xml", "logs",
            "progress.jsonl", "report.html", "result.json", "scenario.json", "timeline.jsonl",
            "verification.json",
        ] { #expect(names.contains(name), "\(name)") }
        // R6, R7: everything acknowledged, and only the data of a passed run is removed.
        #expect(!names.contains("data"))
        let result = try JSONParser.parse(TextFile.read(run.file("result.json")))
        #expect(try ProjectFiles.resultSchema().mistakes(in: result).isEmpty)
        #expect(result["verdict"]?.string == "pass")
        #expect(result["load"]?["acknowledged"]?.integer == 3_500)
        #expect(FileTree.exists("\(lab.results)/history.jsonl"))
        let again = try LabCall(["verify", run.path])
        #expect(again.code == ExitCode.unknown.rawValue)
        #expect(again.output.contains("were removed"))
    }

    @Test func twoRunsAtOnceDoNotDisturbEachOther() throws {
        let labs = try [
            RunningLab(scenario: Self.tiny, words: ["--keep-data"]),
            RunningLab(scenario: Self.tiny, words: ["--keep-data"]),
        ]
        let endings = try labs.map { try $0.awaitEnd() }
        #expect(endings == [.code(0), .code(0)], "\(labs[0].output)\(labs[1].output)")
        // The same seed gives the same log, byte for byte.
        let logs = try labs.map { lab in
            let run = try lab.runFolder()
            return try (0..<3).map { try TextFile.read("\(run.log)/partition-\($0).jsonl") }
        }
        #expect(logs[0] == logs[1])
        let again = try LabCall(["verify", labs[0].runFolder().path])
        #expect(again.code == 0, "\(again.output)")
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aRequestToStopKeepsResultsAndLeavesNoProcess(signal: Int32) throws {
        let lab = try RunningLab(scenario: Self.endless.replacing("TIMEOUT", with: "5m"))
        try lab.await { lab.services().count == 3 && (try? lab.hasCommitted()) == true }
        let services = lab.services()
        lab.signal(signal)
        #expect(try lab.awaitEnd() == .code(ExitCode.interrupted.rawValue), "\(lab.output)")
        #expect(services.allSatisfy { kill($0, 0) != 0 })
        let result = try lab.result()
        #expect(result["verdict"]?.string == "unknown")
        #expect(result["state"]?.string == "finished")
        #expect(try ProjectFiles.resultSchema().mistakes(in: result).isEmpty)
        #expect(result["metrics"]?.elements?.isEmpty == false)
    }

    @Test func theTimeoutEndsTheRunWith124() throws {
        let lab = try RunningLab(scenario: Self.endless.replacing("TIMEOUT", with: "2s"))
        #expect(try lab.awaitEnd() == .code(ExitCode.timeout.rawValue), "\(lab.output)")
        #expect(try lab.result()["verdict"]?.string == "unknown")
    }

    @Test(arguments: ["engine", "dashboard", "loadgen"])
    func aServiceThatDiesIsNamed(service: String) throws {
        let lab = try RunningLab(scenario: Self.endless.replacing("TIMEOUT", with: "5m"))
        try lab.await { lab.services().count == 3 && (try? lab.hasCommitted()) == true }
        let pid = try #require(lab.servicePID(service))
        #expect(kill(pid, SIGKILL) == 0)
        #expect(try lab.awaitEnd() == .code(ExitCode.unknown.rawValue), "\(lab.output)")
        #expect(lab.output.contains("\(service) ended unexpectedly with signal 9 (Killed)"))
        #expect(lab.services().isEmpty)
    }

    @Test func nothingOutlivesAKilledLab() throws {
        let lab = try RunningLab(scenario: Self.endless.replacing("TIMEOUT", with: "5m"))
        try lab.await { lab.services().count == 3 }
        let services = lab.services()
        lab.signal(SIGKILL)
        #expect(try lab.awaitEnd() == .signal(SIGKILL))
        try lab.await { services.allSatisfy { kill($0, 0) != 0 } }
        // What was known is there, and says that the run was cut off.
        #expect(try lab.result()["state"]?.string == "running")
    }

    @Test func mistakesInAScenarioAreToldBeforeAnythingStarts() throws {
        let lab = try RunningLab(scenario: Self.tiny.replacing("\"seed\"", with: "\"sede\""))
        #expect(try lab.awaitEnd() == .code(ExitCode.usage.rawValue))
        #expect(lab.output.contains("did you mean"))
        #expect(!FileTree.exists(lab.results))
    }
}
