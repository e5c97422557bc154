internal import ASEEDSystem
internal import Glibc

/// Starts child processes from one thread that lives as long as the lab.
///
/// A child asks the kernel to be killed when the *thread* that started it ends
/// (`PR_SET_PDEATHSIG`), so that thread must be none that comes and goes.
final class ChildSpawner: Sendable {
    private struct Request: Sendable {
        let launch: ChildLaunch
        let answer: Mailbox<Result<pid_t, SystemError>>
    }

    /// The process's spawner, or why its thread could not start.
    private static let shared = Result { () throws(SystemError) in try ChildSpawner() }

    private let requests = Mailbox<Request>()

    private init() throws(SystemError) {
        let requests = requests
        try LabThread.start("spawner") {
            while true {
                for request in requests.takeAll(deadlineNs: .max) {
                    request.answer.put(
                        Result { () throws(SystemError) in try request.launch.spawn() })
                }
            }
        }
    }

    /// Starts the child and gives its process id.
    static func start(_ launch: ChildLaunch) throws(SystemError) -> pid_t {
        let spawner = try shared.get()
        let answer = Mailbox<Result<pid_t, SystemError>>()
        spawner.requests.put(Request(launch: launch, answer: answer))
        while true {
            for result in answer.takeAll(deadlineNs: .max) { return try result.get() }
        }
    }
}

/// What a child is started with.
struct ChildLaunch: Sendable {
    /// The program's path, then its words; the first word is what `ps` shows.
    var program: String
    var words: [String]
    var environment: [String]
    /// Descriptors that become 0, 1 and 2.
    var input: Int32
    var output: Int32
    var error: Int32

    /// Starts it in its own process group, with default signal handling.
    func spawn() throws(SystemError) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO)

        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup($0) } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid = pid_t()
        let code = posix_spawn(&pid, program, &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw SystemError("start \(program)", errno: code) }
        return pid
    }
}
