import ASEEDSystem
import Glibc
import Testing

@testable import Lab

@Suite struct LogFollowerTests {
    @Test func readsTheLastLines() throws {
        let folder = try TemporaryFolder()
        let file = try RawFile("\(folder.path)/a.log")
        for index in 0..<20_000 { file.append("line \(index)\n") }
        file.append("half")
        let follower = LogFollower(service: "a", path: "\(folder.path)/a.log")
        #expect(try follower.lastLines(3) == ["line 19997", "line 19998", "line 19999"])
        #expect(try follower.newLines().isEmpty)
        file.append(" a line\nnext\n")
        #expect(try follower.newLines() == ["half a line", "next"])
        let all = LogFollower(service: "a", path: "\(folder.path)/a.log")
        #expect(try all.lastLines(1_000_000).count == 20_002)
    }

    @Test func waitsForAFileThatIsNotThereYet() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a.log"
        let follower = LogFollower(service: "a", path: path)
        #expect(try follower.lastLines(5).isEmpty)
        #expect(try follower.newLines().isEmpty)
        try TextFile.replace(path, with: Array("first\n".utf8))
        #expect(try follower.newLines() == ["first"])
    }

    @Test func missesNothingAcrossRotation() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a.log"
        var rotation = LogRotation()
        rotation.maxBytes = 1_500
        let log = try Log(service: "a", path: path, rotation: rotation)
        log.info("e--1", "m")
        let follower = LogFollower(service: "a", path: path)
        #expect(try follower.lastLines(10).count == 1)
        var seen: [String] = []
        for index in 0..<100 {
            log.info("e-\(index)", "m")
            // Less than a file between two looks.
            if index % 5 == 4 { seen += try follower.newLines() }
        }
        let events = try seen.map { try JSONParser.parse($0)["event"]?.string }
        #expect(events == (0..<100).map { "e-\($0)" })
    }

    @Test func printsInTheOrderOfTime() throws {
        let system = try SystemFixture()
        try system.paths.make()
        let times = [("engine", 1), ("dashboard", 2), ("engine", 3)]
        for (name, second) in times {
            let service = name == "engine" ? "data_analyzer" : name
            try RawFile(system.paths.logFile(of: service)).append(
                #"{"time":"2024-01-15T14:30:0\#(second).000000Z","level":"INFO","service":"\#(name)","#
                    + #""event":"e","message":"m\#(second)"}"# + "\n")
        }
        let result = try system.run(["logs"])
        #expect(result.ending == .exit(0))
        #expect(
            result.out == """
                2024-01-15 14:30:01.000 INFO   engine  m1
                2024-01-15 14:30:02.000 INFO   dashboard  m2
                2024-01-15 14:30:03.000 INFO   engine  m3

                """)
    }

    @Test func showsWhatTheBrokerPrints() throws {
        let system = try SystemFixture()
        try system.paths.make()
        try RawFile("\(system.paths.logs)/kafka.out").append("{\"ready\":\"broker\"}\nit ended\n")
        for words in [["logs", "kafka"], ["logs"]] {
            let result = try system.run(words)
            #expect(result.ending == .exit(0), "\(result.errors)")
            #expect(result.out == "{\"ready\":\"broker\"}\nit ended\n")
        }
    }

    @Test func followsUntilItIsToldToStop() throws {
        let system = try SystemFixture()
        try system.paths.make()
        let log = try Log(service: "dashboard", path: system.paths.logFile(of: "dashboard"))
        log.info("a", "before")
        let follow = try system.begin(["logs", "-f"])
        #expect(try follow.wait { follow.out.contains("before") })
        log.info("b", "after")
        #expect(try follow.wait { follow.out.contains("after") })
        follow.signal(SIGINT)
        #expect(try follow.end() == .exit(0))
    }
}
