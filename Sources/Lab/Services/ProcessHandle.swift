internal import ASEEDSystem
internal import CProcess
internal import Glibc

/// A process of ours by a descriptor of the kernel: signals through it never reach a stranger that
/// got the same id later, and its end can be waited for by any process.
final class ProcessHandle {
    let identity: ProcessIdentity
    private let descriptor: Int32

    /// Takes hold of a process; nil when it does not live any more.
    init?(_ identity: ProcessIdentity) throws(SystemError) {
        let opened = cprocess_pidfd_open(identity.pid)
        guard opened >= 0 else {
            if opened == -ESRCH { return nil }
            throw SystemError("open process \(identity.pid)", errno: -opened)
        }
        // Opened first, compared then: if this is the process now, it was when it was opened.
        guard identity.isAlive else {
            close(opened)
            return nil
        }
        self.identity = identity
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Sends a signal; a process that ended meanwhile is no error.
    func signal(_ number: Int32) throws(SystemError) {
        let code = cprocess_pidfd_signal(descriptor, number)
        guard code == 0 || code == ESRCH else {
            throw SystemError("send signal \(number) to process \(identity.pid)", errno: code)
        }
    }

    /// Waits for its end.
    ///
    /// - Returns: whether it came until then.
    func waitForEnd(untilNs deadlineNs: Int64) -> Bool {
        while true {
            let leftMs = max(0, deadlineNs - SystemClock.monotonicNs()) / 1_000_000
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&polled, 1, Int32(min(leftMs, 60_000)))
            if ready > 0 { return true }
            if ready < 0, errno != EINTR { return !identity.isAlive }
            if leftMs == 0 { return false }
        }
    }
}
