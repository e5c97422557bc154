internal import ASEEDSystem

/// Tells in the log what a publisher could not do, each failure once.
final class PublisherFailures {
    private let publisher: Publisher?
    private let log: Log
    private var told: String?
    private var toldNs: Int64 = 0
    /// The shortest time between two lines.
    private static let pauseNs: Int64 = 5_000_000_000

    init(_ publisher: Publisher?, log: Log) {
        self.publisher = publisher
        self.log = log
    }

    /// Writes a line when the latest failure is another one than the last told.
    func report() {
        guard let error = publisher?.statistics().lastError, error != told else { return }
        let nowNs = SystemClock.monotonicNs()
        guard told == nil || nowNs - toldNs >= Self.pauseNs else { return }
        (told, toldNs) = (error, nowNs)
        log.warn("publish.failed", "publishing: \(error)")
    }

    /// How the command ends.
    ///
    /// - Parameters:
    ///   - drained: everything is acknowledged.
    ///   - wasStopped: a signal ended the run; the next start sends the rest.
    ///   - keepsCheckpoint: there is something for a next start to send.
    func outcome(
        drained: Bool, wasStopped: Bool, keepsCheckpoint: Bool
    ) throws -> ExitCode {
        guard let publisher else { return .success }
        let statistics = publisher.statistics()
        let last = statistics.lastError.map { ": \($0)" } ?? ""
        if statistics.conflicts > 0 {
            throw CommandFailure(
                .wrongOutput,
                "engine: the dashboard holds other values of \(statistics.conflicts) messages of "
                    + "final windows (R63)\(last)")
        }
        if statistics.refused > 0 || !drained {
            let rest =
                keepsCheckpoint
                ? "what is left stays in the checkpoint and is sent at the next start"
                : "give --checkpoint DIR to keep what is left for another try"
            let text = "engine: the dashboard did not take everything\(last); \(rest)"
            guard wasStopped, statistics.refused == 0 else {
                throw CommandFailure(.unavailable, text)
            }
            log.warn("publish.incomplete", text)
        }
        return .success
    }
}
