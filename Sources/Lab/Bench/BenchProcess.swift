internal import ASEEDSystem
internal import Glibc

/// A child process with pipes for what it writes. Belongs to one thread.
final class BenchProcess {
    private let pid: pid_t
    private var output: Int32
    private var complaint: Int32
    private var isReaped = false

    /// Starts a program with this process's environment and no input.
    init(_ program: String, _ words: [String]) throws(SystemError) {
        let out = try Self.makePipe()
        let error: (read: Int32, write: Int32)
        do { error = try Self.makePipe() } catch let failure {
            close(out.read)
            close(out.write)
            throw failure
        }
        defer {
            close(out.write)
            close(error.write)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, error.write, STDERR_FILENO)
        var arguments: [UnsafeMutablePointer<CChar>?] = ([program] + words).map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var started: pid_t = 0
        let code = posix_spawn(&started, program, &actions, nil, arguments, environ)
        guard code == 0 else {
            close(out.read)
            close(error.read)
            throw SystemError("start \(program)", errno: code)
        }
        pid = started
        output = out.read
        complaint = error.read
    }

    deinit {
        if !isReaped { kill() }
        if output >= 0 { close(output) }
        if complaint >= 0 { close(complaint) }
    }

    private static func makePipe() throws(SystemError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("pipe", errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Reads both streams to their ends.
    func readAll(untilNs deadlineNs: Int64) throws -> (output: [UInt8], complaint: [UInt8]) {
        var texts: ([UInt8], [UInt8]) = ([], [])
        while output >= 0 || complaint >= 0 {
            // Negative descriptors are passed over.
            var polled = [
                pollfd(fd: output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: complaint, events: Int16(POLLIN), revents: 0),
            ]
            let leftMs = max(0, (deadlineNs - SystemClock.monotonicNs()) / 1_000_000)
            let ready = poll(&polled, 2, Int32(min(leftMs, 3_600_000)))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else {
                throw CommandFailure(
                    .timeout, "lab bench: child \(pid) did not end in time; it is killed")
            }
            if polled[0].revents != 0 { try Self.take(&output, into: &texts.0) }
            if polled[1].revents != 0 { try Self.take(&complaint, into: &texts.1) }
        }
        return texts
    }

    /// Reads stdout up to its first line feed.
    func readLine(untilNs deadlineNs: Int64) throws -> String {
        var text: [UInt8] = []
        while output >= 0, !text.contains(UInt8(ascii: "\n")) {
            var polled = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            let leftMs = max(0, (deadlineNs - SystemClock.monotonicNs()) / 1_000_000)
            let ready = poll(&polled, 1, Int32(min(leftMs, 3_600_000)))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else {
                throw CommandFailure(
                    .timeout, "lab bench: child \(pid) did not say that it is ready in time")
            }
            try Self.take(&output, into: &text)
        }
        return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
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
    func wait() throws(SystemError) -> (status: Int32, usage: rusage) {
        var status: Int32 = 0
        var usage = rusage()
        while wait4(pid, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw SystemError("wait for a child", errno: errno) }
        }
        isReaped = true
        return (status, usage)
    }

    /// Asks a service to end, and waits until it has.
    func terminate(untilNs deadlineNs: Int64) throws {
        Glibc.kill(pid, SIGTERM)
        _ = try readAll(untilNs: deadlineNs)
        _ = try wait()
    }

    /// Ends it at once.
    func kill() {
        guard !isReaped else { return }
        Glibc.kill(pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        isReaped = true
    }
}
