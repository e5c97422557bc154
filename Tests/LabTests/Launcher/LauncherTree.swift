import Foundation
import Glibc

/// A copy of the launcher and the scripts in a folder of its own, with stand-ins for `swift`,
/// `dpkg-query`, `apt-get`, `python3`, `uname` and `id`, and nothing else of this machine but the listed tools.
final class LauncherTree {
    /// The fake project; removed with the tree.
    let root: URL
    private let stubs: URL
    private let parent: URL

    init() throws {
        let files = FileManager.default
        parent = files.temporaryDirectory.appending(path: "launcher-\(UUID().uuidString)")
        // The launcher resolves symbolic links of its folder; so do the comparisons here.
        try files.createDirectory(at: parent, withIntermediateDirectories: true)
        let real = URL(filePath: parent.path).resolvingSymlinksInPath()
        root = real.appending(path: "project")
        stubs = real.appending(path: "stubs")
        for folder in [root.appending(path: "Sources/Lab"), stubs] {
            try files.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        let repository = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        for part in ["lab", "scripts", ".ci"] {
            try files.copyItem(
                at: repository.appending(path: part), to: root.appending(path: part))
        }
        try write("let package = 1\n", to: "Package.swift")
        try write("let a = 1\n", to: "Sources/Lab/a.swift")
        try write("let b = 1\n", to: "Sources/Lab/b.swift")
        for (name, text) in LauncherStubs.scripts {
            let stub = stubs.appending(path: name)
            try text.write(to: stub, atomically: true, encoding: .utf8)
            try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: stub.path)
        }
        for tool in LauncherStubs.tools {
            guard
                let found = ["/usr/bin", "/bin"].map({ "\($0)/\(tool)" })
                    .first(where: { files.isExecutableFile(atPath: $0) })
            else { throw TreeError.noTool(tool) }
            try files.createSymbolicLink(
                atPath: stubs.appending(path: tool).path, withDestinationPath: found)
        }
        let installed = LauncherStubs.packages + LauncherStubs.testPackages
        try note(installed.joined(separator: "\n") + "\n", as: "installed")
        for part in LauncherStubs.kafkaParts { try write("a part\n", to: ".deps/\(part)") }
        try files.copyItem(
            at: root.appending(path: "scripts/kafka-wheels.txt"),
            to: root.appending(path: ".deps/kafka-wheels.txt"))
    }

    deinit {
        // Lets go what may still wait at the gate after a test that failed.
        let gate = open(stubs.appending(path: "gate").path, O_WRONLY | O_NONBLOCK)
        if gate >= 0 { close(gate) }
        try? FileManager.default.removeItem(at: parent)
    }

    // MARK: The project's files

    func write(_ text: String, to path: String) throws {
        let file = root.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: false, encoding: .utf8)
    }

    func remove(_ path: String) throws {
        try FileManager.default.removeItem(at: root.appending(path: path))
    }

    func read(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: path).path)
            .sorted()
    }

    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    /// Returns once a file written now would be dated after the last build's start, which the
    /// file system's clock may need some milliseconds for.
    func waitForNewerDates(than path: String = ".build/lab/stamp") throws {
        let stamp = try modified(root.appending(path: path))
        let probe = stubs.appending(path: "probe")
        let deadline = ContinuousClock.now + .seconds(10)
        repeat {
            guard ContinuousClock.now < deadline else { throw TreeError.clockStandsStill }
            try Data("x".utf8).write(to: probe)
        } while try modified(probe) <= stamp
    }

    private func modified(_ file: URL) throws -> Int {
        var status = stat()
        guard stat(file.path, &status) == 0 else { throw TreeError.noFile(file.path) }
        return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    }

    // MARK: The stand-ins' behaviour and what they saw

    /// Leaves a note for the stand-ins (LauncherStubs says which there are).
    func note(_ text: String, as name: String) throws {
        try text.write(to: stubs.appending(path: name), atomically: true, encoding: .utf8)
    }

    func removeNote(_ name: String) throws {
        try FileManager.default.removeItem(at: stubs.appending(path: name))
    }

    /// Makes every build wait until `openGate` is called.
    func closeGate() throws {
        guard mkfifo(stubs.appending(path: "gate").path, 0o600) == 0 else {
            throw TreeError.noFile("gate")
        }
    }

    /// Lets one waiting build go on; waits for it to be at the gate.
    func openGate() throws {
        let gate = try FileHandle(forWritingTo: stubs.appending(path: "gate"))
        try gate.close()
    }

    /// Waits for a build to be at the gate and takes the gate away from later ones; the one that
    /// waits goes on after `body`.
    func whileABuildWaits<Result>(_ body: () throws -> Result) throws -> Result {
        let gate = try FileHandle(forWritingTo: stubs.appending(path: "gate"))
        try removeNote("gate")
        let result = try body()
        try gate.close()
        return result
    }

    /// The stand-ins' command lines that start so, such as "swift build".
    func calls(_ prefix: String) throws -> [String] {
        let file = stubs.appending(path: "calls")
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .map(String.init).filter { $0.hasPrefix(prefix) }
    }

    // MARK: Running

    /// Starts a program of the project (or one elsewhere, by its absolute path).
    func start(
        _ program: String, _ arguments: [String] = [], in folder: URL? = nil
    ) throws -> LauncherProcess {
        let path = program.hasPrefix("/") ? program : root.appending(path: program).path
        return try LauncherProcess(
            path, arguments, folder: folder ?? root,
            environment: [
                "PATH": stubs.path, "HOME": parent.path, "LAB_SWIFT_DIRS": "", "LC_ALL": "C.UTF-8",
                "TMPDIR": parent.path,
            ])
    }

    /// Runs a program to its end.
    func run(
        _ program: String, _ arguments: [String] = [], in folder: URL? = nil
    ) throws -> LauncherProcess.Outcome {
        try start(program, arguments, in: folder).finish()
    }
}

enum TreeError: Error {
    case noTool(String)
    case noFile(String)
    case clockStandsStill
    case notFinished(stdout: String, stderr: String)
}
