internal import ASEEDSystem
internal import Glibc
internal import Synchronization

/// How long the lab itself was kept from running: the lateness of a thread that wakes every 10 ms.
///
/// A large pause means that the machine, not the system under test, was the limit at that moment.
final class PauseMeter: Sendable {
    static let intervalNs: Int64 = 10_000_000

    private let worstNs = Atomic<Int64>(0)
    private let worstSinceReadNs = Atomic<Int64>(0)
    private let stopped = Atomic<Bool>(false)

    /// Begins to measure.
    static func start() throws(SystemError) -> PauseMeter {
        let meter = PauseMeter()
        try LabThread.start("pause-meter") { [weak meter] in
            var due = SystemClock.monotonicNs()
            while true {
                due += intervalNs
                var time = timespec(
                    tv_sec: Int(due / 1_000_000_000), tv_nsec: Int(due % 1_000_000_000))
                while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
                let now = SystemClock.monotonicNs()
                guard let meter, !meter.stopped.load(ordering: .acquiring) else { return }
                meter.note(now - due)
                // What one pause delayed is one pause, not many.
                due = now
            }
        }
        return meter
    }

    func note(_ pauseNs: Int64) {
        worstNs.max(pauseNs, ordering: .relaxed)
        worstSinceReadNs.max(pauseNs, ordering: .relaxed)
    }

    /// The longest pause so far.
    var maxMs: Double { Double(worstNs.load(ordering: .relaxed)) / 1e6 }

    /// The longest pause since the last call.
    func takeMaxMs() -> Double {
        Double(worstSinceReadNs.exchange(0, ordering: .relaxed)) / 1e6
    }

    func stop() { stopped.store(true, ordering: .releasing) }
}
