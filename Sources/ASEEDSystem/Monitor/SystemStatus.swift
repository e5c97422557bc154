/// The status of all services at one moment, as SEED's `GET /api/service-status` has it.
public struct SystemStatus: Equatable, Sendable {
    /// What a service is doing.
    public enum State: String, Sendable {
        /// Its process is there and it answers.
        case running
        /// There is no process.
        case stopped
        /// Its process is there and it does not answer.
        case unresponsive
        /// This system does without it.
        case notConfigured = "not_configured"
        /// It can't be told.
        case unknown
    }

    /// One service.
    public struct Service: Equatable, Sendable {
        /// Its name, one of `ServiceNames.monitored`.
        public var name: String
        /// What it is doing.
        public var state: State
        /// Its process id, when it has a process on this machine.
        public var pid: Int32?
        /// When that process started, in microseconds since 1970.
        public var startedAtUs: Int64?
        /// Since the check before, children included; 100 is one CPU.
        public var cpuPercent: Double?
        /// Resident, children included.
        public var memoryBytes: Int64?
        /// Microseconds since 1970.
        public var lastCheckUs: Int64
        /// How often it was started again.
        public var restarts: Int
        /// One sentence.
        public var detail: String

        /// A service that was looked at.
        public init(
            name: String, state: State, pid: Int32? = nil, startedAtUs: Int64? = nil,
            cpuPercent: Double? = nil, memoryBytes: Int64? = nil, lastCheckUs: Int64,
            restarts: Int = 0, detail: String
        ) {
            self.name = name
            self.state = state
            self.pid = pid
            self.startedAtUs = startedAtUs
            self.cpuPercent = cpuPercent
            self.memoryBytes = memoryBytes
            self.lastCheckUs = lastCheckUs
            self.restarts = restarts
            self.detail = detail
        }
    }

    /// How well a part of the system does its work.
    public struct Health: Equatable, Sendable {
        /// The grades.
        public enum Grade: String, Sendable {
            case ok, warn, fail, unknown
        }

        /// `broker`, `engine`, `dashboard`, `data_quality`.
        public var check: String
        /// The grade.
        public var grade: Grade
        /// One sentence.
        public var detail: String
    }

    /// The whole.
    public enum Overall: String, Sendable {
        /// All that are configured run.
        case healthy
        /// Some run.
        case partial
        /// None runs.
        case down
    }

    /// In the order of `ServiceNames.monitored`.
    public var services: [Service]
    /// The health checks.
    public var health: [Health]
    /// Microseconds since 1970.
    public var timeUs: Int64

    /// What was found at one moment.
    public init(services: [Service], health: [Health], timeUs: Int64) {
        self.services = services
        self.health = health
        self.timeUs = timeUs
    }

    /// What all of them make together.
    public var overall: Overall {
        let wanted = services.filter { $0.state != .notConfigured }
        let running = wanted.count { $0.state == .running }
        if running == 0 { return .down }
        return running == wanted.count ? .healthy : .partial
    }

    /// The service of that name.
    public func service(_ name: String) -> Service? { services.first { $0.name == name } }

    /// The body of `POST /api/services` and of `GET /api/service-status`.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("overall_status", overall.rawValue)
            json.name("services")
            json.object { json in
                for service in services {
                    json.name(service.name)
                    Self.write(service, into: &json)
                }
            }
            json.name("summary")
            json.object { json in
                json.member("total_services", services.count)
                let counted: [State] = [
                    .running, .stopped, .unresponsive, .notConfigured, .unknown,
                ]
                for state in counted {
                    json.member(state.rawValue, services.count { $0.state == state })
                }
            }
            json.name("health")
            json.array { json in
                for entry in health {
                    json.object { json in
                        json.member("check", entry.check)
                        json.member("status", entry.grade.rawValue)
                        json.member("detail", entry.detail)
                    }
                }
            }
            json.member("timestamp", TimeText.iso(timeUs))
        }
        return json.bytes
    }

    private static func write(_ service: Service, into json: inout JSONWriter) {
        json.object { json in
            json.member("status", service.state.rawValue)
            json.member("pid", service.pid)
            json.member("started_at", service.startedAtUs.map { TimeText.iso($0) })
            json.name("cpu_percent")
            if let percent = service.cpuPercent { json.number(percent) } else { json.null() }
            json.name("memory_mb")
            if let bytes = service.memoryBytes {
                json.number((Double(bytes) / 1_048_576 * 10).rounded() / 10)
            } else {
                json.null()
            }
            json.member("last_check", TimeText.iso(service.lastCheckUs))
            json.member("restarts", service.restarts)
            json.member("detail", service.detail)
        }
    }
}
