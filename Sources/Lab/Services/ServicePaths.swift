internal import ASEEDSystem
internal import Glibc

/// Where everything of a started system lies; absolute, so that it holds in any folder.
struct ServicePaths: Equatable, Sendable {
    let home: ServiceHome
    /// The engine's checkpoint.
    let checkpoint: String
    let logs: String

    static let option = CommandSpec.Option(
        "home", "DIR", help: "the folder of the system's state (ASEED_HOME, ./.aseed)")

    init(home: String, checkpoint: String, logs: String) {
        self.home = ServiceHome(path: Self.absolute(home))
        self.checkpoint = Self.absolute(checkpoint)
        self.logs = Self.absolute(logs)
    }

    /// From `--home` and the environment. A home that is named holds checkpoint and logs too; the
    /// home of a folder leaves them where SEED has them, beside it.
    init(_ arguments: Arguments) {
        let named = arguments.string("home") ?? Environment.value("ASEED_HOME")
        let beside = named ?? "."
        self.init(
            home: named ?? "./.aseed",
            checkpoint: Environment.value("CHECKPOINT_LOCATION") ?? "\(beside)/checkpoints",
            logs: Environment.value("LOG_DIR") ?? "\(beside)/logs")
    }

    /// What `lab logs` shows. A broker has no log of the lab's form, only what it prints.
    func logFile(of service: String) -> String {
        service == ServiceNames.kafka ? outputFile(of: service) : "\(logs)/\(service).log"
    }
    /// What a service writes to standard output and standard error.
    func outputFile(of service: String) -> String { "\(logs)/\(service).out" }

    /// Makes the folders. The home is for this user only: it holds the token.
    func make() throws(SystemError) {
        if !FileTree.exists(home.path) {
            try FileTree.make(home.path)
            guard chmod(home.path, 0o700) == 0 else {
                throw SystemError("chmod \(home.path)", errno: errno)
            }
        }
        for path in [home.run, home.heartbeats, logs] { try FileTree.make(path) }
    }

    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        var rest = Substring(path)
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        return rest == "." || rest.isEmpty
            ? String(cString: current) : "\(String(cString: current))/\(rest)"
    }
}
