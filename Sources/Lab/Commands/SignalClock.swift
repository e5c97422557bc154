internal import ASEEDSystem
internal import LoadGen

/// Real time, stopped by SIGTERM or SIGINT. One in a process, as long as it runs.
final class SignalClock: LoadClock {
    private let signal: TerminationSignal

    init() throws(SystemError) { signal = try TerminationSignal() }

    func nowNs() -> Int64 { SystemClock.monotonicNs() }

    /// Looks for a signal; one system call.
    var isStopped: Bool { signal.isRaised }

    /// Whether it was Ctrl-C.
    var isInterrupted: Bool { signal.isInterrupt }

    func wait(untilNs: Int64) { _ = signal.wait(untilNs: untilNs) }
}
