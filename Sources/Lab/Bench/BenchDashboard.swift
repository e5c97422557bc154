internal import ASEEDSystem
internal import Glibc
internal import Glibc

/// A real `lab dashboard` that engines of a benchmark publish to.
struct BenchDashboard {
    let url: String
    let port: Int
    private let pid: Int32
    private let tokenFile: String

    /// Starts it; the stage ends it.
    init(_ stage: BenchStage) throws {
        let name = stage.freshName("dashboard")
        tokenFile = stage.folder.path("\(name).token")
        let ready = try stage.startService([
            "dashboard", "--port", "0", "--data", stage.folder.path(name),
            "--token-file", tokenFile,
        ])
        guard let url = ready["url"]?.string, let port = ready["port"]?.integer,
            let pid = ready["pid"]?.integer
        else {
            throw CommandFailure(
                .internalBug, "lab bench: the dashboard's ready line has no url, port or pid")
        }
        self.url = url
        self.port = Int(port)
        self.pid = Int32(pid)
    }

    /// The options that make an engine publish to it.
    var engineOptions: [String] { ["--dashboard", url, "--token-file", tokenFile] }

    /// What it holds of a run.
    func published(runID: String) throws -> [UInt8] {
        try PublishedState.fetch(HTTPClient(), dashboard: url, runID: runID).body
    }

    /// The token for writes.
    func token() throws -> String { try TokenFile.read(tokenFile) }

    /// What it used so far.
    func usage() throws -> BenchUsage { try BenchUsage(pid: pid) }
}

/// What a process used so far, from /proc.
struct BenchUsage {
    let residentBytes: Int64
    let cpuNs: Int64

    init(pid: Int32) throws {
        let memory = try Self.fields("/proc/\(pid)/statm")
        // The name in parentheses may hold spaces; user and system ticks are 12th and 13th after.
        let times = try Self.fields("/proc/\(pid)/stat", after: ")")
        guard memory.count > 1, let pages = Int64(memory[1]), times.count > 12,
            let user = Int64(times[11]), let system = Int64(times[12])
        else {
            throw CommandFailure(
                .internalBug, "lab bench: /proc/\(pid) has another form than expected")
        }
        residentBytes = pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
        cpuNs = (user + system) * (1_000_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK))))
    }

    private static func fields(_ path: String, after mark: Character? = nil) throws -> [Substring] {
        let text = String(decoding: try FileBytes.read(path, limit: 64 << 10), as: UTF8.self)
        let start = mark.flatMap { text.lastIndex(of: $0) }.map { text.index(after: $0) }
        return text[(start ?? text.startIndex)...].split { $0 == " " || $0 == "\n" }
    }
}
