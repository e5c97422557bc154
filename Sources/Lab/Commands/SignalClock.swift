internal import ASEEDSystem
internal import Glibc
internal import LoadGen
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

/// Real time, stopped by SIGTERM or SIGINT. One in a process, as long as it runs.
final class SignalClock: LoadClock {
    private let signals: Int32
    private var hasStopped = false
    /// Whether Ctrl-C stopped it.
    private(set) var isInterrupted = false

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("pipe", errno: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            guard fcntl(end, F_SETFL, O_NONBLOCK) == 0 else {
                throw SystemError("fcntl pipe", errno: errno)
            }
        }
        signals = ends[0]
        signalPipe.store(ends[1], ordering: .relaxed)
        var heard = sigset_t()
        sigemptyset(&heard)
        for number in [SIGTERM, SIGINT] {
            signal(number, tellSignal)
            sigaddset(&heard, number)
        }
        // A parent that starts us from a thread which blocks signals hands its mask down.
        guard pthread_sigmask(SIG_UNBLOCK, &heard, nil) == 0 else {
            throw SystemError("pthread_sigmask", errno: EINVAL)
        }
    }

    func nowNs() -> Int64 { SystemClock.monotonicNs() }

    /// Looks for a signal; one system call.
    var isStopped: Bool {
        if !hasStopped {
            var byte: UInt8 = 0
            hasStopped = read(signals, &byte, 1) == 1
            isInterrupted = hasStopped && byte == UInt8(SIGINT)
        }
        return hasStopped
    }

    /// `poll` counts milliseconds: the last one is slept, which a signal interrupts too.
    func wait(untilNs: Int64) {
        while !isStopped {
            let leftNs = untilNs - nowNs()
            guard leftNs > 0 else { return }
            if leftNs >= 2_000_000 {
                _ = wait(milliseconds: leftNs / 1_000_000 - 1, input: nil)
            } else {
                var pause = timespec(tv_sec: 0, tv_nsec: Int(leftNs))
                nanosleep(&pause, nil)
            }
        }
    }

    /// Waits until there is input or its other end is closed; false when a signal came first.
    func wait(forInput input: Int32) -> Bool {
        while !isStopped {
            if wait(milliseconds: 3_600_000, input: input) { return true }
        }
        return false
    }

    /// Waits for a signal or input; whether there is input.
    private func wait(milliseconds: Int64, input: Int32?) -> Bool {
        var polled = [pollfd(fd: signals, events: Int16(POLLIN), revents: 0)]
        if let input { polled.append(pollfd(fd: input, events: Int16(POLLIN), revents: 0)) }
        let timeout = Int32(min(milliseconds, 3_600_000))
        return poll(&polled, nfds_t(polled.count), timeout) > 0
            && polled.count > 1 && polled[1].revents != 0
    }
}
