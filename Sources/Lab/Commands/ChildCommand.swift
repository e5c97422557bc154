internal import ASEEDSystem
internal import CProcess
internal import Glibc

/// `lab child`: makes sure that the program it becomes dies with the lab.
///
/// It asks the kernel for SIGKILL at the parent's end, which holds over execve, and then turns into
/// the program. Works for any program, the lab's own services too.
enum ChildCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "child", summary: "Becomes a program that is killed when its parent ends.",
            operands: "PROGRAM [WORD…]",
            options: [.init("parent", "PID", help: "the parent; gone already means: don't start")],
            hidden: true)
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        guard let program = arguments.operands.first, arguments.operands.count > 1,
            let parent = try arguments.integer("parent")
        else { throw UsageError("lab child: needs --parent PID -- PROGRAM NAME [WORD…]") }
        let code = cprocess_die_with_parent()
        guard code == 0 else {
            throw CommandFailure(
                .internalBug, "lab child: \(SystemError("prctl PR_SET_PDEATHSIG", errno: code))")
        }
        // The parent may have ended before the kernel was asked.
        guard getppid() == pid_t(parent) else { return .internalBug }
        signal(SIGPIPE, SIG_DFL)
        signal(SIGXFSZ, SIG_DFL)
        var words = arguments.operands.dropFirst().map { strdup($0) } + [nil]
        execv(program, &words)
        throw CommandFailure(
            .unavailable, "lab child: \(SystemError("start \(program)", errno: errno))")
    }
}
