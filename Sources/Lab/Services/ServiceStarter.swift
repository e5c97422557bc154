internal import ASEEDSystem
internal import Glibc

/// Starts services one after the other, each when the one before works.
///
///     let starter = ServiceStarter(plan: plan, interrupts: signals)
///     try starter.start(ServicePlan.order) { print($0.line) }
final class ServiceStarter {
    /// A service that works.
    struct Started {
        var record: ServiceRecord
        var tookMs: Int64
    }

    private let plan: ServicePlan
    private let registry: ServiceRegistry
    private let interrupts: SignalWatch
    private let diesWithLab: Bool
    /// What this object has started, in that order.
    private(set) var processes: [(service: String, process: DetachedProcess)] = []
    /// Where the dashboard listens.
    private(set) var port: Int
    /// Where the broker that the lab runs listens.
    private(set) var brokerPort: Int
    private var isPrepared = false

    /// The settings with what the start has found out.
    var settings: StartSettings {
        var settings = plan.settings
        settings.address = plan.address(brokerPort: brokerPort)
        return settings
    }

    /// A starter.
    ///
    /// - Parameter diesWithLab: whether the services shall end with this process.
    init(plan: ServicePlan, interrupts: SignalWatch, diesWithLab: Bool = false) {
        self.plan = plan
        registry = ServiceRegistry(paths: plan.paths)
        self.interrupts = interrupts
        self.diesWithLab = diesWithLab
        port = plan.settings.port
        brokerPort = plan.settings.brokerPort
    }

    /// Starts services. When one fails, those that were started before it are stopped again.
    ///
    /// The caller holds the registry's lock.
    func start(_ services: [String], tell: (Started) -> Void) throws {
        try refuseRunning(services)
        do {
            if services.contains(ServiceNames.dashboard) {
                try PortCheck.run(port: port)
            } else if let port = try registry.record(ServiceNames.dashboard)?.port {
                self.port = port
            }
            if services.contains(ServiceNames.kafka) {
                try PortCheck.run(port: brokerPort)
            } else if let port = try registry.record(ServiceNames.kafka)?.port {
                brokerPort = port
            }
        } catch DashboardError.portTaken(let address, let port, let holder) {
            throw CommandFailure(
                .unavailable,
                "port \(port) on \(address) is taken by \(holder ?? "another process"); stop it, or "
                    + "choose another port with --port or --broker-port")
        } catch let error as DashboardError {
            throw CommandFailure(.unavailable, "\(error)")
        }
        do {
            for service in services { tell(try start(service)) }
        } catch {
            stopAgain()
            throw error
        }
    }

    private func refuseRunning(_ services: [String]) throws {
        let living = try registry.living(services)
        guard !living.isEmpty else { return }
        let names = living.map {
            "\($0.service) runs already: process \($0.process.pid) since \($0.since)"
        }
        throw CommandFailure(
            .unavailable,
            names.joined(separator: "\n")
                + "\n`lab status` shows more, `lab restart` starts anew, `lab stop` ends it")
    }

    private func start(_ service: String) throws -> Started {
        guard interrupts.count == 0 else { throw CommandFailure(.interrupted, "interrupted") }
        if service != ServiceNames.kafka, !isPrepared {
            try plan.prepare(brokerPort: brokerPort)
            isPrepared = true
        }
        let beginNs = SystemClock.monotonicNs()
        let beginUs = SystemClock.wallNs() / 1_000
        try registry.remove(service)
        let output = plan.paths.outputFile(of: service)
        try Self.bound(output)
        let outputStart = Self.size(output)
        let program = OwnProgram.path
        let command = [program] + plan.words(service, port: port, brokerPort: brokerPort)
        let process = try DetachedProcess(
            command, outputPath: output, diesWithLab: diesWithLab)
        processes.append((service, process))
        var record = ServiceRecord(
            service: service, process: process.identity, command: command, port: nil,
            logFile: plan.paths.logFile(of: service), outputFile: output, startedAtUs: beginUs)
        // At once: whatever happens to us, the process can be found.
        do throws(SystemError) { try registry.write(record) } catch {
            try ServiceStopper.end(unrecorded: process, service)
            throw error
        }
        let ready = try awaitReady(
            process,
            ServiceReadiness(
                service: service, process: process.identity, paths: plan.paths,
                outputStart: outputStart, startedAtUs: beginUs))
        if let port = ready.port {
            if service == ServiceNames.kafka { brokerPort = port } else { self.port = port }
            record.port = port
            // A start by this command takes the same port again.
            record.command =
                [program] + plan.words(service, port: self.port, brokerPort: brokerPort)
            try registry.write(record)
        }
        return Started(
            record: record, tookMs: (SystemClock.monotonicNs() - beginNs) / 1_000_000)
    }

    private func awaitReady(
        _ process: DetachedProcess, _ readiness: ServiceReadiness
    ) throws -> ServiceReadiness.Ready {
        let service = readiness.service
        let limitMs = ServicePlan.readyLimitMs(service)
        let deadlineNs = SystemClock.monotonicNs() + limitMs * 1_000_000
        let pause = ConditionLock(())
        while true {
            if let ready = readiness.check() { return ready }
            guard interrupts.count == 0 else { throw CommandFailure(.interrupted, "interrupted") }
            if let ending = process.ending() {
                throw CommandFailure(
                    .unavailable,
                    "\(service) ended with \(ending.text) before it was ready" + tails(service))
            }
            let nowNs = SystemClock.monotonicNs()
            guard nowNs < deadlineNs else {
                throw CommandFailure(
                    .unavailable,
                    "\(service) was not ready after \(DurationText.text(milliseconds: limitMs))"
                        + tails(service))
            }
            _ = pause.wait(untilNs: nowNs + 20_000_000) { _ -> Void? in nil }
        }
    }

    /// The last lines that a service wrote.
    private func tails(_ service: String) -> String {
        var text = ""
        let files = [plan.paths.logFile(of: service), plan.paths.outputFile(of: service)]
        for path in files[0] == files[1] ? [files[0]] : files {
            let lines = TextTail.lastLines(of: path, count: 5)
            guard !lines.isEmpty else { continue }
            text += "\nthe last lines of \(path):"
            for line in lines { text += "\n  \(LogText.readable(line))" }
        }
        return text.isEmpty ? "; it wrote nothing to \(plan.paths.logs)" : text
    }

    /// Stops what this object has started; for a failed start, and for a foreground run's end.
    func stopAgain(tell: (ServiceStopper.Stopped) -> Void = { _ in }) {
        let stopper = ServiceStopper(registry: registry)
        for (service, process) in processes.reversed() {
            do {
                if let stopped = try stopper.stop(service) { tell(stopped) }
            } catch {
                StandardStream.error.write("lab: \(service) could not be stopped: \(error)\n")
            }
            _ = process.ending()
        }
        processes = []
    }

    private static func size(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// The output is appended at each start; one older part of it is kept.
    private static func bound(_ path: String) throws(SystemError) {
        guard size(path) > 4 << 20 else { return }
        guard rename(path, path + ".1") == 0 else {
            throw SystemError("rename \(path)", errno: errno)
        }
    }
}
