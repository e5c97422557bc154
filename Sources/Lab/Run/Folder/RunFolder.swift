internal import ASEEDSystem
internal import Glibc

/// `RESULTS/SCENARIO/UTC-ID/`: everything a run leaves behind.
struct RunFolder: Equatable, Sendable {
    /// The folder of all results.
    let results: String
    let scenario: String
    /// `20240115T143000Z-1f2e3d`; also the run id of the engine and the dashboard.
    let id: String

    var path: String { "\(results)/\(scenario)/\(id)" }
    var logs: String { "\(path)/logs" }
    /// The order log, the checkpoint and what else only a failed run keeps.
    var data: String { "\(path)/data" }
    /// The order log; of a run on Kafka what was read from the topic.
    var log: String { "\(data)/log" }
    /// The files of a broker that the lab started.
    var broker: String { "\(data)/broker" }
    var checkpoint: String { "\(data)/checkpoint" }
    var checkpointFile: String { "\(checkpoint)/checkpoint.sqlite" }
    var dashboard: String { "\(data)/dashboard" }
    var plan: String { "\(path)/load-plan.json" }
    var history: String { "\(data)/history.bin" }
    /// The verifier's database while it works.
    var scratch: String { scratch(of: getpid()) }
    var tokenFile: String { "\(data)/token" }
    /// Heartbeats and what the monitor found last.
    var home: ServiceHome { ServiceHome(path: "\(data)/home") }
    var progress: String { "\(path)/progress.jsonl" }
    /// What the engine had begun last; beside its progress.
    var plannedBatch: String { "\(progress).plan" }

    /// The same of another process.
    func scratch(of process: pid_t) -> String { "\(data)/scratch-\(process)" }

    /// A file of the run.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Makes a new folder; its name is taken by nobody else, however many runs start at once.
    static func make(
        results: String, scenario: String, nowNs: Int64 = SystemClock.wallNs()
    ) throws(SystemError) -> RunFolder {
        try FileTree.make("\(results)/\(scenario)")
        for _ in 0..<100 {
            let folder = RunFolder(
                results: results, scenario: scenario,
                id: "\(stamp(nowNs))-\(randomHex(UInt32.random(in: 0..<1 << 24)))")
            if mkdir(folder.path, 0o755) == 0 {
                for inner in [folder.logs, folder.data, folder.checkpoint, folder.dashboard] {
                    try FileTree.make(inner)
                }
                return folder
            }
            guard errno == EEXIST else {
                throw SystemError("make folder \(folder.path)", errno: errno)
            }
        }
        throw SystemError("find a free name in \(results)/\(scenario)", errno: EEXIST)
    }

    /// Lets `latest` of the scenario and of all results name this run.
    func link() throws(SystemError) {
        try Self.replaceLink("\(results)/\(scenario)/latest", target: id)
        try Self.replaceLink("\(results)/latest", target: "\(scenario)/\(id)")
    }

    /// The folder of a finished run, by its path or a link to it.
    static func open(_ path: String) -> RunFolder? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        let parts = String(cString: real).split(separator: "/")
        guard parts.count >= 3 else { return nil }
        let results = "/" + parts.dropLast(2).joined(separator: "/")
        let folder = RunFolder(
            results: results, scenario: String(parts[parts.count - 2]),
            id: String(parts[parts.count - 1]))
        return FileTree.exists(folder.file("result.json")) ? folder : nil
    }

    private static func replaceLink(_ path: String, target: String) throws(SystemError) {
        let draft = "\(path).\(getpid()).draft"
        unlink(draft)
        guard symlink(target, draft) == 0 else {
            throw SystemError("link \(draft)", errno: errno)
        }
        guard rename(draft, path) == 0 else {
            let code = errno
            unlink(draft)
            throw SystemError("rename \(draft) to \(path)", errno: code)
        }
    }

    private static func stamp(_ nowNs: Int64) -> String {
        let text = TimeText.iso(nowNs / 1_000)
        return text.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    private static func randomHex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }
}
