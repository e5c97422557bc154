import ASEEDSystem
import Foundation
import Testing

/// The real `lab`, as a child process.
final class LabProcess {
    let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()
    private var pending: [UInt8] = []

    /// Starts `lab` with these words; `shell` comes before it in a shell, for example a limit.
    init(_ words: [String], shell: String? = nil) throws {
        // The tests and the binary are built into one folder.
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let lab = URL(fileURLWithPath: tests).deletingLastPathComponent().path + "/lab"
        try #require(
            FileManager.default.isExecutableFile(atPath: lab), "`swift build` makes \(lab)")
        if let shell {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "\(shell) && exec \"$0\" \"$@\"", lab] + words
        } else {
            process.executableURL = URL(fileURLWithPath: lab)
            process.arguments = words
        }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    func send(_ text: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }

    /// The next line of standard output; nil at its end.
    func line() -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeSubrange(...end)
                return line
            }
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { return nil }
            pending += data
        }
    }

    /// The next line of standard output as JSON.
    func json() throws -> JSONValue { try JSONParser.parse(try #require(line())) }

    /// The summary line, after whatever comes before it.
    func summary() throws -> JSONValue {
        while let line = line() {
            if let summary = try JSONParser.parse(line)["summary"] { return summary }
        }
        throw Missing.summary
    }

    enum Missing: Error { case summary }

    /// Waits for the end.
    func exit() -> (code: Int32, errors: String) {
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }
}
