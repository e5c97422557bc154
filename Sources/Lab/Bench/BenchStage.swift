internal import ASEEDSystem
internal import Glibc

/// What a benchmark works with: how much, where, by which program.
final class BenchStage {
    let orders: Int64
    let seed: Int64
    /// The `lab` whose subcommands are run as child processes.
    let program: String
    let folder: BenchFolder
    let logs: BenchLogs
    /// Variables that child processes get besides; nil takes one away.
    var environment: [String: String?] = [:]
    private let isStopped: () -> Bool
    private var services: [BenchProcess] = []
    private var nextFolder = 0

    init(
        orders: Int64, seed: Int64, program: String, folder: BenchFolder, logs: BenchLogs,
        isStopped: @escaping () -> Bool = { false }
    ) {
        self.orders = orders
        self.seed = seed
        self.program = program
        self.folder = folder
        self.logs = logs
        self.isStopped = isStopped
    }

    /// How a benchmark ends when it is told to.
    static var interruption: CommandFailure {
        CommandFailure(.interrupted, "lab bench: interrupted")
    }

    /// The name of a folder that is not there yet.
    func freshName(_ prefix: String) -> String {
        nextFolder += 1
        return "\(prefix)-\(nextFolder)"
    }

    /// Runs a subcommand of `lab` to its end.
    func run(_ words: [String]) throws -> BenchChild {
        try BenchChild.run(program, words, environment: environment, isStopped: isStopped)
    }

    /// Starts a subcommand that serves until `stopServices`.
    ///
    /// - Returns: its ready line.
    func startService(_ words: [String]) throws -> JSONValue {
        // By way of `lab child`: the kernel ends it when this process is killed.
        let service = try BenchProcess(
            program, ["child", "--parent", "\(getpid())", "--", program, "lab"] + words,
            environment: environment)
        services.append(service)
        let deadlineNs = SystemClock.monotonicNs() + 30_000_000_000
        let line = try service.readLine(untilNs: deadlineNs)
        if line.isEmpty, let reason = try service.lastWords() {
            throw CommandFailure(
                .unavailable, "lab bench: `lab \(words.joined(separator: " "))` ended: \(reason)")
        }
        do { return try JSONParser.parse(Array(line.utf8)) } catch {
            throw CommandFailure(
                .internalBug,
                "lab bench: `lab \(words.joined(separator: " "))` said \"\(line)\" instead of "
                    + "a ready line")
        }
    }

    /// Services that have ended by themselves, with what they said of it.
    func lastWordsOfServices() throws -> [String] { try services.compactMap { try $0.lastWords() } }

    /// Ends at once what `startService` started.
    func killServices() { services.removeAll() }

    /// Ends what `startService` started.
    func stopServices() throws {
        let deadlineNs = SystemClock.monotonicNs() + 30_000_000_000
        while let service = services.popLast() { try service.terminate(untilNs: deadlineNs) }
    }
}
