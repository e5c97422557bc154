internal import Glibc
internal import Synchronization

/// Where the signal handler tells of a signal; -1 as long as nobody listens.
private let signalPipe = Atomic<Int32>(-1)
/// The first signal's number; 0 before it.
private let firstSignal = Atomic<Int32>(0)

/// Keeps the signal's number and wakes the pipe's reader: the only things done in the handler.
@c private func tellSignal(_ number: Int32) {
    let saved = errno
    _ = firstSignal.compareExchange(expected: 0, desired: number, ordering: .relaxed)
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(signalPipe.load(ordering: .relaxed), &byte, 1)
    errno = saved
}

/// SIGTERM and SIGINT as a condition that a service's loop waits on. One in a process.
public final class TerminationSignal: Sendable {
    /// Why a wait ended.
    public enum Event: Sendable {
        /// A signal came, now or earlier.
        case signal
        /// The input has something to read, or its other end is closed.
        case input
        /// The time is over.
        case deadline
    }

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

    /// Whether a signal came. It stays so: the pipe is never emptied.
    public var isRaised: Bool { wait(untilNs: 0) }

    /// Whether the first signal was SIGINT: Ctrl-C.
    public var isInterrupt: Bool { firstSignal.load(ordering: .relaxed) == SIGINT }

    /// Waits for a signal until a monotonic time.
    ///
    /// - Returns: whether one came, now or earlier.
    public func wait(untilNs deadlineNs: Int64) -> Bool {
        wait(untilNs: deadlineNs, input: nil) == .signal
    }

    /// Waits for a signal, or input on a descriptor, until a monotonic time.
    public func wait(untilNs deadlineNs: Int64, input: Int32?) -> Event {
        var polled = [pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)]
        if let input { polled.append(pollfd(fd: input, events: Int16(POLLIN), revents: 0)) }
        while true {
            let leftNs = max(0, deadlineNs - SystemClock.monotonicNs())
            // `poll` counts milliseconds: the last one is slept, which a signal interrupts too.
            let isShort = leftNs < 2_000_000
            if isShort, leftNs > 0 {
                var pause = timespec(tv_sec: 0, tv_nsec: Int(leftNs))
                nanosleep(&pause, nil)
            }
            let waitMs = isShort ? 0 : Int32(min(leftNs / 1_000_000 - 1, 3_600_000))
            if poll(&polled, nfds_t(polled.count), waitMs) > 0 {
                if polled[0].revents != 0 { return .signal }
                if polled.count > 1, polled[1].revents != 0 { return .input }
            }
            if leftNs == 0 { return .deadline }
        }
    }
}
