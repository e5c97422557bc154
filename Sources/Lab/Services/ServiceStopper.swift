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
            try process.signal(SIGTERM)
            // A paused process takes the signal only when it goes on.
            try process.signal(SIGCONT)
            let ms = limitMs ?? ServicePlan.stopLimitMs(service)
            if !process.waitForEnd(untilNs: beginNs + ms * 1_000_000) {
                stopped.wasKilled = true
                try process.signal(SIGKILL)
                let lastNs = SystemClock.monotonicNs() + 10_000_000_000
                guard process.waitForEnd(untilNs: lastNs) else {
                    throw CommandFailure(
                        .unavailable,
                        "\(service), \(record.process.text), does not end even by SIGKILL: it "
                            + "waits for the kernel, perhaps for a disk; its record is kept")
                }
            }
        } else {
            stopped.wasGone = true
        }
        try registry.remove(service)
        stopped.tookMs = (SystemClock.monotonicNs() - beginNs) / 1_000_000
        return stopped
    }
}
