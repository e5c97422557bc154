import Testing

@testable import ASEEDSystem

@Suite struct SystemStatusTests {
    private static func status(_ states: [SystemStatus.State]) -> SystemStatus {
        let services = zip(ServiceNames.monitored, states).map { name, state in
            SystemStatus.Service(
                name: name, state: state, pid: state == .running ? 9 : nil,
                startedAtUs: state == .running ? 1_705_329_000_000_000 : nil, cpuPercent: 1.5,
                memoryBytes: 3 << 20, lastCheckUs: 1_705_329_000_123_456, restarts: 2, detail: "d")
        }
        return SystemStatus(
            services: services, health: [.init(check: "broker", grade: .ok, detail: "fine")],
            timeUs: 1_705_329_000_000_000)
    }

    @Test(
        arguments: [
            ([.notConfigured, .notConfigured, .running, .running, .running], .healthy),
            ([.notConfigured, .running, .running, .running, .running], .healthy),
            ([.stopped, .running, .running, .running, .running], .partial),
            ([.notConfigured, .notConfigured, .running, .unresponsive, .running], .partial),
            ([.notConfigured, .notConfigured, .stopped, .stopped, .stopped], .down),
            ([.notConfigured, .notConfigured, .unresponsive, .stopped, .stopped], .down),
        ] as [([SystemStatus.State], SystemStatus.Overall)])
    func isWhatItsServicesAre(states: [SystemStatus.State], overall: SystemStatus.Overall) {
        #expect(Self.status(states).overall == overall)
    }

    @Test func hasTheShapeOfTheAPI() throws {
        let status = Self.status([.notConfigured, .stopped, .running, .unresponsive, .running])
        let json = try JSONParser.parse(status.json)
        #expect(json["overall_status"]?.string == "partial")
        #expect(json["services"]?.members?.map(\.name) == ServiceNames.monitored)
        let dashboard = json["services"]?["dashboard"]
        #expect(dashboard?["status"]?.string == "running")
        #expect(dashboard?["pid"]?.integer == 9)
        #expect(dashboard?["started_at"]?.string == "2024-01-15T14:30:00.000000Z")
        #expect(json["services"]?["kafka"]?["started_at"]?.isNull == true)
        #expect(dashboard?["cpu_percent"]?.double == 1.5)
        #expect(dashboard?["memory_mb"]?.double == 3)
        #expect(dashboard?["last_check"]?.string == "2024-01-15T14:30:00.123456Z")
        #expect(dashboard?["restarts"]?.integer == 2)
        #expect(json["services"]?["kafka"]?["pid"]?.isNull == true)
        let summary = json["summary"]
        #expect(summary?["total_services"]?.integer == 5)
        #expect(summary?["running"]?.integer == 2)
        #expect(summary?["stopped"]?.integer == 1)
        #expect(summary?["not_configured"]?.integer == 1)
        #expect(json["health"]?.elements?.first?["status"]?.string == "ok")
        #expect(json["timestamp"]?.string == "2024-01-15T14:30:00.000000Z")
    }

    @Test func countsEveryService() throws {
        let status = Self.status([.notConfigured, .unknown, .running, .unresponsive, .stopped])
        let summary = try #require(try JSONParser.parse(status.json)["summary"])
        let counts = (summary.members ?? []).filter { $0.name != "total_services" }
        #expect(summary["unknown"]?.integer == 1)
        #expect(
            counts.reduce(0) { $0 + ($1.value.integer ?? 0) }
                == summary["total_services"]?.integer)
    }

    // MARK: - A service

    private static let alive = ProcessIdentity(pid: 44, startTicks: 1)
    private static let record = ServiceRecord(
        service: "dashboard", process: alive, command: ["lab"], port: 1, logFile: "l",
        outputFile: "o", startedAtUs: 0, restarts: 3)

    private func judged(
        _ name: String, record: ServiceRecord? = nil, process: ProcessIdentity? = nil,
        up: Bool? = nil, state: String = "S"
    ) -> SystemStatus.Service {
        let answer = up.map { ProbeAnswer(isUp: $0, detail: "x") }
        let stat = process.flatMap { process in
            ProcessStat(
                "\(process.pid) (n) \(state) 1 1 1 0 -1 0 1 0 0 0 1 0 0 0 20 0 1 0 1 1 1 1 0")
        }
        return ServiceMonitor.judge(
            .init(name: name, record: record, process: process, answer: answer), stat: stat)
    }

    @Test func runsOnlyWithAProcessAndAnAnswer() {
        #expect(
            judged("dashboard", record: Self.record, process: Self.alive, up: true).state
                == .running)
        #expect(
            judged("dashboard", record: Self.record, process: Self.alive, up: false).state
                == .unresponsive)
        // Somebody else answers in its place.
        #expect(judged("dashboard", record: Self.record, up: true).state == .stopped)
        #expect(
            judged("data_analyzer", process: Self.alive, up: true, state: "T").state
                == .unresponsive)
        #expect(judged("data_analyzer").state == .stopped)
    }

    @Test func tellsSinceWhenAProcessRuns() {
        let ours = judged("dashboard", record: Self.record, process: Self.alive, up: true)
        #expect(ours.startedAtUs == Self.record.startedAtUs)
        #expect(judged("dashboard", record: Self.record).startedAtUs == nil)
        // A process that no record tells of: the kernel does.
        let own = judged("kafka", process: .current, up: true)
        let nowUs = SystemClock.wallNs() / 1_000
        #expect(((nowUs - 3_600_000_000)...nowUs).contains(own.startedAtUs ?? 0))
    }

    @Test func aBrokerOfOthersNeedsNoProcessHere() {
        #expect(judged("kafka").state == .notConfigured)
        #expect(judged("kafka", up: true).state == .running)
        #expect(judged("kafka", up: false).state == .stopped)
        #expect(judged("zookeeper", process: Self.alive, up: false).state == .unresponsive)
    }

    // MARK: - Data quality

    @Test(
        arguments: [
            (1_000, 5, SystemStatus.Health.Grade.ok), (1_000, 11, .warn), (1_000, 101, .fail),
            (0, 0, .unknown),
        ] as [(Int64, Int64, SystemStatus.Health.Grade)])
    func gradesTheShareOfRejects(records: Int64, rejected: Int64, grade: SystemStatus.Health.Grade)
    {
        let now = DataQuality(runID: "r", records: records, rejected: rejected, missing: 0)
        #expect(now.health(since: nil).grade == grade)
    }

    @Test func looksAtWhatCameSinceTheLastCheck() {
        let before = DataQuality(runID: "r", records: 1_000_000, rejected: 0, missing: 0)
        let now = DataQuality(runID: "r", records: 1_001_000, rejected: 500, missing: 100)
        let health = now.health(since: before)
        #expect(health.grade == .fail)
        #expect(
            health.detail
                == "50.00 % of 1000 records rejected since the check before, "
                + "10.00 % for missing or null fields")
        // Another run counts from its own beginning.
        var other = before
        other.runID = "q"
        #expect(now.health(since: other).grade == .ok)
    }

    @Test func readsWhatTheDashboardShows() throws {
        let text = """
            {"run_id":"r","metrics":{"processed_records":10,"rejected_orders":4,
             "rejected":{"missing_field":3,"json_syntax":1}}}
            """
        let found = DataQuality(analytics: try JSONParser.parse(text))
        #expect(found == DataQuality(runID: "r", records: 10, rejected: 4, missing: 3))
        #expect(DataQuality(analytics: try JSONParser.parse("{\"run_id\":null}")) == nil)
    }
}
