import Glibc

/// CPU time of this thread by phase.
struct CPUClock {
    private(set) var phases: [VerificationReport.Phase] = []
    private var last = CPUClock.now()

    /// Ends a phase.
    mutating func lap(_ name: String) {
        let now = Self.now()
        phases.append(.init(name: name, cpuSeconds: now - last))
        last = now
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
