internal import ASEEDSystem
internal import Glibc

/// A child process that ran to its end, and what it took.
struct BenchChild {
    let output: [UInt8]
    let wallNs: Int64
    /// User and system time of the whole process.
    let cpuNs: Int64
    /// The most memory that was resident; nil when the child ended before it was looked at.
    let peakBytes: Int64?

    /// The longest that a child may run.
    private static let patienceNs: Int64 = 900_000_000_000

    /// Runs a program and waits for its end.
    ///
    /// - Parameters:
    ///   - environment: variables that it gets besides; nil takes one away.
    ///   - isStopped: asked now and then; true ends it at once.
    /// - Throws: `CommandFailure` with what it wrote to stderr when it does not end with code 0.
    static func run(
        _ program: String, _ words: [String], environment: [String: String?] = [:],
        isStopped: () -> Bool = { false }
    ) throws -> BenchChild {
        let ownBytes = ProcessMemory.resetPeak()
        let startNs = SystemClock.monotonicNs()
        // A failure to read kills it.
        let process = try BenchProcess(program, words, environment: environment)
        let (output, complaint) = try process.readAll(
            untilNs: startNs + patienceNs, isStopped: isStopped)
        let end = try process.wait()
        guard end.ending == .code(0) else {
            let text = String(decoding: complaint, as: UTF8.self)
            throw CommandFailure(
                .internalBug,
                "lab bench: `lab \(words.joined(separator: " "))` ended with \(end.text): \(text)")
        }
        return BenchChild(
            output: output, wallNs: end.endedNs - startNs, cpuNs: end.cpuNs,
            peakBytes: peak(end, ownBytes: ownBytes, seenBytes: process.peakSeenBytes))
    }

    /// The kernel counts what the parent had when it started the child as the child's, too. Where
    /// that was more, what was seen while it ran is taken.
    private static func peak(_ end: ExitRecord, ownBytes: Int64, seenBytes: Int64) -> Int64? {
        if end.rssPeakBytes > ownBytes { return end.rssPeakBytes }
        return seenBytes > 0 ? seenBytes : nil
    }
}

/// This process's memory as the kernel counts it.
enum ProcessMemory {
    /// Forgets the peak so far.
    ///
    /// - Returns: the peak from now on: what is resident now, or the old peak where the kernel does
    ///   not forget it.
    static func resetPeak() -> Int64 {
        let descriptor = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
        if descriptor >= 0 {
            // Refused on some systems; the peak below is then the old one, and callers compare it.
            _ = write(descriptor, "5", 1)
            close(descriptor)
        }
        return peakBytes() ?? .max
    }

    /// The most memory of a process that was resident; nil where /proc does not say it.
    static func peakBytes(of process: String = "self") -> Int64? {
        // A process that has just ended has no such file.
        guard let status = try? FileBytes.read("/proc/\(process)/status", limit: 1 << 20) else {
            return nil
        }
        return peakBytes(in: String(decoding: status, as: UTF8.self))
    }

    /// Reads `VmHWM:`, a tab, blanks, kibibytes and `kB`.
    static func peakBytes(in status: String) -> Int64? {
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let words = line?.split { $0 == " " || $0 == "\t" } ?? []
        return words.count > 1 ? Int64(words[1]).map { $0 * 1_024 } : nil
    }
}
