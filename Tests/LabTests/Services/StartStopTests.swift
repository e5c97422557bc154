import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// `lab start`, `stop`, `restart` and `status` with real processes.
@Suite(.timeLimit(.minutes(15))) struct StartStopTests {
    @Test func startsShowsAndStopsEverything() throws {
        let system = try SystemFixture()
        try system.start()
        for service in SystemFixture.services {
            let record = try #require(system.record(service))
            #expect(record.process.isAlive)
            // A session of its own: no terminal's end and no Ctrl-C reaches it.
            #expect(getsid(record.process.pid) == record.process.pid)
        }
        #expect(
            SystemFixture.eventually {
                (Heartbeat.read(system.paths.home.heartbeat(of: "data_analyzer"))?.records ?? 0)
                    > 0
            })
        let status = try system.run(["status", "--format", "json"])
        #expect(status.ending == .exit(0), "\(status.out)")
        let json = try JSONParser.parse(status.out)
        #expect(json["overall_status"]?.string == "healthy")
        #expect(json["summary"]?["running"]?.integer == 3)
        #expect(json["summary"]?["not_configured"]?.integer == 2)
        for service in ["order_simulator", "data_analyzer", "dashboard"] {
            let shown = json["services"]?[service]
            #expect(shown?["pid"]?.integer == Int64(try system.pid(service)))
            #expect(shown?["memory_mb"]?.double ?? 0 > 1)
            #expect(shown?["cpu_percent"]?.double != nil)
            let record = try #require(system.record(service))
            #expect(shown?["started_at"]?.string == TimeText.iso(record.startedAtUs))
        }
        let table = try system.run(["status"])
        let engineRecord = try #require(system.record("data_analyzer"))
        #expect(table.out.contains("  \(engineRecord.since)  "), "\(table.out)")
        #expect(table.out.contains("The system is healthy."))

        let stop = try system.run(["stop"])
        #expect(stop.ending == .exit(0))
        #expect(!stop.out.contains("killed"))
        #expect(system.processes().isEmpty)
        #expect(SystemFixture.services.allSatisfy { system.record($0) == nil })
        // Without a record it asks where a dashboard may be, and there may be somebody's.
        let nobody = ["DASHBOARD_URL": "http://127.0.0.1:\(try FreePort.find())"]
        let after = try system.run(["status", "--format", "json"], environment: nobody)
        #expect(after.ending == .exit(3), "\(after.out)")
        #expect(try system.run(["stop"]).out == "nothing was running\n")
    }

    @Test func writesLogsAsJSONLines() throws {
        let system = try SystemFixture()
        try system.start()
        #expect(system.awaitState("data_analyzer", "running"))
        try system.run(["stop"])
        for service in SystemFixture.services {
            let text = try #require(SmallFile.text(system.paths.logFile(of: service)))
            let lines = try text.split(separator: "\n").map { try JSONParser.parse(String($0)) }
            #expect(lines.allSatisfy { $0["service"]?.string == service })
            #expect(lines.first?["event"]?.string == "service.started")
            #expect(lines.last?["event"]?.string == "service.stopped")
        }
        let logs = try system.run(["logs", "--lines", "1000"])
        #expect(logs.ending == .exit(0))
        #expect(logs.out.contains(" INFO   dashboard  listens on http://127.0.0.1:"))
        #expect(
            logs.out.split(separator: "\n").map { $0.prefix(23) }
                == logs.out
                .split(separator: "\n").map { $0.prefix(23) }.sorted())
        let raw = try system.run(["logs", "engine", "--lines", "1", "--format", "json"])
        #expect(try JSONParser.parse(raw.out)["event"]?.string == "service.stopped")
    }

    @Test func refusesToStartTwice() throws {
        let system = try SystemFixture()
        try system.start()
        let pid = try system.pid("dashboard")
        let second = try system.run(["start", "--port", "0"])
        #expect(second.ending == .exit(69))
        #expect(second.errors.contains("dashboard runs already: process \(pid) since 20"))
        #expect(second.errors.contains("UTC"))
        #expect(try system.pid("dashboard") == pid)
        #expect(system.processes().count == 4)
    }

    @Test func startsOnceWhenAskedTwiceAtTheSameTime() throws {
        let system = try SystemFixture()
        let both = try (0..<2).map { _ in
            try system.begin(["start", "--port", "0", "--rate", "100"])
        }
        let endings = try both.map { try $0.end() }
        #expect(endings.count { $0 == .exit(0) } == 1)
        #expect(endings.count { $0 == .exit(69) } == 1)
        #expect(system.processes().count == 4)
        #expect(try system.run(["status"]).ending == .exit(0))
    }

    @Test func namesWhoHoldsThePort() throws {
        let holder = try SystemFixture()
        try holder.start()
        let port = try #require(holder.record("dashboard")?.port)
        let system = try SystemFixture()
        let result = try system.run(["start", "--port", "\(port)"])
        #expect(result.ending == .exit(69))
        #expect(result.errors.contains("port \(port) on 127.0.0.1 is taken by process "))
        #expect(result.errors.contains("process \(try holder.pid("dashboard")) ("))
        #expect(system.processes().isEmpty)
        // Whoever holds it goes on.
        #expect(try #require(holder.record("dashboard")).process.isAlive)
    }

    @Test func stopsAllAgainWhenOneFails() throws {
        let system = try SystemFixture()
        try FileTree.make(system.paths.checkpoint)
        try TextFile.replace(
            "\(system.paths.checkpoint)/checkpoint.sqlite", with: Array("no database".utf8))
        let result = try system.run(["start", "--port", "0"])
        #expect(result.ending == .exit(69))
        #expect(result.out.contains("dashboard"))
        #expect(result.errors.contains("data_analyzer ended with exit code"))
        #expect(result.errors.contains("the last lines of \(system.paths.logs)/data_analyzer.log:"))
        #expect(result.errors.contains("checkpoint"))
        #expect(system.processes().isEmpty)
        #expect(SystemFixture.services.allSatisfy { system.record($0) == nil })
    }

    /// The engine waits at a log.json that is a pipe, so that the start takes as long as it should.
    @Test func stopsWhatItStartedAtCtrlC() throws {
        let system = try SystemFixture()
        try FileTree.make(system.paths.home.orders)
        let pipe = "\(system.paths.home.orders)/log.json"
        try #require(mkfifo(pipe, 0o600) == 0)
        let start = try system.begin(["start", "--port", "0"])
        #expect(try start.wait { system.record("data_analyzer") != nil })
        #expect(system.processes().count == 3)
        start.signal(SIGINT)
        // An engine that is at the pipe already goes on only when somebody writes to it.
        #expect(
            try !start.wait {
                let end = open(pipe, O_WRONLY | O_NONBLOCK)
                if end >= 0 {
                    _ = write(end, "no log", 6)
                    close(end)
                }
                return false
            })
        #expect(try start.end() == .exit(130))
        #expect(system.processes().isEmpty)
        #expect(SystemFixture.services.allSatisfy { system.record($0) == nil })
    }

    @Test func stopsAndStartsPartsAndKeepsThePort() throws {
        let system = try SystemFixture()
        try system.start()
        let port = system.record("dashboard")?.port
        #expect(try system.run(["stop", "simulator"]).ending == .exit(0))
        let partial = try system.run(["status", "--format", "json"])
        #expect(partial.ending == .exit(1))
        #expect(
            try JSONParser.parse(partial.out)["services"]?["order_simulator"]?["status"]?.string
                == "stopped")
        #expect(try system.run(["start", "simulator"]).ending == .exit(0))
        let engine = try system.pid("data_analyzer")
        #expect(try system.run(["restart", "dashboard", "engine"]).ending == .exit(0))
        #expect(system.record("dashboard")?.port == port)
        #expect(try system.pid("data_analyzer") != engine)
        // The orders of both simulators are counted: the engine went on in its checkpoint.
        #expect(try system.run(["status"]).ending == .exit(0))
        // A restart of all needs no options again.
        #expect(try system.run(["restart"]).ending == .exit(0))
        let words = try #require(system.record("order_simulator")?.command)
        #expect(words.contains("200"))
    }

    // MARK: - Processes that are not ours

    @Test func aPidOfSomebodyElseIsNotTakenForOurs() throws {
        let system = try SystemFixture()
        let stranger = try system.stranger("exec sleep 60")
        // The pid was ours once; the process that has it now started at another time.
        try system.write(
            "dashboard", ProcessIdentity(pid: stranger.pid, startTicks: stranger.startTicks - 1))
        let before = try system.run(["status", "--format", "json"])
        #expect(
            try JSONParser.parse(before.out)["services"]?["dashboard"]?["status"]?.string
                == "stopped")
        let stop = try system.run(["stop"])
        #expect(stop.ending == .exit(0))
        #expect(stop.out.contains("process \(stranger.pid) had ended before"))
        #expect(stranger.isAlive)
        try system.write(
            "data_analyzer",
            ProcessIdentity(pid: stranger.pid, startTicks: stranger.startTicks - 1))
        try system.start()
        #expect(stranger.isAlive)
        #expect(try system.pid("data_analyzer") != stranger.pid)
    }

    @Test func killsWhatDoesNotEndWhenAsked() throws {
        let system = try SystemFixture()
        let stubborn = try system.stranger("trap '' TERM; exec sleep 60")
        // The shell has to get as far as its trap.
        #expect(
            SystemFixture.eventually {
                (SmallFile.text("/proc/\(stubborn.pid)/cmdline") ?? "").hasPrefix("sleep")
            })
        try system.write("order_simulator", stubborn)
        let stop = try system.run(["stop", "--timeout", "200ms"])
        #expect(stop.ending == .exit(0))
        #expect(stop.out.contains("process \(stubborn.pid), killed: it did not end within"))
        #expect(!stubborn.isAlive)
        #expect(system.record("order_simulator") == nil)
    }

    @Test func stopsPausedServices() throws {
        let system = try SystemFixture()
        try system.start()
        for service in ["data_analyzer", "dashboard", "order_simulator"] {
            kill(try system.pid(service), SIGSTOP)
        }
        let stop = try system.run(["stop"])
        #expect(stop.ending == .exit(0))
        #expect(!stop.out.contains("killed"), "\(stop.out)")
        #expect(system.processes().isEmpty)
    }

    @Test func stopsTheOthersWhenOneCanNotBe() throws {
        let system = try SystemFixture()
        let other = try system.stranger("exec sleep 60")
        try system.write("dashboard", other)
        for service in ["monitor", "order_simulator"] {
            try TextFile.replace(system.paths.home.record(of: service), with: Array("{".utf8))
        }
        let stop = try system.run(["stop"])
        #expect(stop.ending == .exit(74))
        #expect(stop.errors.contains("monitor.json is no record of a service"))
        #expect(stop.errors.contains("order_simulator.json is no record of a service"))
        #expect(stop.out.contains("dashboard        stopped  process \(other.pid)"), "\(stop.out)")
        #expect(!other.isAlive)
    }

    /// The record's draft can't be made: a folder has its name.
    @Test func endsWhatItCanNotRecord() throws {
        let system = try SystemFixture()
        try system.paths.make()
        let lab = try #require(LabBinary.path)
        let record = system.paths.home.record(of: "dashboard")
        let errors = "\(system.folder.path)/errors"
        let start = try system.stranger(
            "mkdir \(record).$$.draft && exec \(lab) start --port 0 --home "
                + "\(system.paths.home.path) 2>\(errors)")
        #expect(SystemFixture.eventually { !start.isAlive })
        let text = try #require(SmallFile.text(errors))
        #expect(text.contains("lab start: write \(record)"), "\(text)")
        #expect(system.processes().isEmpty)
        #expect(system.record("dashboard") == nil)
    }

    @Test func tellsOfARecordThatIsNone() throws {
        let system = try SystemFixture()
        try system.paths.make()
        try TextFile.replace(
            system.paths.home.record(of: "dashboard"), with: Array("{".utf8))
        for command in ["stop", "start"] {
            let result = try system.run([command])
            #expect(result.ending == .exit(74))
            #expect(result.errors.contains("dashboard.json is no record of a service"))
        }
        #expect(system.processes().isEmpty)
    }

    @Test(arguments: [
        (["start", "--rate", "0"], "--rate is a number"),
        (["start", "--interval", "1ms"], "--interval is from 100ms to 5s: the dashboard"),
        (["restart", "--interval", "6s"], "--interval is from 100ms to 5s"),
        (["start", "dashbord"], "did you mean dashboard?"),
        (["stop", "spark"], "no service \"spark\""),
        (["start", "--broker", "tansu"], "--broker goes with --log kafka"),
        (["start", "--log", "ftp"], "--log is file, kafka or kafka://HOST:PORT/TOPIC"),
        (["status", "--timeout", "1ms"], "--timeout is from 50ms to 1m"),
        (["logs", "--level", "LOUD"], "--level is one of DEBUG, INFO, WARN, ERROR"),
        (["monitor", "--interval", "1ms"], "--interval is from 50ms to 5s: the dashboard"),
        (["monitor", "--interval", "5001ms"], "--interval is from 50ms to 5s"),
        (["monitor", "--timeout", "11s"], "--timeout is from 50ms to 10s"),
        (["start", "--log", "kafka://nobody"], "nobody"),
    ])
    func refusesWrongOptions(words: [String], message: String) throws {
        let system = try SystemFixture()
        let result = try system.run(words)
        #expect(result.ending == .exit(64))
        #expect(result.errors.contains(message), "\(result.errors)")
        #expect(!FileTree.exists(system.paths.home.path))
    }
}
