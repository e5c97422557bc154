import ASEEDSystem
import Testing

@testable import Lab

@Suite(.timeLimit(.minutes(15))) struct TestCommandTests {
    @Test func provesWhatTheSystemPublished() throws {
        let folder = try TemporaryFolder()
        let result = try EngineProcess.run([
            "test", "--minutes", "0.05", "--rate", "500", "--trigger", "100ms", "--keep-data",
            "--out", "\(folder.path)/results", "--format", "json",
        ])
        #expect(result.ending == .exit(0), "\(result.out)\(result.errors)")
        let json = try JSONParser.parse(result.out)
        #expect(json["verdict"]?.string == "pass")
        let run = try #require(RunFolder.open("\(folder.path)/results/latest"))
        // The monitor saw all of it at work.
        let status = try JSONParser.parse(TextFile.read(run.home.status))
        #expect(status["overall_status"]?.string == "healthy")
        #expect(status["summary"]?["running"]?.integer == 3)
        #expect(SmallFile.text("\(run.logs)/monitor.log")?.contains("data_analyzer is") == true)
    }

    @Test(arguments: [
        (["--minutes", "0"], "--minutes is a number from 0.01 to 1440.0"),
        (["--rate", "fast"], "--rate is a number from 0.1"),
        (["--trigger", "soon"], "--trigger is a duration"),
    ])
    func refusesWrongOptions(words: [String], message: String) throws {
        let result = try EngineProcess.run(["test"] + words)
        #expect(result.ending == .exit(64))
        #expect(result.errors.contains(message), "\(result.errors)")
    }
}
