import ASEEDSystem
import CProcess
import Glibc
import Testing

@testable import Lab

/// `lab live` at a pseudo-terminal of its own, as a person has it in front of them.
final class TerminalLab {
    let folder: TemporaryFolder
    let pid: pid_t
    private(set) var screen: ScreenEmulator
    private let master: Int32
    private let before: termios
    private var rest: [UInt8] = []
    private var status: Int32?

    init(
        _ words: [String], columns: Int = 100, rows: Int = 30, environment: [String: String] = [:]
    ) throws {
        let lab = try #require(LabBinary.path, "the binary `lab` is built beside the tests")
        folder = try TemporaryFolder()
        screen = ScreenEmulator(columns: columns, rows: rows)
        var name = [CChar](repeating: 0, count: 128)
        master = cprocess_pty(Int32(columns), Int32(rows), &name, UInt(name.count))
        try #require(master >= 0, "pseudo-terminal: \(String(cString: strerror(-master)))")
        var settings = termios()
        tcgetattr(master, &settings)
        before = settings
        pid = try Self.start(
            lab, ["lab", "live", "--out", "\(folder.path)/results"] + words, terminal: name,
            ["TERM": "xterm-256color", "PATH": "/usr/bin:/bin"].merging(environment) { $1 })
    }

    deinit {
        if status == nil {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        close(master)
    }

    /// In a session of its own, whose terminal it becomes by opening it.
    private static func start(
        _ program: String, _ words: [String], terminal: [CChar], _ environment: [String: String]
    ) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        let setSession: Int16 = 0x80
        posix_spawnattr_setflags(
            &attributes, setSession | Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, terminal, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO)
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid = pid_t()
        let code = posix_spawn(&pid, program, &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw SystemError("start \(program)", errno: code) }
        return pid
    }

    func press(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// Gives the terminal another size.
    func resize(columns: Int, rows: Int) {
        var size = winsize()
        size.ws_col = UInt16(columns)
        size.ws_row = UInt16(rows)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        let shown = screen.isOther
        screen = ScreenEmulator(columns: columns, rows: rows)
        if shown { screen.write("\u{1b}[?1049h\u{1b}[?25l") }
    }

    /// Waits until the screen shows a text, at most a minute and a half.
    func await(_ text: String) throws { try self.await { screen.text.contains(text) } }

    func await(_ done: () -> Bool) throws {
        let deadline = SystemClock.monotonicNs() + 90_000_000_000
        while !done() {
            guard SystemClock.monotonicNs() < deadline else {
                throw CommandFailure(
                    .timeout, "waited too long; the screen shows:\n\(screen.text)\n\(screen.normal)"
                )
            }
            guard read(waitMs: 100) else {
                throw CommandFailure(
                    .timeout, "it ended; the screen showed:\n\(screen.text)\n\(screen.normal)")
            }
        }
    }

    /// Takes what was written; false when the other end is closed.
    private func read(waitMs: Int32) -> Bool {
        var polled = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&polled, 1, waitMs) > 0 else { return true }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = Glibc.read(master, &bytes, bytes.count)
        guard count > 0 else { return false }
        rest += bytes[..<count]
        // A character may be cut: only what is whole is shown.
        for cut in 0...3 where cut <= rest.count {
            guard let text = String(validating: rest.dropLast(cut), as: UTF8.self) else { continue }
            rest = Array(rest.suffix(cut))
            screen.write(text)
            break
        }
        return true
    }

    /// Waits for the end; the terminal must be as it was.
    func awaitEnd() throws -> Int32 {
        let deadline = SystemClock.monotonicNs() + 90_000_000_000
        while read(waitMs: 100) {
            guard SystemClock.monotonicNs() < deadline else {
                throw CommandFailure(.timeout, "it does not end; the screen: \(screen.text)")
            }
        }
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        self.status = status
        #expect(!screen.isOther && screen.isCursorShown)
        var after = termios()
        tcgetattr(master, &after)
        #expect(after.c_lflag == before.c_lflag && after.c_iflag == before.c_iflag)
        return status & 0x7f == 0 ? (status >> 8) & 0xff : -(status & 0x7f)
    }

    /// The pids of the services that live.
    func services() -> [pid_t] {
        let path = "/proc/\(pid)/task"
        return FileTree.names(in: path).flatMap { thread in
            (SmallFile.text("\(path)/\(thread)/children") ?? "").split(separator: " ")
                .compactMap { pid_t($0) }
        }
    }

    func servicePID(_ name: String) -> pid_t? {
        services().first { pid in
            let words = (SmallFile.text("/proc/\(pid)/cmdline") ?? "").split(separator: "\0")
            return words.count > 1 && words[1] == name
        }
    }
}
