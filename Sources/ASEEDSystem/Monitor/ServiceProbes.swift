/// The questions that show whether a service does its work.
enum ServiceProbes {
    /// A heartbeat that is older than this is none.
    static let heartbeatAgeNs: Int64 = 5_000_000_000

    /// Whether a heartbeat shows that its process works.
    static func heartbeat(
        _ heartbeat: Heartbeat?, of process: ProcessIdentity, nowNs: Int64
    ) -> ProbeAnswer {
        guard let heartbeat else { return ProbeAnswer(isUp: false, detail: "no heartbeat yet") }
        guard heartbeat.process == process else {
            return ProbeAnswer(
                isUp: false,
                detail: "no heartbeat yet; the last one is of process \(heartbeat.process.pid)")
        }
        let ageNs = nowNs - heartbeat.monotonicNs
        if ageNs > heartbeatAgeNs {
            return ProbeAnswer(isUp: false, detail: "the last heartbeat is \(seconds(ageNs)) old")
        }
        if nowNs > heartbeat.dueNs {
            let lateNs = nowNs - heartbeat.dueNs + HeartbeatWriter.patienceNs
            return ProbeAnswer(
                isUp: false, detail: "its work has not gone on for \(seconds(lateNs))")
        }
        let batch = heartbeat.batchID.map { ", batch \($0)" } ?? ""
        return ProbeAnswer(
            isUp: true,
            detail: "\(heartbeat.state.rawValue), \(heartbeat.records) records\(batch)")
    }

    static func seconds(_ ns: Int64) -> String { "\((ns + 500_000_000) / 1_000_000_000) s" }

    /// `GET /healthz`
    static func dashboard(url: String, timeoutMs: Int) -> ProbeAnswer {
        do throws(HTTPError) {
            let response = try get(DashboardURL.join(url, "/healthz"), timeoutMs: timeoutMs)
            let json = try? JSONParser.parse(response.body)
            guard response.status == 200, let instance = json?["instance_id"]?.string else {
                let reason = json?["error"]?.string.map { ": \($0)" } ?? ""
                return ProbeAnswer(
                    isUp: false, detail: "\(url)/healthz answers \(response.status)\(reason)")
            }
            return ProbeAnswer(
                isUp: true, detail: "answers at \(url), instance \(instance.prefix(8))")
        } catch {
            return ProbeAnswer(isUp: false, detail: "\(error)")
        }
    }

    static func get(
        _ url: String, token: String? = nil, timeoutMs: Int
    ) throws(HTTPError) -> HTTPResponse {
        var configuration = HTTPClient.Configuration()
        configuration.connectTimeoutMs = timeoutMs
        configuration.timeoutMs = timeoutMs
        configuration.maxResponseBytes = 16 << 20
        var request = HTTPRequest("GET", url)
        if let token { request.headers.append(HTTPHeader("Authorization", "Bearer \(token)")) }
        return try HTTPClient(configuration: configuration).send(request)
    }

    /// ZooKeeper's four-letter word `srvr`, at the first server that answers.
    static func zooKeeper(_ servers: [NetworkAddress], timeoutMs: Int) -> ProbeAnswer {
        let deadlineNs = SystemClock.monotonicNs() + Int64(timeoutMs) * 1_000_000
        var failures: [String] = []
        for (index, server) in servers.enumerated() {
            let now = SystemClock.monotonicNs()
            let share = (deadlineNs - now) / Int64(servers.count - index)
            do throws(SystemError) {
                let bytes = try TCPExchange.run(
                    server, send: Array("srvr".utf8), deadlineNs: now + share)
                let answer = String(decoding: bytes, as: UTF8.self)
                guard let mode = line("Mode: ", in: answer) else {
                    let start = answer.prefix(120).filter { !$0.isNewline }
                    failures.append("\(server) answers srvr with \"\(start)\"")
                    continue
                }
                let version = (line("Zookeeper version: ", in: answer) ?? "unknown version")
                    .prefix { $0 != "-" && $0 != "," }
                let others = failures.isEmpty ? "" : " (\(failures.joined(separator: "; ")))"
                return ProbeAnswer(isUp: true, detail: "\(server) \(version), \(mode)\(others)")
            } catch {
                failures.append("\(error)")
            }
        }
        return ProbeAnswer(isUp: false, detail: failures.joined(separator: "; "))
    }

    private static func line(_ start: String, in text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix(start) }
            .map { String($0.dropFirst(start.count)) }
    }
}
