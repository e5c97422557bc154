import ASEEDSystem
import Foundation
import Testing

@testable import Lab

@Suite(.timeLimit(.minutes(15))) struct ScenarioCommandTests {
    @Test func validatesTheProjectsScenarios() throws {
        let lab = try LabProcess.run(["validate"])
        #expect(lab.code == 0)
        #expect(lab.error == "")
        #expect(lab.out.contains("scenarios/smoke.json: valid (1 run, "))
        #expect(!lab.out.contains("\u{1B}"))
    }

    @Test func aMistakeEndsWithItsPlaceAndCode64() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lab-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "typo.json")
        try Data("{\n \"sed\": 1}".utf8).write(to: file)
        let lab = try LabProcess.run(["validate", file.path, "scenarios/smoke.json"])
        #expect(lab.code == 64)
        #expect(
            lab.error.contains("\(file.path):2:2: unknown key \"sed\"; did you mean \"seed\"?\n"))
        #expect(lab.out.contains("smoke.json: valid"))

        let json = try LabProcess.run(["validate", file.path, "--format", "json"])
        #expect(json.code == 64)
        let report = try JSONParser.parse(json.out)["files"]?.elements?.first
        #expect(report?["valid"]?.bool == false)
        #expect(report?["problems"]?.elements?.contains { $0["line"]?.integer == 2 } == true)

        let list = try LabProcess.run(["list", folder.path])
        #expect(list.code == 0)
        #expect(list.out.contains("typo.json  not valid; see `lab validate "))
        #expect(
            try LabProcess.run(["list", folder.path, "--tag", "ci"]).out == "no scenario matches\n")
    }

    @Test func resolvedIsAScenarioWithTheOverrides() throws {
        let lab = try LabProcess.run([
            "validate", "scenarios/throughput.json", "--resolved", "--param", "orders=1000",
            "--seed", "9", "--scale", "0.5",
        ])
        #expect(lab.code == 0)
        let read = try scenario(lab.out)
        #expect(read.seed == 9)
        #expect(read.load.stages[0].orders == 500)
        #expect(read.load.stages[1].durationMs == 5_000)
    }

    @Test(arguments: [
        ["validate", "--param", "x"], ["validate", "--scale", "0"], ["validate", "--scale", "nan"],
        ["validate", "--format", "xml"], ["validate", "/nowhere.json"], ["list", "/nowhere"],
        ["validate", "--seed", "-1"], ["version", "extra"],
    ])
    func badUsageEndsWith64(words: [String]) throws {
        let lab = try LabProcess.run(words)
        #expect(lab.code == 64)
        #expect(!lab.error.isEmpty)
    }

    @Test func listsByTag() throws {
        let lab = try LabProcess.run(["list", "--tag", "smoke"])
        #expect(lab.code == 0)
        #expect(lab.out.contains("scenarios/smoke.json"))
        #expect(!lab.out.contains("throughput"))
        let json = try JSONParser.parse(try LabProcess.run(["list", "--format", "json"]).out)
        let names = json["scenarios"]?.elements?.compactMap { $0["name"]?.string } ?? []
        #expect(names.contains("throughput"))
    }

    @Test func configTellsValueAndSource() throws {
        let lab = try LabProcess.run(
            ["config", "--format", "json"], environment: ["DASHBOARD_PORT": "6006"])
        #expect(lab.code == 0)
        let settings = try JSONParser.parse(lab.out)["settings"]?.elements ?? []
        let port = settings.first { $0["name"]?.string == "DASHBOARD_PORT" }
        #expect(port?["value"]?.string == "6006")
        #expect(port?["source"]?.string == "environment")
        let bad = try LabProcess.run(["config"], environment: ["DASHBOARD_PORT": "many"])
        #expect(bad.code == 64)
        #expect(bad.error.hasPrefix("lab config: DASHBOARD_PORT=many: "))
    }

    @Test func doctorAndVersionSpeakJSON() throws {
        let doctor = try LabProcess.run(["doctor", "--format", "json"])
        let checks = try JSONParser.parse(doctor.out)["checks"]?.elements ?? []
        let failed = checks.contains { $0["status"]?.string == "fail" }
        #expect(doctor.code == (failed ? 69 : 0))
        #expect(checks.count >= 10)
        let version = try JSONParser.parse(try LabProcess.run(["version", "--format", "json"]).out)
        #expect(version["version"]?.string == BuildInfo.version)
        #expect(version["libraries"]?["sqlite"]?.string != nil)
    }

    @Test(arguments: ["validate", "list", "doctor", "config", "version"])
    func everyCommandHasHelpWithAnExample(name: String) throws {
        let help = try LabProcess.run(["help", name])
        #expect(help.code == 0)
        #expect(help.out.contains("Usage: lab \(name)"))
        #expect(help.out.contains("\nExamples:\n"))
        #expect(try LabProcess.run([name, "--help"]).out == help.out)
    }
}
