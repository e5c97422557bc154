import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// A system in a home of its own, stopped at the end whatever happened.
final class SystemFixture {
    let folder: TemporaryFolder
    let paths: ServicePaths
    var registry: ServiceRegistry { ServiceRegistry(paths: paths) }
    /// Strangers that the test started.
    private var children: [pid_t] = []

    /// What runs on a log of files.
    static let services = ServicePlan.order.filter { $0 != ServiceNames.kafka }

    init() throws {
        folder = try TemporaryFolder()
        let home = "\(folder.path)/home"
        paths = ServicePaths(
            home: home, checkpoint: "\(home)/checkpoints", logs: "\(home)/logs")
    }

    deinit {
        for service in Self.services {
            if let process = record(service)?.process, process.isAlive {
                kill(process.pid, SIGKILL)
            }
        }
        for pid in children {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
    }

    /// Begins a command on this home.
    func begin(_ words: [String], environment: [String: String] = [:]) throws -> EngineProcess {
        try EngineProcess(words + ["--home", paths.home.path], environment: environment)
    }

    /// Runs a command on this home to its end.
    @discardableResult
    func run(
        _ words: [String], environment: [String: String] = [:]
    ) throws -> (ending: EngineProcess.Ending, out: String, errors: String) {
        let process = try begin(words, environment: environment)
        let ending = try process.end()
        return (ending, process.out, process.errors)
    }

    /// Starts everything with short intervals.
    func start(_ words: [String] = []) throws {
        let result = try run(
            ["start", "--port", "0", "--rate", "200", "--trigger", "100ms", "--interval", "200ms"]
                + words)
        try #require(result.ending == .exit(0), "\(result.errors)")
    }

    func record(_ service: String) -> ServiceRecord? { try? registry.record(service) }

    func pid(_ service: String) throws -> Int32 {
        try #require(record(service)?.process.pid, "no record of \(service)")
    }

    /// What the monitor wrote last.
    func status() -> JSONValue? {
        SmallFile.text(paths.home.status).flatMap { try? JSONParser.parse($0) }
    }

    func state(_ service: String) -> String? {
        status()?["services"]?[service]?["status"]?.string
    }

    /// Waits until the monitor shows a state.
    func awaitState(_ service: String, _ state: String) -> Bool {
        Self.eventually { self.state(service) == state }
    }

    static func eventually(withinMs limitMs: Int64 = 30_000, _ condition: () -> Bool) -> Bool {
        let deadlineNs = SystemClock.monotonicNs() + limitMs * 1_000_000
        let pause = ConditionLock(())
        while !condition() {
            let nowNs = SystemClock.monotonicNs()
            guard nowNs < deadlineNs else { return condition() }
            _ = pause.wait(untilNs: nowNs + 10_000_000) { _ -> Void? in nil }
        }
        return true
    }

    /// Everyone whose command line names this home, but for those of the test itself.
    func processes() -> [Int32] {
        FileTree.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
            pid != getpid()
                && (SmallFile.text("/proc/\(pid)/cmdline") ?? "").contains(paths.home.path)
        }
    }

    /// Starts a process that has nothing to do with the lab.
    func stranger(_ script: String) throws -> ProcessIdentity {
        var pid = pid_t()
        let texts = ["sh", "-c", script]
        var words = texts.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        try #require(posix_spawn(&pid, "/bin/sh", nil, nil, &words, environ) == 0)
        children.append(pid)
        return try #require(ProcessIdentity(running: pid))
    }

    /// Makes the folders and writes a record by hand.
    func write(_ service: String, _ process: ProcessIdentity) throws {
        try paths.make()
        try registry.write(
            ServiceRecord(
                service: service, process: process, command: ["sleep", "60"], port: nil,
                logFile: paths.logFile(of: service), outputFile: paths.outputFile(of: service),
                startedAtUs: SystemClock.wallNs() / 1_000))
    }
}
