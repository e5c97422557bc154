internal import Glibc

/// Waits until a file log grows, asleep in the kernel (inotify) meanwhile. Belongs to one thread.
public final class FileLogFollower {
    private let log: FileLog
    private let descriptor: Int32

    /// Starts to watch the log's folder.
    public init(_ log: FileLog) throws(LogError) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard descriptor >= 0 else {
            throw .system(SystemError("inotify_init1", errno: errno))
        }
        let events = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO)
        guard inotify_add_watch(descriptor, log.path, events) >= 0 else {
            let error = SystemError("watch \(log.path)", errno: errno)
            close(descriptor)
            throw .system(error)
        }
        self.log = log
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Waits until some partition holds a whole record at or after its position, or has appeared
    /// with one (R5).
    ///
    /// - Parameter positions: of partitions 0 …; for those not listed the position is 0.
    /// - Returns: false when the time ran out.
    public func waitForGrowth(
        beyond positions: [Int64], timeoutMs: Int64
    ) throws(LogError) -> Bool {
        let deadlineNs = SystemClock.monotonicNs() + timeoutMs * 1_000_000
        while true {
            // Events are drained before the look at the ends, so none is lost in between.
            try drain()
            for partition in 0..<(try log.partitionCount()) {
                let position = partition < positions.count ? positions[partition] : 0
                if try log.endPosition(of: partition) > position { return true }
            }
            let leftNs = deadlineNs - SystemClock.monotonicNs()
            guard leftNs > 0 else { return false }
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = Int32(min((leftNs + 999_999) / 1_000_000, 3_600_000))
            guard poll(&polled, 1, milliseconds) >= 0 || errno == EINTR else {
                throw .system(SystemError("poll \(log.path)", errno: errno))
            }
        }
    }

    private func drain() throws(LogError) {
        var buffer = [UInt8](repeating: 0, count: 8_192)
        while true {
            let got = FileDescriptor.retrying { read(descriptor, &buffer, buffer.count) }
            if got > 0 { continue }
            if got == 0 || errno == EAGAIN { return }
            throw .system(SystemError("inotify \(log.path)", errno: errno))
        }
    }
}
