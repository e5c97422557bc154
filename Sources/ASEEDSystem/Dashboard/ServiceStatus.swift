internal import Glibc

/// `GET /api/service-status` in SEED.md's shape, with what this process knows for sure.
///
/// It knows itself, and when it last heard of the engine. It watches no other process, so their
/// status is `unknown`.
struct ServiceStatus {
    private static let services = [
        "zookeeper", "kafka", "order_simulator", "data_analyzer", "dashboard",
    ]
    private var lastCPUNs = SystemClock.processCPUNs()
    private var lastNs = SystemClock.monotonicNs()
    private var cpuPercent = 0.0

    /// The answer. The CPU share is that since the call before, at least a second ago.
    mutating func json(lastPublicationNs: Int64?) -> [UInt8] {
        let nowNs = SystemClock.monotonicNs()
        if nowNs - lastNs >= 1_000_000_000 {
            let cpuNs = SystemClock.processCPUNs()
            cpuPercent = Double(cpuNs - lastCPUNs) / Double(nowNs - lastNs) * 100
            (lastCPUNs, lastNs) = (cpuNs, nowNs)
        }
        let now = UTCText.now()
        var json = JSONWriter()
        json.object { json in
            json.member("overall_status", "partial")
            json.name("services")
            json.object { json in
                for service in Self.services {
                    json.name(service)
                    json.object { json in
                        if service == "dashboard" {
                            itself(into: &json)
                        } else {
                            json.member("status", "unknown")
                            json.name("pid")
                            json.null()
                        }
                        if service == "data_analyzer" {
                            json.member(
                                "last_publication",
                                lastPublicationNs.map { UTCText.text(wallNs: $0) })
                        }
                        json.member("last_check", now)
                    }
                }
            }
            json.name("summary")
            json.object { json in
                json.member("total_services", Self.services.count)
                json.member("running", 1)
                json.member("stopped", 0)
                json.member("unknown", Self.services.count - 1)
            }
        }
        return json.bytes
    }

    private func itself(into json: inout JSONWriter) {
        json.member("status", "running")
        json.member("pid", getpid())
        json.member("cpu_percent", (cpuPercent * 10).rounded() / 10)
        json.name("memory_mb")
        if let bytes = Self.residentBytes() {
            json.number((Double(bytes) / 1_048_576 * 10).rounded() / 10)
        } else {
            json.null()
        }
    }

    private static func residentBytes() -> Int64? {
        guard let text = ProcFile.read("/proc/self/statm") else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int64(fields[1]) else { return nil }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }
}
