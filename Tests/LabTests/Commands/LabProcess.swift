import Foundation
import Testing

/// Runs the real `lab` and waits for its end.
struct LabProcess {
    var code: Int32
    var out: String
    var error: String

    /// The binary beside the tests.
    static func program() throws -> URL {
        let folder = URL(filePath: try #require(CommandLine.arguments.first))
            .deletingLastPathComponent()
        let candidates =
            [folder, folder.deletingLastPathComponent()].map {
                $0.appending(path: "lab")
            } + [Bundle.main.bundleURL.appending(path: "lab")]
        return try #require(
            candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) },
            "no lab beside \(folder.path)")
    }

    /// Runs one command line in the project's folder, without variables of the environment but these.
    static func run(_ words: [String], environment: [String: String] = [:]) throws -> LabProcess {
        let process = Process()
        process.executableURL = try program()
        process.arguments = words
        process.currentDirectoryURL = URL(filePath: ProjectFiles.root)
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let out = Pipe()
        let error = Pipe()
        process.standardOutput = out
        process.standardError = error
        try process.run()
        // These commands write less than a pipe holds, one stream after the other.
        let outData = out.fileHandleForReading.readDataToEndOfFile()
        let errorData = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return LabProcess(
            code: process.terminationStatus, out: String(decoding: outData, as: UTF8.self),
            error: String(decoding: errorData, as: UTF8.self))
    }
}
