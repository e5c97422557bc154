/// Checks all services again and again, tells the dashboard, and logs what changes.
public final class MonitorService {
    /// How it works.
    public struct Configuration: Sendable {
        /// The time from one check to the next.
        public var intervalMs: Int64 = 5_000
        /// The file of the latest status.
        public var statusPath: String
        /// The file of the token for writes to the dashboard; without one, it is not told.
        public var tokenPath: String?
        /// How long the dashboard may take to answer.
        public var timeoutMs = 2_000

        /// A service that writes its findings to a file.
        public init(statusPath: String) { self.statusPath = statusPath }
    }

    private struct Outgoing {
        var url = ""
        var body: [UInt8] = []
        var failure: String?
    }

    private let monitor: ServiceMonitor
    private let configuration: Configuration
    private let log: Log
    private let outgoing = ConditionLock(Outgoing())
    private let post: Probe<String?>
    private var last: SystemStatus?
    private var postFailure: String?
    private var fileFailure: SystemError?

    /// A service that has not begun.
    public init(monitor: ServiceMonitor, configuration: Configuration, log: Log) {
        self.monitor = monitor
        self.configuration = configuration
        self.log = log
        let outgoing = outgoing
        post = Probe("post") {
            let (url, body) = outgoing.read { ($0.url, $0.body) }
            return Self.send(body, url, configuration)
        }
    }

    /// Runs until `stop` is raised.
    ///
    /// - Parameter after: called after each check, for what shall follow from it.
    public func run(stop: TerminationSignal, after: (SystemStatus) -> Void) {
        var dueNs = SystemClock.monotonicNs()
        repeat {
            let status = monitor.check()
            tell(status)
            after(status)
            dueNs += configuration.intervalMs * 1_000_000
            // A check that took longer than its interval is not made up for.
            dueNs = max(dueNs, SystemClock.monotonicNs())
        } while !stop.wait(untilNs: dueNs)
    }

    private func tell(_ status: SystemStatus) {
        let body = status.json
        do throws(SystemError) {
            try WholeFile.replace(configuration.statusPath, with: body + [UInt8(ascii: "\n")])
            fileFailure = nil
        } catch {
            if error != fileFailure {
                log.error("status.write", "the status can't be written: \(error)")
            }
            fileFailure = error
        }
        logChanges(status)
        last = status
        if configuration.tokenPath != nil { hand(body) }
    }

    private func hand(_ body: [UInt8]) {
        let (answer, _) = post.answer(untilNs: 0)
        if let answer, answer != postFailure {
            postFailure = answer
            if let answer {
                log.warn("status.post", "the dashboard does not take the status: \(answer)")
            } else {
                log.info("status.post", "the dashboard takes the status")
            }
        }
        let url = DashboardURL.join(monitor.currentDashboardURL, "/api/services")
        outgoing.update { ($0.url, $0.body) = (url, body) }
        do throws(SystemError) { try post.begin() } catch {
            log.warn("status.post", "the dashboard is not told: \(error)")
        }
    }

    /// - Returns: why the dashboard did not take it; nil when it did.
    private static func send(
        _ body: [UInt8], _ url: String, _ configuration: Configuration
    ) -> String? {
        guard let path = configuration.tokenPath else { return nil }
        do {
            let token = try TokenFile.read(path)
            var settings = HTTPClient.Configuration()
            settings.connectTimeoutMs = configuration.timeoutMs
            settings.timeoutMs = configuration.timeoutMs
            settings.maxResponseBytes = 64 << 10
            let response = try HTTPClient(configuration: settings).send(
                HTTPRequest(
                    "POST", url,
                    headers: [
                        HTTPHeader("Content-Type", "application/json"),
                        HTTPHeader("Authorization", "Bearer \(token)"),
                    ], body: body))
            return response.status == 200 ? nil : "POST \(url) was answered \(response.status)"
        } catch {
            return "\(error)"
        }
    }

    private func logChanges(_ status: SystemStatus) {
        for service in status.services {
            let before = last?.service(service.name)
            guard before?.state != service.state || before?.pid != service.pid else { continue }
            if before == nil, service.state == .notConfigured { continue }
            let was = before?.state.rawValue ?? "unknown"
            let text = "\(service.name) is \(service.state.rawValue), was \(was): \(service.detail)"
            let isBad = service.state == .stopped || service.state == .unresponsive
            let pid = Int64(service.pid ?? 0)
            if isBad {
                log.warn(
                    "service.changed", text,
                    ["of": .text(service.name), "status": .text(service.state.rawValue)])
            } else {
                log.info(
                    "service.changed", text,
                    [
                        "of": .text(service.name), "status": .text(service.state.rawValue),
                        "pid": .integer(pid),
                    ])
            }
        }
        for health in status.health {
            let before = last?.health.first { $0.check == health.check }
            guard let before, before.grade != health.grade else { continue }
            let text = "\(health.check): \(health.grade.rawValue), was \(before.grade.rawValue): "
            if health.grade == .warn || health.grade == .fail {
                log.warn("health.changed", text + health.detail, ["check": .text(health.check)])
            } else {
                log.info("health.changed", text + health.detail, ["check": .text(health.check)])
            }
        }
        if let last, last.overall != status.overall {
            log.info(
                "overall.changed",
                "the system is \(status.overall.rawValue), was \(last.overall.rawValue)")
        }
    }
}
