internal import ASEEDSystem
internal import Glibc

/// Starts again what died, with growing pauses and a limit. It acts on processes that have ended
/// and that the lab had started, on nothing else.
final class ServiceRestarter {
    /// When it tries again, and when it gives up.
    struct Policy: Equatable, Sendable {
        var limit = 5
        var firstPauseMs: Int64 = 1_000
        var longestPauseMs: Int64 = 60_000
        /// After so long without an end, a service counts as well again.
        var wellMs: Int64 = 60_000

        /// The pause after so many restarts in a row.
        func pauseMs(after restarts: Int) -> Int64 {
            restarts > 20 ? longestPauseMs : min(longestPauseMs, firstPauseMs << (restarts - 1))
        }
    }

    private struct Attempts {
        var inARow = 0
        var lastNs: Int64 = 0
        var hasGivenUp = false
        /// Whose end they answer; another one was started by somebody else.
        var process: ProcessIdentity?
    }

    private let registry: ServiceRegistry
    private let policy: Policy
    private let log: Log
    private var attempts: [String: Attempts] = [:]
    private var processes: [DetachedProcess] = []

    init(registry: ServiceRegistry, policy: Policy, log: Log) {
        self.registry = registry
        self.policy = policy
        self.log = log
    }

    /// Looks at what a check found.
    func consider(_ status: SystemStatus) {
        processes.removeAll { $0.ending() != nil }
        for service in status.services where service.state == .stopped {
            do {
                try restart(service.name)
            } catch {
                log.error(
                    "restart.failed", "\(service.name) can't be started again: \(error)",
                    ["of": .text(service.name)])
            }
        }
    }

    private func restart(_ service: String) throws {
        guard let seen = try registry.record(service), !seen.process.isAlive else { return }
        let nowNs = SystemClock.monotonicNs()
        var attempt = attempts[service] ?? Attempts()
        if attempt.process != seen.process { attempt = Attempts(process: seen.process) }
        defer { attempts[service] = attempt }
        if attempt.inARow > 0 {
            let sinceMs = (nowNs - attempt.lastNs) / 1_000_000
            if sinceMs >= policy.wellMs, !attempt.hasGivenUp {
                attempt.inARow = 0
            } else if sinceMs < policy.pauseMs(after: attempt.inARow) {
                return
            }
        }
        guard attempt.inARow < policy.limit else {
            if !attempt.hasGivenUp {
                log.error(
                    "restart.limit",
                    "\(service) ended after \(policy.limit) restarts in a row and stays stopped; "
                        + "see \(seen.logFile), then `lab restart \(service)`",
                    ["of": .text(service)])
            }
            attempt.hasGivenUp = true
            return
        }
        // Who starts or stops services now knows better.
        guard let lock = try registry.tryLock() else { return }
        defer { withExtendedLifetime(lock) {} }
        guard var record = try registry.record(service), !record.process.isAlive else { return }
        attempt.inARow += 1
        attempt.lastNs = nowNs
        let process = try DetachedProcess(record.command, outputPath: record.outputFile)
        processes.append(process)
        record.process = process.identity
        record.restarts += 1
        record.startedAtUs = SystemClock.wallNs() / 1_000
        do throws(SystemError) { try registry.write(record) } catch {
            try ServiceStopper.end(unrecorded: process, service)
            throw error
        }
        attempt.process = process.identity
        log.warn(
            "service.restarted",
            "\(service) had ended and was started again as process \(process.identity.pid), "
                + "restart \(attempt.inARow) of at most \(policy.limit) in a row",
            ["of": .text(service), "pid": .integer(Int64(process.identity.pid))])
    }
}
