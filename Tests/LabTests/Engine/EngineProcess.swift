import ASEEDSystem
import Foundation
import Testing

@testable import Lab

/// The real `lab` as a process. Both streams go to files, so that no pipe fills up.
final class EngineProcess {
    /// How it ended: `code` by itself, or `signal`.
    struct Ending: Equatable {
        var code: Int32?
        var signal: Int32?

        static func exit(_ code: Int32) -> Ending { Ending(code: code) }
        static let killed = Ending(signal: SIGKILL)
    }

    private let process = Process()
    private let ended = ConditionLock<Ending?>(nil)
    private let folder: TemporaryFolder
    private var outPath: String { "\(folder.path)/out" }
    private var errorPath: String { "\(folder.path)/error" }

    var pid: Int32 { process.processIdentifier }
    /// Standard output so far.
    var out: String { (try? String(contentsOfFile: outPath, encoding: .utf8)) ?? "" }
    /// Standard error so far.
    var errors: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

    /// Starts `lab` with these words.
    ///
    /// - Parameter fileLimitKiB: no file may grow beyond this many KiB.
    init(
        _ words: [String], fileLimitKiB: Int? = nil, environment: [String: String] = [:]
    ) throws {
        let lab = try #require(LabBinary.path, "the binary `lab` is built beside the tests")
        folder = try TemporaryFolder()
        if let fileLimitKiB {
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            let script = "ulimit -f \(fileLimitKiB) && exec \"$0\" \"$@\""
            process.arguments = ["-c", script, lab] + words
        } else {
            process.executableURL = URL(fileURLWithPath: lab)
            process.arguments = words
        }
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.file(outPath)
        process.standardError = try Self.file(errorPath)
        let ended = self.ended
        process.terminationHandler = { process in
            let status = process.terminationStatus
            ended.update {
                $0 =
                    process.terminationReason == .exit
                    ? Ending(code: status) : Ending(signal: status)
            }
        }
        try process.run()
    }

    deinit { if process.isRunning { kill(pid, SIGKILL) } }

    private static func file(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try #require(FileHandle(forWritingAtPath: path))
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for the end, at most two minutes.
    func end() throws -> Ending {
        let deadlineNs = SystemClock.monotonicNs() + 120_000_000_000
        let ending = ended.wait(untilNs: deadlineNs) { $0 }
        return try #require(ending, "lab \(process.arguments ?? []) does not end: \(errors)")
    }

    /// Waits until a condition holds or the process has ended.
    ///
    /// - Returns: whether it held.
    func wait(until condition: () throws -> Bool) throws -> Bool {
        let deadlineNs = SystemClock.monotonicNs() + 60_000_000_000
        while try !condition() {
            let nowNs = SystemClock.monotonicNs()
            guard nowNs < deadlineNs else {
                Issue.record("waited for a minute: \(out)\(errors)")
                return false
            }
            let isOver = ended.wait(untilNs: nowNs + 500_000) { $0 } != nil
            if isOver { return try condition() }
        }
        return true
    }

    /// Waits for the ready line.
    func ready() throws -> JSONValue {
        _ = try wait { out.contains("\n") }
        let line = try #require(out.split(separator: "\n").first, "\(errors)")
        return try JSONParser.parse(String(line))
    }

    /// Nanoseconds that its threads have run; 0 when it is gone.
    var cpuNs: Int64 {
        FileTree.names(in: "/proc/\(pid)/task").reduce(0) { sum, thread in
            let text = SmallFile.text("/proc/\(pid)/task/\(thread)/schedstat") ?? ""
            return sum + (text.split(separator: " ").first.flatMap { Int64($0) } ?? 0)
        }
    }

    /// Runs `lab` to its end.
    static func run(
        _ words: [String], fileLimitKiB: Int? = nil, environment: [String: String] = [:]
    ) throws -> (ending: Ending, out: String, errors: String) {
        let process = try EngineProcess(
            words, fileLimitKiB: fileLimitKiB, environment: environment)
        let ending = try process.end()
        return (ending, process.out, process.errors)
    }
}
