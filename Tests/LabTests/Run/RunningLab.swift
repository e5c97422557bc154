import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// `lab run` of one scenario, in a folder of its own.
final class RunningLab {
    private let folder: TemporaryFolder
    private let group = ServiceGroup()
    private let process: ServiceProcess
    let results: String

    init(
        scenario: String, words: [String] = [], environment: [String: String?] = [:]
    ) throws {
        let lab = try #require(LabBinary.path, "the binary `lab` is built beside the tests")
        folder = try TemporaryFolder()
        results = "\(folder.path)/results"
        let file = "\(folder.path)/scenario.json"
        try TextFile.replace(file, with: Array(scenario.utf8))
        process = try group.start(
            ServiceLaunch(
                name: "lab", program: lab, words: ["run", file, "--out", results] + words,
                logFolder: folder.path, environment: environment, direct: true))
    }

    /// Everything it has written.
    var output: String {
        ["lab.out", "lab.log"].map { SmallFile.text("\(folder.path)/\($0)") ?? "" }.joined()
    }

    func signal(_ number: Int32) { process.signal(number) }

    /// Waits for its end.
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
                throw CommandFailure(.timeout, "waited for a minute; the lab wrote: \(output)")
            }
            _ = group.events.takeAll(deadlineNs: now + 20_000_000)
        }
    }

    /// The processes that it has started and that live.
    func services() -> [pid_t] {
        let path = "/proc/\(process.pid)/task"
        return FileTree.names(in: path).flatMap { thread in
            (SmallFile.text("\(path)/\(thread)/children") ?? "").split(separator: " ")
                .compactMap { pid_t($0) }
        }
    }

    /// The process of that service, by its command line.
    func servicePID(_ name: String) -> pid_t? {
        services().first { pid in
            let words = (SmallFile.text("/proc/\(pid)/cmdline") ?? "").split(separator: "\0")
            return words.count > 1 && words[1] == name
        }
    }

    func runFolder() throws -> RunFolder {
        try #require(RunFolder.open("\(results)/latest"), "\(output)")
    }

    func result() throws -> JSONValue {
        try JSONParser.parse(TextFile.read(runFolder().file("result.json")))
    }

    /// Whether the engine has reported a batch.
    func hasCommitted() throws -> Bool {
        try !TextFile.read(runFolder().progress).isEmpty
    }
}

/// One short call of the binary.
struct LabCall {
    let code: Int32
    let output: String

    init(_ words: [String]) throws {
        let lab = try #require(LabBinary.path)
        let folder = try TemporaryFolder()
        let group = ServiceGroup()
        let process = try group.start(
            ServiceLaunch(
                name: "call", program: lab, words: words, logFolder: folder.path, direct: true))
        let deadline = SystemClock.monotonicNs() + 60_000_000_000
        while process.isRunning, SystemClock.monotonicNs() < deadline {
            _ = group.events.takeAll(deadlineNs: SystemClock.monotonicNs() + 50_000_000)
        }
        guard case .code(let code)? = process.exit?.ending else {
            throw CommandFailure(.timeout, "lab \(words.joined(separator: " ")) did not end")
        }
        self.code = code
        output = ["call.out", "call.log"].map { SmallFile.text("\(folder.path)/\($0)") ?? "" }
            .joined()
    }
}
