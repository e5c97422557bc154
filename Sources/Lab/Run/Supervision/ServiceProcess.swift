internal import ASEEDSystem
internal import CProcess
internal import Glibc
internal import Synchronization

/// What a service tells the lab.
enum ServiceEvent: Equatable, Sendable {
    /// A line of its standard output, without the line feed.
    case line(service: String, text: String)
    /// It ended, and every line it wrote came before this.
    case ended(service: String)
}

/// What to start, and where its output goes.
struct ServiceLaunch: Sendable {
    /// The name in messages, log files and metrics.
    var name: String
    /// The program; by default the very binary that runs now.
    var program: String = OwnProgram.path
    /// Its words, without the program's name.
    var words: [String]
    /// Gets `NAME.log` (standard error) and `NAME.out` (standard output).
    var logFolder: String
    /// Whether the lab writes to its standard input; else it reads nothing.
    var controlled = false
    /// Variables that it gets on top of the lab's own; nil takes one away.
    var environment: [String: String?] = [:]
    /// The name that `ps` shows for it.
    var title = "lab"
    /// Whether to start it directly. Else `lab child` starts it, so that it dies with the lab.
    var direct = false
}

/// A process that the lab started, its output, its use of the machine, and its end.
///
/// Two threads serve it: one reads its lines, one waits for its end. Signals go only to a process
/// that was not waited for yet, so never to a stranger that got the same id.
final class ServiceProcess: Sendable {
    private struct State {
        var exit: ExitRecord?
        var reaped = false
        var lastSample = ProcessSample()
        var input: Int32?
    }

    let name: String
    let pid: pid_t
    let startedNs: Int64
    let logPath: String
    private let state: Mutex<State>

    /// Starts the service; its lines and its end arrive in `events`.
    init(_ launch: ServiceLaunch, events: Mailbox<ServiceEvent>) throws(SystemError) {
        name = launch.name
        logPath = "\(launch.logFolder)/\(launch.name).log"
        let error = try Self.appending(logPath)
        defer { close(error) }
        let copy = try Self.appending("\(launch.logFolder)/\(launch.name).out")
        var output: [Int32] = [-1, -1]
        var input: [Int32] = [-1, -1]
        do {
            output = try Self.pipe()
            input = launch.controlled ? try Self.pipe() : [try Self.nothing(), -1]
            pid = try ChildSpawner.start(Self.child(launch, input[0], output[1], error))
        } catch {
            for descriptor in output + input + [copy] where descriptor >= 0 { close(descriptor) }
            throw error
        }
        close(output[1])
        close(input[0])
        startedNs = SystemClock.monotonicNs()
        state = Mutex(State(input: launch.controlled ? input[1] : nil))

        let reader = LineReader(
            descriptor: output[0], copy: copy, service: launch.name, events: events)
        let ended = Mailbox<Bool>()
        try LabThread.start("\(launch.name).out") {
            reader.run()
            ended.put(true)
        }
        try LabThread.start("\(launch.name).end") { [self] in
            awaitEnd()
            // A stranger may hold the pipe; the end is told all the same.
            _ = ended.takeAll(deadlineNs: SystemClock.monotonicNs() + 2_000_000_000)
            events.put(.ended(service: name))
        }
    }

    /// Whether it has not ended yet.
    var isRunning: Bool { state.withLock { $0.exit == nil } }

    /// How it ended, once it did.
    var exit: ExitRecord? { state.withLock { $0.exit } }

    /// What it has used so far; after its end, what it used in all.
    func sample() -> ProcessSample {
        state.withLock { state in
            if !state.reaped, let now = ProcessSample.read(pid: pid) {
                state.lastSample.merge(now)
            }
            return state.lastSample
        }
    }

    /// Writes a line to its standard input.
    ///
    /// - Returns: whether it was taken; false after the process closed its end.
    func send(line: String) -> Bool {
        state.withLock { state in
            guard let input = state.input else { return false }
            let bytes = Array("\(line)\n".utf8)
            return write(input, bytes, bytes.count) == bytes.count
        }
    }

    /// Closes its standard input.
    func closeInput() {
        state.withLock { state in
            if let input = state.input { close(input) }
            state.input = nil
        }
    }

    /// Sends a signal to the process alone.
    func signal(_ number: Int32) {
        state.withLock { state in
            if !state.reaped { _ = kill(pid, number) }
        }
    }

    /// Sends SIGKILL to the process and everything in its group.
    func killGroup() {
        state.withLock { state in
            if !state.reaped { _ = kill(-pid, SIGKILL) }
        }
    }

    /// The last lines of its log, for messages.
    func lastLogLines(_ count: Int = 5) -> [String] {
        TextTail.lastLines(of: logPath, count: count).map { LogText.readable($0) }
    }

    private func awaitEnd() {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        state.withLock { state in
            // Until wait4 the id is ours, so the group can't be another's.
            if let last = ProcessSample.read(pid: pid) { state.lastSample.merge(last) }
            _ = kill(-pid, SIGKILL)
            var status: Int32 = 0
            var usage = rusage()
            while wait4(pid, &status, 0, &usage) < 0, errno == EINTR {}
            let record = ExitRecord(
                status: status, usage: usage, endedNs: SystemClock.monotonicNs())
            state.lastSample.cpuNs = max(state.lastSample.cpuNs, record.cpuNs)
            state.lastSample.rssPeakBytes = max(
                state.lastSample.rssPeakBytes, record.rssPeakBytes)
            state.lastSample.rssBytes = 0
            state.lastSample.threads = 0
            state.reaped = true
            state.exit = record
            if let input = state.input { close(input) }
            state.input = nil
        }
    }

    private static func child(
        _ launch: ServiceLaunch, _ input: Int32, _ output: Int32, _ error: Int32
    ) -> ChildLaunch {
        var words = [launch.title] + launch.words
        var program = launch.program
        if !launch.direct {
            words = ["lab", "child", "--parent", "\(getpid())", "--", program] + words
            program = OwnProgram.path
        }
        return ChildLaunch(
            program: program, words: words, environment: environment(launch), input: input,
            output: output, error: error)
    }

    private static func environment(_ launch: ServiceLaunch) -> [String] {
        var found: [String] = []
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if !launch.environment.keys.contains(String(text.prefix { $0 != "=" })) {
                found.append(text)
            }
            next += 1
        }
        for (name, value) in launch.environment {
            if let value { found.append("\(name)=\(value)") }
        }
        return found
    }

    private static func appending(_ path: String) throws(SystemError) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError("open \(path)", errno: errno) }
        return descriptor
    }

    private static func nothing() throws(SystemError) -> Int32 {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open /dev/null", errno: errno) }
        return descriptor
    }

    private static func pipe() throws(SystemError) -> [Int32] {
        var ends: [Int32] = [-1, -1]
        let code = cprocess_pipe(&ends)
        guard code == 0 else { throw SystemError("pipe", errno: code) }
        return ends
    }
}

extension ProcessSample {
    /// Takes newer figures; what grows for life never falls.
    mutating func merge(_ newer: ProcessSample) {
        cpuNs = max(cpuNs, newer.cpuNs)
        rssBytes = newer.rssBytes
        rssPeakBytes = max(rssPeakBytes, newer.rssPeakBytes, newer.rssBytes)
        diskReadBytes = max(diskReadBytes, newer.diskReadBytes)
        diskWriteBytes = max(diskWriteBytes, newer.diskWriteBytes)
        readBytes = max(readBytes, newer.readBytes)
        writeBytes = max(writeBytes, newer.writeBytes)
        threads = newer.threads
    }
}
