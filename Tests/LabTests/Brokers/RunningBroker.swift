import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// `lab broker`, with its files in a folder of its own.
final class RunningBroker {
    private let folder: TemporaryFolder
    private let group = ServiceGroup()
    private let process: ServiceProcess

    /// Whether `scripts/setup --with-kafka` was run here.
    static let arePartsThere: Bool = {
        guard let parts = KafkaParts.find() else { return false }
        // As the launcher does, for librdkafka in this process.
        setenv("LAB_DEPS", parts.folder, 0)
        return ([KafkaParts.library] + BrokerKind.allCases.flatMap(\.parts)).allSatisfy(parts.has)
    }()

    init(_ words: [String], environment: [String: String?] = [:]) throws {
        let lab = try #require(LabBinary.path, "the binary `lab` is built beside the tests")
        folder = try TemporaryFolder()
        process = try group.start(
            ServiceLaunch(
                name: "lab", program: lab,
                words: ["broker", "--data", "\(folder.path)/data"] + words,
                logFolder: folder.path, environment: environment, direct: true))
    }

    /// Everything it has written.
    var output: String {
        ["lab.out", "lab.log"].map { SmallFile.text("\(folder.path)/\($0)") ?? "" }.joined()
    }

    func signal(_ number: Int32) { process.signal(number) }

    /// The line that says where it is.
    func ready() throws -> JSONValue {
        let line = (SmallFile.text("\(folder.path)/lab.out") ?? "").split(separator: "\n").first
        return try JSONParser.parse(String(try #require(line, "\(output)")))
    }

    /// Its port, once it is ready.
    func awaitPort() throws -> UInt16 {
        try self.await {
            guard process.isRunning else {
                throw CommandFailure(.unavailable, "it ended: \(output)")
            }
            return output.contains("\"ready\"")
        }
        return UInt16(try #require(ready()["port"]?.integer))
    }

    func awaitEnd() throws -> ExitRecord.Ending {
        try self.await { !process.isRunning }
        return try #require(process.exit?.ending)
    }

    /// Waits until `done`, at most a minute.
    func await(_ done: () throws -> Bool) throws {
        let deadline = SystemClock.monotonicNs() + 60_000_000_000
        while try !done() {
            let now = SystemClock.monotonicNs()
            guard now < deadline else {
                throw CommandFailure(.timeout, "waited for a minute; it wrote: \(output)")
            }
            _ = group.events.takeAll(deadlineNs: now + 20_000_000)
        }
    }

    /// The processes that it has started and that live.
    func children() -> [pid_t] {
        let path = "/proc/\(process.pid)/task"
        return FileTree.names(in: path).flatMap { thread in
            (SmallFile.text("\(path)/\(thread)/children") ?? "").split(separator: " ")
                .compactMap { pid_t($0) }
        }
    }

    /// Whether a process runs; one that only waits for its parent to look does not.
    static func isAlive(_ pid: pid_t) -> Bool {
        guard let stat = SmallFile.text("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")")
        else { return false }
        return !stat[stat.index(after: end)...].hasPrefix(" Z")
    }
}

/// Stand-ins for programs.
enum Scripts {
    /// Writes a shell script that may be run.
    static func write(_ path: String, _ text: String) throws {
        try TextFile.replace(path, with: Array("#!/bin/sh\n\(text)\n".utf8))
        #expect(chmod(path, 0o755) == 0)
    }
}
