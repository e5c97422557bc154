import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// `lab monitor` beside services that die, hang and come back.
@Suite(.timeLimit(.minutes(15))) struct MonitorTests {
    private static let watched = ["dashboard", "data_analyzer", "order_simulator"]

    @Test(arguments: watched)
    func showsAKilledService(service: String) throws {
        let system = try SystemFixture()
        try system.start()
        #expect(system.awaitState(service, "running"))
        let pid = try system.pid(service)
        kill(pid, SIGKILL)
        #expect(system.awaitState(service, "stopped"))
        let shown = system.status()?["services"]?[service]
        #expect(shown?["pid"]?.isNull == true)
        #expect(shown?["detail"]?.string?.contains("process \(pid) ended") == true)
        #expect(system.status()?["overall_status"]?.string == "partial")
        let logs = try system.run(["logs", "monitor", "--level", "WARN", "--lines", "100"])
        #expect(logs.out.contains("\(service) is stopped, was running"), "\(logs.out)")
        // Nobody asked for it to be started again.
        #expect(try system.pid(service) == pid)
        #expect(try system.run(["start", service]).ending == .exit(0))
        #expect(system.awaitState(service, "running"))
    }

    @Test(arguments: watched)
    func showsAPausedService(service: String) throws {
        let system = try SystemFixture()
        try system.start()
        #expect(system.awaitState(service, "running"))
        let pid = try system.pid(service)
        kill(pid, SIGSTOP)
        #expect(system.awaitState(service, "unresponsive"))
        #expect(system.status()?["services"]?[service]?["pid"]?.integer == Int64(pid))
        // The others are looked at all the same.
        for other in Self.watched where other != service {
            #expect(system.state(other) == "running")
        }
        #expect(try system.run(["status", "--timeout", "300ms"]).ending == .exit(1))
        kill(pid, SIGCONT)
        #expect(system.awaitState(service, "running"))
    }

    @Test(arguments: watched)
    func startsAgainWhatDied(service: String) throws {
        let system = try SystemFixture()
        try system.start(["--restart"])
        #expect(system.awaitState(service, "running"))
        let before = try #require(system.record(service))
        kill(before.process.pid, SIGKILL)
        #expect(
            SystemFixture.eventually {
                let shown = system.status()?["services"]?[service]
                return shown?["status"]?.string == "running" && shown?["restarts"]?.integer == 1
            })
        let after = try #require(system.record(service))
        #expect(after.process.isAlive)
        #expect(after.process != before.process)
        #expect(after.port == before.port)
        #expect(
            SystemFixture.eventually { system.status()?["overall_status"]?.string == "healthy" })
        try system.run(["stop"])
        #expect(system.processes().isEmpty)
    }

    @Test func leavesAServiceThatWasStoppedOnPurpose() throws {
        let system = try SystemFixture()
        try system.start(["--restart"])
        #expect(system.awaitState("order_simulator", "running"))
        try system.run(["stop", "order_simulator"])
        #expect(system.awaitState("order_simulator", "stopped"))
        let checks = Heartbeat.read(system.paths.home.heartbeat(of: "monitor"))?.records ?? 0
        #expect(
            SystemFixture.eventually {
                (Heartbeat.read(system.paths.home.heartbeat(of: "monitor"))?.records ?? 0)
                    >= checks + 5
            })
        #expect(system.state("order_simulator") == "stopped")
        #expect(system.record("order_simulator") == nil)
    }

    @Test func statusShowsAPausedMonitor() throws {
        let system = try SystemFixture()
        try system.start()
        func line() throws -> [Substring] {
            let table = try system.run(["status"]).out
            let line = table.split(separator: "\n").first { $0.hasPrefix("monitor ") }
            return (line ?? "").split(separator: " ")
        }
        #expect(try line().dropFirst().first == "running")
        let pid = try system.pid("monitor")
        kill(pid, SIGSTOP)
        #expect(SystemFixture.eventually { (try? line().dropFirst().first) == "unresponsive" })
        #expect(try line().contains("\(pid)"))
        kill(pid, SIGCONT)
    }

    @Test func tellsADashboardWhoseTokenIsMadeLater() throws {
        let system = try SystemFixture()
        let dashboard = try StubDashboard(body: Array("{}".utf8))
        let monitor = try system.begin(
            ["monitor", "--dashboard", dashboard.url, "--interval", "50ms", "--timeout", "500ms"])
        #expect(try monitor.wait { system.status() != nil })
        #expect(dashboard.posts.isEmpty)
        let token = try TokenFile.readOrMake(system.paths.home.token)
        #expect(try monitor.wait { !dashboard.posts.isEmpty })
        let head = try #require(dashboard.posts.first).head
        #expect(head.hasPrefix("POST /api/services"))
        #expect(head.contains("Bearer \(token)"))
        monitor.signal(SIGTERM)
        #expect(try monitor.end() == .exit(0))
    }

    // MARK: - Restarts

    private func restarter(
        _ system: SystemFixture, limit: Int, firstPauseMs: Int64 = 0, wellMs: Int64 = 60_000
    ) throws -> (ServiceRestarter, Log) {
        try system.paths.make()
        let log = try Log(service: "monitor", path: system.paths.logFile(of: "monitor"))
        let policy = ServiceRestarter.Policy(
            limit: limit, firstPauseMs: firstPauseMs, longestPauseMs: 60_000, wellMs: wellMs)
        return (ServiceRestarter(registry: system.registry, policy: policy, log: log), log)
    }

    private static let stopped: SystemStatus = {
        let service = SystemStatus.Service(
            name: "order_simulator", state: .stopped, lastCheckUs: 0, restarts: 0, detail: "")
        return SystemStatus(services: [service], health: [], timeUs: 0)
    }()

    private func writeShortLived(_ system: SystemFixture) throws {
        try system.registry.write(
            ServiceRecord(
                service: "order_simulator", process: ProcessIdentity(pid: 1, startTicks: 1),
                command: ["/bin/true"], port: nil,
                logFile: system.paths.logFile(of: "order_simulator"),
                outputFile: system.paths.outputFile(of: "order_simulator"), startedAtUs: 0))
    }

    @Test func givesUpAfterALimit() throws {
        let system = try SystemFixture()
        let (restarter, log) = try restarter(system, limit: 3)
        try writeShortLived(system)
        for _ in 0..<20 {
            restarter.consider(Self.stopped)
            let process = try #require(system.record("order_simulator")).process
            #expect(
                SystemFixture.eventually {
                    restarter.consider(SystemStatus(services: [], health: [], timeUs: 0))
                    return !process.isAlive
                })
        }
        #expect(system.record("order_simulator")?.restarts == 3)
        let text = try #require(SmallFile.text(system.paths.logFile(of: "monitor")))
        #expect(text.split(separator: "\n").count { $0.contains("restart.limit") } == 1)
        withExtendedLifetime(log) {}
    }

    @Test func countsAnewWhenSomebodyElseStartedIt() throws {
        let system = try SystemFixture()
        let (restarter, log) = try restarter(system, limit: 1)
        try writeShortLived(system)
        func considerTwice() throws {
            for _ in 0..<2 {
                restarter.consider(Self.stopped)
                let process = try #require(system.record("order_simulator")).process
                #expect(
                    SystemFixture.eventually {
                        restarter.consider(SystemStatus(services: [], health: [], timeUs: 0))
                        return !process.isAlive
                    })
            }
        }
        try considerTwice()
        try considerTwice()
        var record = try #require(system.record("order_simulator"))
        #expect(record.restarts == 1)
        // As `lab restart` would; it ended again.
        record.process = ProcessIdentity(pid: 1, startTicks: 2)
        try system.registry.write(record)
        try considerTwice()
        #expect(system.record("order_simulator")?.restarts == 2)
        withExtendedLifetime(log) {}
    }

    /// The record's draft can't be made: a folder has its name.
    @Test func endsWhatItCanNotRecord() throws {
        let system = try SystemFixture()
        let (restarter, log) = try restarter(system, limit: 3)
        try writeShortLived(system)
        var record = try #require(system.record("order_simulator"))
        record.command = ["/usr/bin/tail", "-f", system.paths.home.lock]
        try system.registry.write(record)
        try FileTree.make(
            "\(system.paths.home.record(of: "order_simulator")).\(getpid()).draft")
        restarter.consider(Self.stopped)
        #expect(system.processes().isEmpty)
        #expect(system.record("order_simulator")?.restarts == 0)
        let text = try #require(SmallFile.text(system.paths.logFile(of: "monitor")))
        #expect(text.contains("restart.failed"))
        withExtendedLifetime(log) {}
    }

    @Test func pausesLongerEachTime() {
        let policy = ServiceRestarter.Policy()
        #expect(
            (1...8).map { policy.pauseMs(after: $0) } == [
                1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
            ])
        #expect(policy.pauseMs(after: 1_000_000) == 60_000)
    }

    @Test func waitsForThePause() throws {
        let system = try SystemFixture()
        let (restarter, log) = try restarter(system, limit: 10, firstPauseMs: 60_000)
        try writeShortLived(system)
        for _ in 0..<5 {
            restarter.consider(Self.stopped)
            let process = try #require(system.record("order_simulator")).process
            #expect(
                SystemFixture.eventually {
                    restarter.consider(SystemStatus(services: [], health: [], timeUs: 0))
                    return !process.isAlive
                })
        }
        #expect(system.record("order_simulator")?.restarts == 1)
        withExtendedLifetime(log) {}
    }

    @Test func waitsWhileSomebodyStartsOrStops() throws {
        let system = try SystemFixture()
        let (restarter, log) = try restarter(system, limit: 3)
        try writeShortLived(system)
        let lock = try #require(try system.registry.tryLock())
        restarter.consider(Self.stopped)
        #expect(system.record("order_simulator")?.restarts == 0)
        withExtendedLifetime((lock, log)) {}
    }

    // MARK: - Kafka

    /// A broker that `lab start` runs itself; it and the engine's place in its topic come back.
    @Test(.enabled(if: RunningBroker.arePartsThere))
    func watchesTheBrokerOfTheLab() throws {
        let environment = ["LAB_DEPS": try #require(KafkaParts.find()).folder]
        let system = try SystemFixture()
        let words = [
            "start", "--log", "kafka", "--broker-port", "0", "--port", "0", "--rate", "200",
            "--trigger", "100ms", "--interval", "200ms",
        ]
        let start = try system.run(words, environment: environment)
        try #require(start.ending == .exit(0), "\(start.errors)")
        #expect(system.awaitState("kafka", "running"))
        #expect(
            SystemFixture.eventually { system.status()?["overall_status"]?.string == "healthy" })
        #expect(system.status()?["summary"]?["running"]?.integer == 4)
        #expect(system.status()?["health"]?.elements?.first?["status"]?.string == "ok")
        let restart = try system.run(["restart"], environment: environment)
        #expect(restart.ending == .exit(0), "\(restart.errors)")
        #expect(system.awaitState("kafka", "running"))
        let logs = try system.run(["logs", "kafka"], environment: environment)
        #expect(logs.out.contains("\"ready\":\"broker\""), "\(logs.errors)")
        kill(try system.pid("kafka"), SIGKILL)
        #expect(system.awaitState("kafka", "stopped"))
        let detail = system.status()?["services"]?["kafka"]?["detail"]?.string
        #expect(detail?.hasSuffix("its log is \(system.paths.logs)/kafka.out") == true)
        let status = try system.run(["status", "--format", "json"], environment: environment)
        #expect(status.ending == .exit(1))
        let stop = try system.run(["stop"], environment: environment)
        #expect(stop.ending == .exit(0), "\(stop.errors)")
        #expect(system.processes().isEmpty)
    }

    // MARK: - ZooKeeper

    private static let zooKeeperJars =
        "/usr/share/java/zookeeper.jar:/usr/share/java/zookeeper-jute.jar"
    private static let hasZooKeeper =
        access("/usr/share/java/zookeeper.jar", R_OK) == 0 && access("/usr/bin/java", X_OK) == 0

    /// Debian's ZooKeeper, as a real server.
    @Test(.enabled(if: hasZooKeeper, "Debian's package zookeeper is not installed"))
    func seesARealZooKeeper() throws {
        let system = try SystemFixture()
        try system.paths.make()
        let port = try FreePort.find()
        let folder = system.folder.path
        try TextFile.replace(
            "\(folder)/zoo.cfg",
            with: Array(
                """
                tickTime=2000
                dataDir=\(folder)/zookeeper
                clientPort=\(port)
                clientPortAddress=127.0.0.1
                admin.enableServer=false
                4lw.commands.whitelist=ruok,srvr,mntr

                """.utf8))
        let server = try system.stranger(
            "exec java -cp \(folder):\(Self.zooKeeperJars) "
                + "org.apache.zookeeper.server.ZooKeeperServerMain \(folder)/zoo.cfg "
                + ">\(folder)/zookeeper.log 2>&1")
        let environment = ["ZOOKEEPER_CONNECT": "127.0.0.1:\(port)"]
        func shown() throws -> JSONValue? {
            let result = try system.run(["status", "--format", "json"], environment: environment)
            return try JSONParser.parse(result.out)["services"]?["zookeeper"]
        }
        var found: JSONValue?
        #expect(
            SystemFixture.eventually(withinMs: 60_000) {
                found = (try? shown()) ?? nil
                return found?["status"]?.string == "running"
            }, "\(SmallFile.text("\(folder)/zookeeper.log") ?? "")")
        #expect(found?["pid"]?.integer == Int64(server.pid))
        #expect(found?["detail"]?.string?.contains("standalone") == true)
        kill(server.pid, SIGSTOP)
        #expect(try shown()?["status"]?.string == "unresponsive")
        kill(server.pid, SIGCONT)
        kill(server.pid, SIGKILL)
        #expect(SystemFixture.eventually { (try? shown()?["status"]?.string) == "stopped" })
    }
}

/// A port that nobody listens on now.
enum FreePort {
    static func find() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
            }
        }
        try #require(isBound)
        return Int(UInt16(bigEndian: place.sin_port))
    }
}
