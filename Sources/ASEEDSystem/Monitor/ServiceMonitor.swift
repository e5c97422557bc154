/// Looks at every service: its process, its answer, what it uses.
///
/// Belongs to one thread; the questions run on threads of their own, at the same time.
public final class ServiceMonitor {
    /// A broker outside of this process.
    public struct Broker: Sendable {
        /// Where it is.
        public var addresses: [NetworkAddress]
        /// Asks it for its metadata within so many milliseconds.
        public var probe: @Sendable (_ timeoutMs: Int) -> ProbeAnswer

        /// A broker and how it is asked.
        public init(
            addresses: [NetworkAddress],
            probe: @escaping @Sendable (_ timeoutMs: Int) -> ProbeAnswer
        ) {
            self.addresses = addresses
            self.probe = probe
        }
    }

    /// What to look at.
    public struct Configuration: Sendable {
        /// Where records and heartbeats are.
        public var home: ServiceHome
        /// Where the dashboard answers, when no record tells it.
        public var dashboardURL: String
        /// Whether somebody said that this is the dashboard: else one that answers there by chance
        /// is not this system's.
        public var isDashboardNamed = true
        /// The file of the token for reads of a dashboard that asks for one.
        public var tokenPath: String?
        /// The folder of the order log, when it is one of files.
        public var orderLog: String?
        /// The broker of the order log.
        public var broker: Broker?
        /// The ZooKeeper servers of the broker.
        public var zooKeeper: [NetworkAddress] = []
        /// How long an answer may take.
        public var timeoutMs = 2_000

        /// Looks at the services of a home.
        public init(home: ServiceHome, dashboardURL: String) {
            self.home = home
            self.dashboardURL = dashboardURL
        }
    }

    /// What is known of a service before it is judged.
    struct Finding {
        var name: String
        var record: ServiceRecord?
        /// Its process, when it lives.
        var process: ProcessIdentity?
        var answer: ProbeAnswer?

        /// When its process started; the record tells it only of its own.
        var startedAtUs: Int64? {
            guard let process else { return nil }
            return record?.process == process ? record?.startedAtUs : process.startedAtUs
        }
    }

    private let configuration: Configuration
    private let dashboardURL: ConditionLock<String>
    private let dashboard: Probe<ProbeAnswer>
    private let quality: Probe<DataQuality?>
    private let broker: Probe<ProbeAnswer>?
    private let zooKeeper: Probe<ProbeAnswer>?
    private var cpu = CPUMeter()
    private var progress = EngineActivity()
    private var lastQuality: DataQuality?

    /// A monitor that has not looked yet.
    public init(_ configuration: Configuration) {
        self.configuration = configuration
        let timeoutMs = configuration.timeoutMs
        let url = ConditionLock(configuration.dashboardURL)
        dashboardURL = url
        let tokenPath = configuration.tokenPath
        dashboard = Probe("http") {
            ServiceProbes.dashboard(url: url.read { $0 }, timeoutMs: timeoutMs)
        }
        quality = Probe("quality") {
            let address = DashboardURL.join(url.read { $0 }, "/api/analytics")
            // A token that can't be read is told of when the dashboard refuses its absence; one
            // that does not answer is told of by the other question.
            let token = tokenPath.flatMap { try? TokenFile.read($0) }
            guard
                let response = try? ServiceProbes.get(
                    address, token: token, timeoutMs: timeoutMs),
                response.status == 200, let json = try? JSONParser.parse(response.body)
            else { return nil }
            return DataQuality(analytics: json)
        }
        broker = configuration.broker.map { broker in
            Probe("broker") { broker.probe(timeoutMs) }
        }
        let servers = configuration.zooKeeper
        zooKeeper =
            servers.isEmpty
            ? nil
            : Probe("zookeeper") { ServiceProbes.zooKeeper(servers, timeoutMs: timeoutMs) }
    }

    /// Where the dashboard answers, as far as is known now.
    public var currentDashboardURL: String { dashboardURL.read { $0 } }

    /// The monitor's own process, judged by its heartbeat like those that it looks at.
    public func itself() -> SystemStatus.Service {
        let record = record(ServiceNames.monitor)
        var finding = Finding(name: ServiceNames.monitor, record: record)
        if let process = record?.process, process.isAlive { finding.process = process }
        addHeartbeat(to: &finding)
        var service = Self.judge(
            finding, stat: finding.process.flatMap { ProcessStat(pid: $0.pid) })
        service.lastCheckUs = SystemClock.wallNs() / 1_000
        return service
    }

