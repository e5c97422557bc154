/// One subcommand of `lab`.
protocol Command {
    /// Its name, options and help.
    static var spec: CommandSpec { get }
    /// Does the work.
    static func run(_ arguments: Arguments) throws -> ExitCode
}

/// What a subcommand takes, and its help.
struct CommandSpec: Sendable {
    /// An option: `--name VALUE`, `--name=VALUE`, or a flag when `value` is nil.
    struct Option: Sendable {
        let name: String
        let value: String?
        let help: String
        /// The letter of a flag that is also known by one: `-f`.
        let short: Character?

        init(
            _ name: String, _ value: String? = nil, help: String, short: Character? = nil
        ) {
            self.name = name
            self.value = value
            self.help = help
            self.short = short
        }
    }

    let name: String
    /// One line for `lab help`.
    let summary: String
    /// The words that are no options, for example `PATH…`; empty when it takes none.
    var operands: String = ""
    var options: [Option] = []
    /// Whole command lines, each with what it does.
    var examples: [(line: String, does: String)] = []
    /// Commands that only other commands start are left out of `lab help`.
    var hidden = false
}

/// A command line that can't be understood; ends the process with code 64.
struct UsageError: Error, Equatable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A failure with its own exit code and message, for commands that know what went wrong.
struct CommandFailure: Error, CustomStringConvertible {
    let code: ExitCode
    let description: String
    init(_ code: ExitCode, _ description: String) {
        self.code = code
        self.description = description
    }
}
