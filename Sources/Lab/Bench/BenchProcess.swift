internal import ASEEDSystem
internal import CProcess
internal import Glibc

/// A child process with pipes for what it writes. Belongs to one thread.
final class BenchProcess {
    private let pid: pid_t
    private var output: Int32
    private var complaint: Int32
    private var isReaped = false
    /// The most memory that was seen resident, looked at now and then until the end.
    private(set) var peakSeenBytes: Int64 = 0

    private static let lookEveryMs: Int64 = 10

    /// Starts a program with this process's environment and no input.
    ///
    /// - Parameter changes: variables that it gets besides; nil takes one away.
    init(
        _ program: String, _ words: [String], environment changes: [String: String?] = [:]
    ) throws(SystemError) {
        var out: [Int32] = [-1, -1]
        var error: [Int32] = [-1, -1]
        var input: Int32 = -1
        func closeAll(_ descriptors: [Int32]) {
            for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
        }
        do throws(SystemError) {
            guard cprocess_pipe(&out) == 0, cprocess_pipe(&error) == 0 else {
                throw SystemError("pipe", errno: errno)
            }
            input = open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard input >= 0 else { throw SystemError("open /dev/null", errno: errno) }
            pid = try ChildSpawner.start(
                ChildLaunch(
                    program: program, words: ["lab"] + words,
                    environment: Self.environment(changes),
                    input: input, output: out[1], error: error[1]))
        } catch let failure {
            closeAll(out + error + [input])
            throw failure
        }
        closeAll([out[1], error[1], input])
        output = out[0]
        complaint = error[0]
    }

    deinit {
        kill()
        if output >= 0 { close(output) }
        if complaint >= 0 { close(complaint) }
    }

    private static func environment(_ changes: [String: String?]) -> [String] {
        var values: [String: String] = [:]
        for name in Environment.names { values[name] = Environment.value(name) }
        for (name, value) in changes { values[name] = value }
        return values.map { "\($0.key)=\($0.value)" }
    }

    /// Reads both streams to their ends.
    ///
    /// - Parameter isStopped: asked now and then; true gives up.
    func readAll(
        untilNs deadlineNs: Int64, isStopped: () -> Bool = { false }
    ) throws -> (output: [UInt8], complaint: [UInt8]) {
        var texts: ([UInt8], [UInt8]) = ([], [])
        while output >= 0 || complaint >= 0 {
            if isStopped() { throw BenchStage.interruption }
            let ready = try poll([output, complaint], untilNs: deadlineNs, "end")
            if ready[0] { try Self.take(&output, into: &texts.0) }
            if ready[1] { try Self.take(&complaint, into: &texts.1) }
        }
        return texts
    }

    /// Reads stdout up to its first line feed, or to its end.
    func readLine(untilNs deadlineNs: Int64) throws -> String {
        var text: [UInt8] = []
        while output >= 0, !text.contains(UInt8(ascii: "\n")) {
            let ready = try poll([output], untilNs: deadlineNs, "say that it is ready")
            if ready[0] { try Self.take(&output, into: &text) }
        }
        return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// Waits a moment for something to read; negative descriptors are passed over.
    ///
    /// - Returns: which of them have something.
    private func poll(
        _ descriptors: [Int32], untilNs deadlineNs: Int64, _ what: String
    ) throws -> [Bool] {
        while true {
            var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let leftMs = max(0, (deadlineNs - SystemClock.monotonicNs()) / 1_000_000)
            let slice = Int32(min(leftMs, Self.lookEveryMs))
            let ready = Glibc.poll(&polled, nfds_t(polled.count), slice)
            if ready > 0 { return polled.map { $0.revents != 0 } }
            if ready < 0, errno == EINTR { continue }
            peakSeenBytes = max(peakSeenBytes, ProcessMemory.peakBytes(of: "\(pid)") ?? 0)
            if ready == 0, leftMs > 0 { return polled.map { _ in false } }
            throw CommandFailure(.timeout, "lab bench: child \(pid) did not \(what) in time")
        }
    }

    private static func take(_ descriptor: inout Int32, into text: inout [UInt8]) throws {
        var block = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &block, block.count)
        if count < 0, errno == EINTR { return }
        guard count >= 0 else { throw SystemError("read from a child", errno: errno) }
        if count == 0 {
            close(descriptor)
            descriptor = -1
        } else {
            text += block[..<count]
        }
    }

    /// Waits for the end of a process that has closed its streams.
    func wait() throws(SystemError) -> ExitRecord {
        var status: Int32 = 0
        var usage = rusage()
        while wait4(pid, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw SystemError("wait for a child", errno: errno) }
        }
        isReaped = true
        return ExitRecord(status: status, usage: usage, endedNs: SystemClock.monotonicNs())
    }

    /// Asks a service to end, and waits until it has.
    func terminate(untilNs deadlineNs: Int64) throws {
        Glibc.kill(pid, SIGTERM)
        _ = try readAll(untilNs: deadlineNs)
        _ = try wait()
    }

    /// What it wrote to stderr, once it has ended by itself; nil as long as it runs.
    func lastWords() throws -> String? {
        var info = siginfo_t()
        guard waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0,
            info.si_signo == SIGCHLD
        else { return nil }
        let (_, text) = try readAll(untilNs: SystemClock.monotonicNs() + 5_000_000_000)
        return String(decoding: text, as: UTF8.self)
    }

    /// Ends it at once, unless it has ended.
    private func kill() {
        guard !isReaped else { return }
        Glibc.kill(pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        isReaped = true
    }
}
