internal import ASEEDSystem
internal import Glibc

/// Stops services that the lab started: asks, waits, and kills what does not end.
struct ServiceStopper {
    /// A service that runs no more.
    struct Stopped {
        var service: String
        var pid: Int32
        var tookMs: Int64
        /// It did not end when asked.
        var wasKilled: Bool
        /// It had ended before; only its record was left.
        var wasGone: Bool
    }

    let registry: ServiceRegistry
    /// Instead of each service's own time to end.
    var limitMs: Int64?

    /// Stops one service. The caller holds the registry's lock.
    ///
    /// - Returns: nil when there is no record of it.
    func stop(_ service: String) throws -> Stopped? {
        guard let record = try registry.record(service) else { return nil }
        let beginNs = SystemClock.monotonicNs()
        var stopped = Stopped(
            service: service, pid: record.process.pid, tookMs: 0, wasKilled: false, wasGone: false)
        if let process = try ProcessHandle(record.process) {
            let ms = limitMs ?? ServicePlan.stopLimitMs(service)
            stopped.wasKilled = try Self.end(process, service, withinMs: ms)
        } else {
            stopped.wasGone = true
        }
        try registry.remove(service)
        stopped.tookMs = (SystemClock.monotonicNs() - beginNs) / 1_000_000
        return stopped
    }

    /// Ends a process that was started but could not be recorded: nobody would find it again.
    static func end(unrecorded process: DetachedProcess, _ service: String) throws {
        if let handle = try ProcessHandle(process.identity) {
            _ = try end(handle, service, withinMs: ServicePlan.stopLimitMs(service))
        }
        _ = process.ending()
    }

    /// - Returns: whether it had to be killed.
    private static func end(
        _ process: ProcessHandle, _ service: String, withinMs limitMs: Int64
    ) throws -> Bool {
        let beginNs = SystemClock.monotonicNs()
        try process.signal(SIGTERM)
        // A paused process takes the signal only when it goes on.
        try process.signal(SIGCONT)
        if process.waitForEnd(untilNs: beginNs + limitMs * 1_000_000) { return false }
        try process.signal(SIGKILL)
        let lastNs = SystemClock.monotonicNs() + 10_000_000_000
        guard process.waitForEnd(untilNs: lastNs) else {
            throw CommandFailure(
                .unavailable,
                "\(service), \(process.identity.text), does not end even by SIGKILL: it waits for "
                    + "the kernel, perhaps for a disk; its record is kept")
        }
        return true
    }
}
