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
    private var services: [BenchProcess] = []
    private var nextFolder = 0

    init(orders: Int64, seed: Int64, program: String, folder: BenchFolder, logs: BenchLogs) {
        self.orders = orders
        self.seed = seed
        self.program = program
        self.folder = folder
        self.logs = logs
    }

    /// The name of a folder that is not there yet.
    func freshName(_ prefix: String) -> String {
        nextFolder += 1
        return "\(prefix)-\(nextFolder)"
    }

    /// Runs a subcommand of `lab` to its end.
    func run(_ words: [String]) throws -> BenchChild { try BenchChild.run(program, words) }

    /// Starts a subcommand that serves until `stopServices`.
    ///
    /// - Returns: its ready line.
    func startService(_ words: [String]) throws -> JSONValue {
        // By way of `lab child`: the kernel ends it when this process is killed.
        let service = try BenchProcess(
            program, ["child", "--parent", "\(getpid())", "--", program, "lab"] + words)
        services.append(service)
        let deadlineNs = SystemClock.monotonicNs() + 30_000_000_000
        let line = try service.readLine(untilNs: deadlineNs)
        do { return try JSONParser.parse(Array(line.utf8)) } catch {
            throw CommandFailure(
                .internalBug,
                "lab bench: `lab \(words.joined(separator: " "))` said \"\(line)\" instead of "
                    + "a ready line")
        }
    }

    /// Ends what `startService` started.
    func stopServices() throws {
        let deadlineNs = SystemClock.monotonicNs() + 30_000_000_000
        while let service = services.popLast() { try service.terminate(untilNs: deadlineNs) }
    }
}
