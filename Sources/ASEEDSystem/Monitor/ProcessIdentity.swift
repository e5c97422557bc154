internal import Glibc

/// A process, told from a later one with the same pid by its start time.
public struct ProcessIdentity: Hashable, Sendable {
    /// The process id.
    public let pid: Int32
    /// Clock ticks from boot to its start: field 22 of /proc/PID/stat.
    public let startTicks: UInt64

    /// An identity that was noted earlier.
    public init(pid: Int32, startTicks: UInt64) {
        self.pid = pid
        self.startTicks = startTicks
    }

    /// The process that has this id now; nil when there is none or it is a zombie.
    public init?(running pid: Int32) {
        guard let stat = ProcessStat(pid: pid), !stat.isEnded else { return nil }
        self.init(pid: pid, startTicks: stat.startTicks)
    }

    /// The process that has this id now, also one that ended and was not waited for.
    public init?(existing pid: Int32) {
        guard let stat = ProcessStat(pid: pid) else { return nil }
        self.init(pid: pid, startTicks: stat.startTicks)
    }

    /// This process.
    public static var current: ProcessIdentity {
        ProcessIdentity(running: getpid()) ?? ProcessIdentity(pid: getpid(), startTicks: 0)
    }

    /// Whether it still runs, or is stopped, and is no zombie.
    public var isAlive: Bool { ProcessIdentity(running: pid) == self }

    /// When it started, in microseconds since 1970, to a tick of the kernel.
    var startedAtUs: Int64 {
        var sinceBoot = timespec()
        clock_gettime(CLOCK_BOOTTIME, &sinceBoot)
        let upUs = Int64(sinceBoot.tv_sec) * 1_000_000 + Int64(sinceBoot.tv_nsec) / 1_000
        let ticksPerSecond = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let (seconds, rest) = startTicks.quotientAndRemainder(dividingBy: ticksPerSecond)
        let startUs =
            Int64(clamping: seconds) &* 1_000_000 &+ Int64(rest * 1_000_000 / ticksPerSecond)
        return SystemClock.wallNs() / 1_000 &- upUs &+ startUs
    }

    /// As messages name it: `process 4711 (lab dashboard --port 5005)`.
    public var text: String { ProcFile.describe(pid: pid) }
}

/// The fields of /proc/PID/stat that a monitor needs.
struct ProcessStat: Equatable, Sendable {
    let pid: Int32
    let state: Character
    let parent: Int32
    /// User and system time, in ticks.
    let ownTicks: Int64
    /// That of the children it waited for.
    let childTicks: Int64
    let startTicks: UInt64
    let residentPages: Int64

    init?(pid: Int32) {
        guard let text = ProcFile.read("/proc/\(pid)/stat", maxBytes: 4_096) else { return nil }
        self.init(text)
    }

    /// Reads the line; the command's name may hold spaces and parentheses.
    init?(_ text: String) {
        guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"),
            open < close, let pid = Int32(text[..<open].filter { $0 != " " })
        else { return nil }
        let fields = text[text.index(after: close)...].split { $0 == " " || $0 == "\n" }
        // proc(5) counts from 1: field 3 is the first here.
        guard fields.count > 21, let state = fields[0].first, let parent = Int32(fields[1]),
            let start = UInt64(fields[19]), let pages = Int64(fields[21])
        else { return nil }
        let ticks = fields[11...14].map { Int64($0) ?? 0 }
        self.pid = pid
        self.state = state
        self.parent = parent
        ownTicks = ticks[0] + ticks[1]
        childTicks = ticks[2] + ticks[3]
        startTicks = start
        residentPages = pages
    }

    /// Dead, or waited for by nobody.
    var isEnded: Bool { state == "Z" || state == "X" || state == "x" }
    /// Stopped by a signal or a debugger.
    var isStopped: Bool { state == "T" || state == "t" }
}
