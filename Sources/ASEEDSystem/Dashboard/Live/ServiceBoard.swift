internal import Glibc

/// The services as the monitor last reported them, in SEED.md's shape.
///
/// A report counts for a quarter of a minute. Without one, this process tells what it knows for
/// sure: itself, and when it last heard of the engine.
struct ServiceBoard {
    static let freshNs: Int64 = 15_000_000_000
    static let services = ["zookeeper", "kafka", "order_simulator", "data_analyzer", "dashboard"]
    private static let checks = ["broker", "engine", "dashboard", "data_quality"]

    private var report: (body: [UInt8], json: JSONValue, atNs: Int64)?
    private var usage = OwnUsage()

    /// Takes a checked report.
    mutating func take(_ json: JSONValue, nowNs: Int64) {
        var writer = JSONWriter()
        writer.value(json)
        report = (writer.bytes, json, nowNs)
    }

    /// Whether a report came lately enough to count.
    func isFresh(nowNs: Int64) -> Bool {
        report.map { nowNs - $0.atNs <= Self.freshNs } ?? false
    }

    /// `healthy`, `partial`, `down` or `unknown`.
    func overall(nowNs: Int64) -> String {
        guard isFresh(nowNs: nowNs), let report else { return "unknown" }
        return report.json["overall_status"]?.string ?? "unknown"
    }

    /// The status of each service; nothing when there is no fresh report.
    func statuses(nowNs: Int64) -> [(service: String, status: String)] {
        guard isFresh(nowNs: nowNs), let services = report?.json["services"]?.members else {
            return []
        }
        return services.map { ($0.name, $0.value["status"]?.string ?? "unknown") }
    }

    /// The answer.
    mutating func json(lastPublicationNs: Int64?, at now: Moment) -> [UInt8] {
        if isFresh(nowNs: now.monotonicNs), let report { return report.body }
        usage.measure(nowNs: now.monotonicNs)
        let time = UTCText.text(wallNs: now.wallNs)
        let silence =
            report.map {
                "no report of the monitor for \((now.monotonicNs - $0.atNs) / 1_000_000_000) s"
            }
            ?? "no monitor has reported; start one with lab monitor or lab start"
        var json = JSONWriter()
        json.object { json in
            json.member("overall_status", "unknown")
            json.name("services")
            json.object { json in
                for service in Self.services {
                    json.name(service)
                    json.object { json in
                        if service == "dashboard" {
                            usage.write(to: &json)
                            json.member("detail", "answers this request")
                        } else {
                            json.member("status", "unknown")
                            json.name("pid")
                            json.null()
                            json.member("detail", silence)
                        }
                        if service == "data_analyzer" {
                            json.member(
                                "last_publication",
                                lastPublicationNs.map { UTCText.text(wallNs: $0) })
                        }
                        json.member("last_check", time)
                    }
                }
            }
            json.name("summary")
            json.object { json in
                json.member("total_services", Self.services.count)
                json.member("running", 1)
                json.member("stopped", 0)
                json.member("not_configured", 0)
                json.member("unknown", Self.services.count - 1)
            }
            json.name("health")
            json.array { json in
                for check in Self.checks {
                    json.object { json in
                        json.member("check", check)
                        json.member("status", check == "dashboard" ? "ok" : "unknown")
                        json.member("detail", check == "dashboard" ? "answers" : silence)
                    }
                }
            }
            json.member("timestamp", time)
        }
        return json.bytes
    }
}

/// CPU and memory of this process.
private struct OwnUsage {
    private var lastCPUNs = SystemClock.processCPUNs()
    private var lastNs = SystemClock.monotonicNs()
    private var cpuPercent = 0.0

    /// The CPU share is that since the call before, at least a second ago.
    mutating func measure(nowNs: Int64) {
        guard nowNs - lastNs >= 1_000_000_000 else { return }
        let cpuNs = SystemClock.processCPUNs()
        cpuPercent = Double(cpuNs - lastCPUNs) / Double(nowNs - lastNs) * 100
        (lastCPUNs, lastNs) = (cpuNs, nowNs)
    }

    func write(to json: inout JSONWriter) {
        json.member("status", "running")
        json.member("pid", getpid())
        json.member("cpu_percent", (cpuPercent * 10).rounded() / 10)
        json.name("memory_mb")
        if let bytes = ProcessUsage.residentBytes() {
            json.number((Double(bytes) / 1_048_576 * 10).rounded() / 10)
        } else {
            json.null()
        }
        json.member("restarts", 0)
    }
}

/// What /proc says of this process.
enum ProcessUsage {
    /// The memory that is resident, or nil when it can't be read.
    static func residentBytes() -> Int64? { statm(1) }

    /// The address space, or nil when it can't be read.
    static func virtualBytes() -> Int64? { statm(0) }

    /// How many file descriptors are open, or nil when that can't be read.
    static func openDescriptors() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return count - 3  // `.`, `..` and the folder itself
    }

    /// How many file descriptors may be open.
    static func maxDescriptors() -> UInt? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return nil
        }
        return UInt(limit.rlim_cur)
    }

    private static func statm(_ field: Int) -> Int64? {
        guard let text = ProcFile.read("/proc/self/statm") else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > field, let pages = Int64(fields[field]) else { return nil }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }
}
