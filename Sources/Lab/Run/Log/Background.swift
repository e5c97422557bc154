internal import ASEEDSystem

/// Work that blocks, on a thread of its own, so that the run's heart beats on meanwhile.
enum Background {
    /// The error of another thread.
    private struct Failure: Error, @unchecked Sendable {
        // Sendable by hand: handed over once, and nobody changes an error.
        let error: any Error
    }

    /// Runs `work` and waits for it.
    ///
    /// - Parameter pulse: called while waiting; when it throws, the work is left to itself.
    static func run<Answer: Sendable>(
        _ name: String, pulse: () throws -> Void, _ work: @escaping @Sendable () throws -> Answer
    ) throws -> Answer {
        let answer = Mailbox<Result<Answer, Failure>>()
        try LabThread.start(String(name.prefix(15))) {
            do {
                answer.put(.success(try work()))
            } catch {
                answer.put(.failure(Failure(error: error)))
            }
        }
        while true {
            for result in answer.takeAll(deadlineNs: SystemClock.monotonicNs() + 10_000_000) {
                switch result {
                case .success(let value): return value
                case .failure(let failure): throw failure.error
                }
            }
            try pulse()
        }
    }
}

extension RunMonitor {
    /// Runs work that blocks; the run goes on being watched.
    func background<Answer: Sendable>(
        _ name: String, _ work: @escaping @Sendable () throws -> Answer
    ) throws -> Answer {
        try Background.run(name, pulse: { try beat() }, work)
    }
}
