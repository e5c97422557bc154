/// Writes a service's heartbeat, from a thread of its own, twice a second.
///
/// So a batch that takes long is no silence. That the work itself goes on is told apart: its loop
/// promises by when it will be heard of again, and a monitor sees when it was not.
public final class HeartbeatWriter: Sendable {
    private struct Work {
        var state = Heartbeat.State.running
        var records: Int64 = 0
        var batchID: Int64?
        var dueNs: Int64
        var isStopped = false
        var hasFailed = false
    }

    private static let intervalNs: Int64 = 500_000_000
    /// A step of the work may take this much longer than planned.
    public static let patienceNs: Int64 = 30_000_000_000

    private let path: String
    private let service: String
    private let process = ProcessIdentity.current
    private let work: ConditionLock<Work>
    private let log: Log?
    private let thread: ConditionLock<NamedThread?> = ConditionLock(nil)

    /// Writes the first heartbeat and goes on until `stop`.
    public init(path: String, service: String, log: Log? = nil) throws(SystemError) {
        self.path = path
        self.service = service
        self.log = log
        work = ConditionLock(Work(dueNs: SystemClock.monotonicNs() + Self.patienceNs))
        try write()
        let thread = try NamedThread("heartbeat") { [weak self] in
            while true {
                let nextNs = SystemClock.monotonicNs() + Self.intervalNs
                guard let work = self?.work else { return }
                if work.wait(untilNs: nextNs, { $0.isStopped ? true : nil }) == true { return }
                self?.beat()
            }
        }
        self.thread.update { $0 = thread }
    }

    /// Tells what the work has done.
    ///
    /// - Parameter nextNs: monotonic time of its next step; now, when it goes on at once.
    public func note(
        _ state: Heartbeat.State, records: Int64, batchID: Int64? = nil, nextNs: Int64
    ) {
        work.update { work in
            work.state = state
            work.records = records
            work.batchID = batchID
            work.dueNs = max(nextNs, SystemClock.monotonicNs()) + Self.patienceNs
        }
    }

    /// Writes no more.
    public func stop() {
        work.update { $0.isStopped = true }
        thread.update { thread in
            defer { thread = nil }
            return thread
        }?.join()
    }

    private func beat() {
        do throws(SystemError) {
            try write()
            work.update { $0.hasFailed = false }
        } catch {
            let isFirst = work.update { work in
                defer { work.hasFailed = true }
                return !work.hasFailed
            }
            if isFirst { log?.warn("heartbeat.failed", "the heartbeat can't be written: \(error)") }
        }
    }

    private func write() throws(SystemError) {
        let now = work.read { work in
            Heartbeat(
                service: service, process: process, timeUs: SystemClock.wallNs() / 1_000,
                monotonicNs: SystemClock.monotonicNs(), state: work.state, records: work.records,
                batchID: work.batchID, dueNs: work.dueNs)
        }
        try WholeFile.replace(path, with: now.json)
    }
}
