internal import Glibc
internal import Synchronization

/// Where the signal handler tells of a signal; -1 as long as nobody listens.
private let signalPipe = Atomic<Int32>(-1)

/// Puts the signal's number into the pipe: the only thing done in the handler.
@c private func tellSignal(_ number: Int32) {
    let saved = errno
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(signalPipe.load(ordering: .relaxed), &byte, 1)
    errno = saved
}

/// SIGTERM and SIGINT as a condition that a service's loop waits on. One in a process.
public final class TerminationSignal: Sendable {
    private let readEnd: Int32

    /// Takes over both signals.
    public init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("pipe", errno: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            guard fcntl(end, F_SETFL, O_NONBLOCK) == 0 else {
                throw SystemError("fcntl pipe", errno: errno)
            }
        }
        readEnd = ends[0]
        signalPipe.store(ends[1], ordering: .relaxed)
        var heard = sigset_t()
        sigemptyset(&heard)
        for number in [SIGTERM, SIGINT] {
            signal(number, tellSignal)
            sigaddset(&heard, number)
        }
        // A parent that starts us from a thread which blocks signals hands its mask down.
        let code = pthread_sigmask(SIG_UNBLOCK, &heard, nil)
        guard code == 0 else { throw SystemError("pthread_sigmask", errno: code) }
    }

    /// Waits for a signal until a monotonic time.
    ///
    /// - Returns: whether one came, now or earlier.
    public func wait(untilNs deadlineNs: Int64) -> Bool {
        while true {
            let leftNs = deadlineNs - SystemClock.monotonicNs()
            var polled = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
            let leftMs = max(0, min((leftNs + 999_999) / 1_000_000, 3_600_000))
            if poll(&polled, 1, Int32(leftMs)) > 0 { return true }
            if leftNs <= 0 { return false }
        }
    }

    /// Whether a signal came. It stays so: the pipe is never emptied.
    public var isRaised: Bool { wait(untilNs: 0) }
}
