internal import ASEEDSystem
internal import Glibc
internal import Synchronization

/// Ctrl-C and the other ways of being asked to stop, as a counter that the runner reads.
///
/// The signals are blocked in every thread and taken by one thread with `sigwait`, so no code runs
/// in a signal handler.
final class SignalWatch: Sendable {
    /// The signals: interrupt, terminate, hang-up, quit.
    static let watched: [Int32] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    private let received = Atomic<Int>(0)

    /// How often one of them came.
    var count: Int { received.load(ordering: .acquiring) }

    /// Blocks the signals for threads started from now on and begins to watch.
    static func start() throws(SystemError) -> SignalWatch {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in watched { sigaddset(&signals, number) }
        let code = pthread_sigmask(SIG_BLOCK, &signals, nil)
        guard code == 0 else { throw SystemError("block signals", errno: code) }
        let watch = SignalWatch()
        let set = signals
        try LabThread.start("signals") {
            var set = set
            while true {
                var number: Int32 = 0
                if sigwait(&set, &number) == 0 { watch.note() }
            }
        }
        return watch
    }

    /// Counts one request to stop.
    func note() { received.add(1, ordering: .acquiringAndReleasing) }
}
