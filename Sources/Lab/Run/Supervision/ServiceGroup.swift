internal import ASEEDSystem
internal import Glibc

/// The services of one run: their mailbox, and stopping them all.
final class ServiceGroup {
    let events = Mailbox<ServiceEvent>()
    private(set) var services: [ServiceProcess] = []

    deinit { killAll() }

    /// Starts a service of this group.
    func start(_ launch: ServiceLaunch) throws(SystemError) -> ServiceProcess {
        let service = try ServiceProcess(launch, events: events)
        services.append(service)
        return service
    }

    /// The service of that name that was started last.
    func service(_ name: String) -> ServiceProcess? { services.last { $0.name == name } }

    /// When processes of that name ended.
    func endsNs(of name: String) -> [Int64] {
        services.filter { $0.name == name }.compactMap { $0.exit?.endedNs }
    }

    /// What all processes of a service name used, the ended ones too.
    func usage(of name: String) -> ProcessSample {
        services.filter { $0.name == name }.map { $0.sample() }.reduce(into: ProcessSample()) {
            $0.cpuNs += $1.cpuNs
            $0.rssBytes += $1.rssBytes
            $0.rssPeakBytes = max($0.rssPeakBytes, $1.rssPeakBytes)
            $0.diskReadBytes += $1.diskReadBytes
            $0.diskWriteBytes += $1.diskWriteBytes
            $0.readBytes += $1.readBytes
            $0.writeBytes += $1.writeBytes
            $0.threads += $1.threads
        }
    }

    /// Each name once, in the order of the first start.
    var names: [String] {
        services.map(\.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Asks every living service to stop, waits for `graceMs`, and kills what is left.
    ///
    /// - Parameters:
    ///   - last: asked only when the others have ended, because those still talk to them.
    ///   - except: left as they are.
    ///   - hurry: asked now and then; true ends the waiting.
    /// - Returns: the names of those that had to be killed.
    @discardableResult
    func stopAll(
        graceMs: Int64, last: Set<String> = [], except: Set<String> = [],
        hurry: () -> Bool = { false }
    ) -> [String] {
        let services = services.filter { !except.contains($0.name) }
        let deadline = SystemClock.monotonicNs() + graceMs * 1_000_000
        for isLast in [false, true] {
            let asked = services.filter { last.contains($0.name) == isLast && $0.isRunning }
            for service in asked {
                service.closeInput()
                service.signal(SIGTERM)
                // A stopped process takes SIGTERM only when it goes on.
                service.signal(SIGCONT)
            }
            while asked.contains(where: \.isRunning), SystemClock.monotonicNs() < deadline, !hurry()
            {
                _ = events.takeAll(
                    deadlineNs: min(deadline, SystemClock.monotonicNs() + 50_000_000))
            }
        }
        let stubborn = services.filter(\.isRunning).map(\.name)
        kill(services)
        return stubborn
    }

    /// Kills every living service and waits for its end.
    func killAll() { kill(services) }

    private func kill(_ services: [ServiceProcess]) {
        for service in services { service.killGroup() }
        let deadline = SystemClock.monotonicNs() + 5_000_000_000
        while services.contains(where: \.isRunning), SystemClock.monotonicNs() < deadline {
            _ = events.takeAll(deadlineNs: min(deadline, SystemClock.monotonicNs() + 50_000_000))
        }
    }
}
