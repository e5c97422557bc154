internal import Glibc

/// A failed system call: what was tried, on which path, and the system's reason.
public struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The call and its object, for example `write partition-0.jsonl`.
    public let action: String
    /// The system's error number.
    public let errno: Int32

    /// Makes an error from a call's name and its error number.
    public init(_ action: String, errno: Int32) {
        self.action = action
        self.errno = errno
    }

    /// `write partition-0.jsonl: No space left on device (errno 28)`
    public var description: String {
        "\(action): \(String(cString: strerror(errno))) (errno \(errno))"
    }
}

/// The clocks of this machine, in nanoseconds.
public enum SystemClock {
    /// Monotonic time; one origin for all processes of this boot.
    public static func monotonicNs() -> Int64 { read(CLOCK_MONOTONIC) }
    /// Wall time since 1970.
    public static func wallNs() -> Int64 { read(CLOCK_REALTIME) }
    /// CPU time used by this process.
    public static func processCPUNs() -> Int64 { read(CLOCK_PROCESS_CPUTIME_ID) }
    /// CPU time used by the calling thread.
    public static func threadCPUNs() -> Int64 { read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
