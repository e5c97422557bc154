internal import ASEEDSystem
internal import CProcess
internal import Glibc

/// A process that this one has started and that may outlive it.
final class DetachedProcess {
    let identity: ProcessIdentity
    private var exit: ExitRecord?

    /// glibc's value; its header shows the name to GNU programs only.
    private static let newSession: Int16 = 0x80

    /// Starts a program in a session of its own, without a terminal.
    ///
    /// - Parameters:
    ///   - command: the program's path and its words.
    ///   - outputPath: takes standard output and standard error.
    ///   - diesWithLab: let the kernel kill it when this process ends.
    init(
        _ command: [String], outputPath: String, diesWithLab: Bool = false
    ) throws(SystemError) {
        let program = command.first ?? ""
        // What `ps` shows first.
        let name = program.split(separator: "/").last.map(String.init) ?? program
        let words = [name] + command.dropFirst()
        let input = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw SystemError("open /dev/null", errno: errno) }
        defer { close(input) }
        let output = open(outputPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard output >= 0 else { throw SystemError("open \(outputPath)", errno: errno) }
        defer { close(output) }
        let pid: pid_t
        if diesWithLab {
            let child = ["lab", "child", "--parent", "\(getpid())", "--", program] + words
            pid = try ChildSpawner.start(
                ChildLaunch(
                    program: OwnProgram.path, words: child, environment: Self.environment(),
                    input: input, output: output, error: output))
        } else {
            pid = try Self.spawn(program, words, input, output)
        }
        guard let identity = ProcessIdentity(existing: pid) else {
            throw SystemError("look at process \(pid)", errno: ESRCH)
        }
        self.identity = identity
    }

    private static func spawn(
        _ program: String, _ words: [String], _ input: Int32, _ output: Int32
    ) throws(SystemError) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes,
            newSession | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        // A descriptor that our own parent left open must not live on in a service: whoever waits
        // for its end would wait for the service's.
        let closing = cprocess_add_close_from(&actions, STDERR_FILENO + 1)
        guard closing == 0 else { throw SystemError("start \(program)", errno: closing) }
        var arguments = words.map { strdup($0) } + [nil]
        defer { for pointer in arguments { free(pointer) } }
        var pid = pid_t()
        let code = posix_spawn(&pid, program, &actions, &attributes, &arguments, environ)
        guard code == 0 else { throw SystemError("start \(program)", errno: code) }
        return pid
    }

    private static func environment() -> [String] {
        Environment.names.compactMap { name in Environment.value(name).map { "\(name)=\($0)" } }
    }

    /// How it ended; nil as long as it runs. Waits for it in the sense of `wait4` when it did, so
    /// that it is no zombie of ours.
    func ending() -> ExitRecord? {
        if let exit { return exit }
        var status: Int32 = 0
        var usage = rusage()
        guard wait4(identity.pid, &status, WNOHANG, &usage) == identity.pid else { return nil }
        exit = ExitRecord(status: status, usage: usage, endedNs: SystemClock.monotonicNs())
        return exit
    }
}
