import Foundation
import Glibc

/// A child process whose output is read as it comes, never for longer than a deadline.
final class LauncherProcess {
    /// How a process ended and what it wrote.
    struct Outcome {
        /// The exit code, or 128 + the signal that ended it.
        let code: Int32
        let stdout: String
        let stderr: String
    }

    private let process = Process()
    private let ended = DispatchSemaphore(value: 0)
    private var streams: [Stream]
    private let deadline = ContinuousClock.now + .seconds(30)

    private struct Stream {
        let pipe = Pipe()
        var data = Data()
        var isOpen = true
        var text: String { String(decoding: data, as: UTF8.self) }
    }

    init(
        _ path: String, _ arguments: [String], folder: URL, environment: [String: String]
    ) throws {
        streams = [Stream(), Stream()]
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = streams[0].pipe
        process.standardError = streams[1].pipe
        process.terminationHandler = { [ended] _ in ended.signal() }
        try process.run()
    }

    var pid: Int32 { process.processIdentifier }

    func signal(_ number: Int32) {
        kill(pid, number)
    }

    /// Returns once the process has written `text` to stderr.
    func waitForError(_ text: String) throws {
        while !streams[1].text.contains(text) {
            guard streams[1].isOpen else { throw unfinished }
            try readMore()
        }
    }

    /// Reads everything and returns how it ended.
    func finish() throws -> Outcome {
        while streams.contains(where: \.isOpen) { try readMore() }
        guard ended.wait(timeout: .now() + .seconds(30)) == .success else {
            signal(SIGKILL)
            throw unfinished
        }
        let signalled = process.terminationReason == .uncaughtSignal
        return Outcome(
            code: process.terminationStatus + (signalled ? 128 : 0),
            stdout: streams[0].text, stderr: streams[1].text)
    }

    private var unfinished: TreeError {
        .notFinished(stdout: streams[0].text, stderr: streams[1].text)
    }

    /// Waits for output of either stream and takes it in.
    private func readMore() throws {
        let left = deadline - ContinuousClock.now
        guard left > .zero else {
            signal(SIGKILL)
            throw unfinished
        }
        let open = streams.indices.filter { streams[$0].isOpen }
        var waits = open.map {
            pollfd(
                fd: streams[$0].pipe.fileHandleForReading.fileDescriptor, events: Int16(POLLIN),
                revents: 0)
        }
        _ = poll(&waits, nfds_t(waits.count), Int32(left.components.seconds * 1000 + 1))
        for (index, wait) in zip(open, waits) where wait.revents != 0 {
            let more = streams[index].pipe.fileHandleForReading.availableData
            streams[index].data.append(more)
            streams[index].isOpen = !more.isEmpty
        }
    }
}