    /// Notes CPU times, so that a check a little later can tell shares.
    public func prime() { _ = look(at: findings(untilNs: 0), health: false) }

    /// Looks at everything; takes at most the time that an answer may take.
    public func check() -> SystemStatus {
        if let port = record(ServiceNames.dashboard)?.port {
            dashboardURL.update { $0 = "http://127.0.0.1:\(port)" }
        }
        for probe in [broker, zooKeeper].compactMap({ $0 }) { begin(probe) }
        if isDashboardKnown {
            begin(dashboard)
            begin(quality)
        }
        let deadlineNs =
            SystemClock.monotonicNs() + Int64(configuration.timeoutMs + 250) * 1_000_000
        return look(at: findings(untilNs: deadlineNs), health: true, untilNs: deadlineNs)
    }

    private var isDashboardKnown: Bool {
        configuration.isDashboardNamed || record(ServiceNames.dashboard) != nil
    }

    /// Without threads for it nothing can be asked: the missing answer says so.
    private func begin<Answer>(_ probe: Probe<Answer>) { try? probe.begin() }

    private func record(_ name: String) -> ServiceRecord? {
        // An unreadable record counts as none here; `lab start` and `lab stop` tell of it.
        try? ServiceRecord.read(configuration.home.record(of: name))
    }

    private func findings(untilNs: Int64) -> [Finding] {
        ServiceNames.monitored.map { name in
            let record = record(name)
            var finding = Finding(name: name, record: record)
            if let process = record?.process, process.isAlive { finding.process = process }
            switch name {
            case ServiceNames.simulator, ServiceNames.engine: addHeartbeat(to: &finding)
            case ServiceNames.dashboard:
                finding.answer = isDashboardKnown ? Self.answer(dashboard, untilNs) : nil
                if record == nil { addHolder(NetworkAddress.ofURL(currentDashboardURL), &finding) }
            case ServiceNames.kafka:
                finding.answer = broker.map { Self.answer($0, untilNs) }
                if record == nil { addHolder(configuration.broker?.addresses.first, &finding) }
            default:
                finding.answer = zooKeeper.map { Self.answer($0, untilNs) }
                if record == nil { addHolder(configuration.zooKeeper.first, &finding) }
            }
            return finding
        }
    }

    /// A heartbeat names its process, so it also speaks for one that somebody else started.
    private func addHeartbeat(to finding: inout Finding) {
        let heartbeat = Heartbeat.read(configuration.home.heartbeat(of: finding.name))
        if finding.process == nil, let process = heartbeat?.process, process.isAlive {
            finding.process = process
        }
        guard let process = finding.process else { return }
        finding.answer = ServiceProbes.heartbeat(
            heartbeat, of: process, nowNs: SystemClock.monotonicNs())
    }

    /// Who listens at an address of this machine.
    private func addHolder(_ address: NetworkAddress?, _ finding: inout Finding) {
        guard finding.answer != nil, let address, address.isLoopback,
            let pid = PortHolder.pid(port: address.port)
        else { return }
        finding.process = ProcessIdentity(running: pid)
    }

    private static func answer(_ probe: Probe<ProbeAnswer>, _ untilNs: Int64) -> ProbeAnswer {
        let (answer, sinceNs) = probe.answer(untilNs: untilNs)
        if let answer { return answer }
        let waitedNs = SystemClock.monotonicNs() - sinceNs
        return ProbeAnswer(isUp: false, detail: "no answer for \(ServiceProbes.seconds(waitedNs))")
    }
}

extension ServiceMonitor {
    private func look(
        at findings: [Finding], health wantsHealth: Bool, untilNs: Int64 = 0
    ) -> SystemStatus {
        let table = ProcessTable.read()
        let nowUs = SystemClock.wallNs() / 1_000
        let nowNs = SystemClock.monotonicNs()
        cpu.keep(Set(findings.compactMap(\.process)))
        let services = findings.map { finding in
            var service = Self.judge(finding, stat: finding.process.flatMap { table[$0.pid] })
            service.lastCheckUs = nowUs
            if let process = finding.process, let usage = table.usage(of: process.pid) {
                service.memoryBytes = usage.residentBytes
                service.cpuPercent = cpu.percent(of: process, cpuNs: usage.cpuNs, nowNs: nowNs)
            }
            return service
        }
        var status = SystemStatus(services: services, health: [], timeUs: nowUs)
        if wantsHealth { status.health = health(status, nowNs: nowNs, untilNs: untilNs) }
        return status
    }

