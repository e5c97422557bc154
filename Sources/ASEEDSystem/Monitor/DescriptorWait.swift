internal import Glibc

/// Waits until a descriptor is ready, with a deadline.
enum DescriptorWait {
    /// - Parameter action: what failed, for the error.
    static func untilReadable(
        _ descriptor: Int32, _ action: String, _ deadlineNs: Int64
    ) throws(SystemError) {
        try wait(descriptor, POLLIN, action, deadlineNs)
    }

    /// - Parameter action: what failed, for the error.
    static func untilWritable(
        _ descriptor: Int32, _ action: String, _ deadlineNs: Int64
    ) throws(SystemError) {
        try wait(descriptor, POLLOUT, action, deadlineNs)
    }

    private static func wait(
        _ descriptor: Int32, _ events: Int32, _ action: String, _ deadlineNs: Int64
    ) throws(SystemError) {
        while true {
            let leftNs = deadlineNs - SystemClock.monotonicNs()
            guard leftNs > 0 else { throw SystemError(action, errno: ETIMEDOUT) }
            var polled = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let ready = poll(&polled, 1, Int32(min(leftNs / 1_000_000 + 1, 60_000)))
            if ready > 0 { return }
            guard ready == 0 || errno == EINTR else { throw SystemError(action, errno: errno) }
        }
    }
}
