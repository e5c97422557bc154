internal import Glibc

/// How a process ended, and what it used in its whole life.
struct ExitRecord: Equatable, Sendable {
    /// The way it ended.
    enum Ending: Equatable, Sendable {
        /// It returned this code.
        case code(Int32)
        /// This signal ended it.
        case signal(Int32)
    }

    let ending: Ending
    /// User and system time of the process and of the children it waited for.
    let cpuNs: Int64
    /// Its largest resident size.
    let rssPeakBytes: Int64
    /// Monotonic time of its end.
    let endedNs: Int64

    /// From `wait4`.
    init(status: Int32, usage: rusage, endedNs: Int64) {
        let signal = status & 0x7f
        ending = signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
        cpuNs = Self.nanoseconds(usage.ru_utime) + Self.nanoseconds(usage.ru_stime)
        rssPeakBytes = Int64(usage.ru_maxrss) * 1024
        self.endedNs = endedNs
    }

    private static func nanoseconds(_ time: timeval) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * 1_000
    }

    /// `exit code 75`, or `signal 9 (Killed)`.
    var text: String {
        switch ending {
        case .code(let code): "exit code \(code)"
        case .signal(let signal): "signal \(signal) (\(String(cString: strsignal(signal))))"
        }
    }
}