    /// A service is running only when its process is there and its answer came.
    static func judge(_ finding: Finding, stat: ProcessStat?) -> SystemStatus.Service {
        var service = SystemStatus.Service(
            name: finding.name, state: .stopped, pid: finding.process?.pid, lastCheckUs: 0,
            restarts: finding.record?.restarts ?? 0, detail: "not started")
        service.startedAtUs = finding.startedAtUs
        let answer = finding.answer
        let needsNone = finding.name == ServiceNames.kafka || finding.name == ServiceNames.zookeeper
        if needsNone, answer == nil, finding.record == nil {
            service.state = .notConfigured
            service.detail =
                finding.name == ServiceNames.kafka
                ? "the order log is a folder of files" : "ZOOKEEPER_CONNECT is not set"
        } else if finding.process == nil, let record = finding.record {
            service.detail = "process \(record.process.pid) ended; its log is \(record.logFile)"
        } else if let stat, stat.isStopped {
            service.state = .unresponsive
            service.detail = "process \(stat.pid) is paused (SIGSTOP or a debugger)"
        } else if let answer {
            let isThere = finding.process != nil
            service.state = answer.isUp ? .running : isThere ? .unresponsive : .stopped
            service.detail = answer.detail
        } else if finding.process != nil {
            service.state = .unknown
            service.detail = "there is no way to ask it"
        }
        return service
    }

    private func health(
        _ status: SystemStatus, nowNs: Int64, untilNs: Int64
    ) -> [SystemStatus.Health] {
        let heartbeat = Heartbeat.read(configuration.home.heartbeat(of: ServiceNames.engine))
        let written = Heartbeat.read(configuration.home.heartbeat(of: ServiceNames.simulator))
        let engine = status.service(ServiceNames.engine)
        return [
            brokerHealth(status.service(ServiceNames.kafka)),
            progress.health(
                engine: (engine?.state ?? .unknown, heartbeat, engine?.detail ?? ""),
                written: written?.records, nowNs: nowNs),
            Self.health("dashboard", status.service(ServiceNames.dashboard)),
            qualityHealth(untilNs),
        ]
    }

    private func brokerHealth(_ kafka: SystemStatus.Service?) -> SystemStatus.Health {
        if configuration.broker != nil { return Self.health("broker", kafka) }
        guard let folder = configuration.orderLog else {
            return .init(check: "broker", grade: .unknown, detail: "no order log is known")
        }
        do throws(LogError) {
            let partitions = try FileLog(opening: folder).partitionCount()
            return .init(
                check: "broker", grade: .ok,
                detail: "the order log \(folder) can be read, \(partitions) partitions")
        } catch {
            return .init(check: "broker", grade: .fail, detail: "\(error)")
        }
    }

    private static func health(
        _ check: String, _ service: SystemStatus.Service?
    ) -> SystemStatus.Health {
        let grade: SystemStatus.Health.Grade =
            switch service?.state {
            case .running: .ok
            case .stopped, .unresponsive: .fail
            case .notConfigured, .unknown, nil: .unknown
            }
        return .init(check: check, grade: grade, detail: service?.detail ?? "not looked at")
    }

    private func qualityHealth(_ untilNs: Int64) -> SystemStatus.Health {
        guard isDashboardKnown, let found = quality.answer(untilNs: untilNs).answer,
            let now = found
        else {
            return .init(
                check: "data_quality", grade: .unknown, detail: "nothing is published yet")
        }
        let health = now.health(since: lastQuality)
        // A span goes on until enough came to judge it.
        if lastQuality?.runID != now.runID
            || now.records - (lastQuality?.records ?? 0) >= DataQuality.enoughRecords
        {
            lastQuality = now
        }
        return health
    }
}

extension NetworkAddress {
    /// The host and port of an HTTP address.
    static func ofURL(_ url: String) -> NetworkAddress? {
        for (scheme, port) in [("http://", 80), ("https://", 443)] where url.hasPrefix(scheme) {
            let authority = url.dropFirst(scheme.count).prefix { $0 != "/" }
            let host = authority.split(separator: "@").last ?? authority
            return NetworkAddress(host, defaultPort: port)
        }
        return nil
    }
}
