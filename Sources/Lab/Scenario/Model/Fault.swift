internal import ASEEDSystem

/// Something that is done to a service on purpose while the load runs.
///
/// Times are whole milliseconds since the start of the load, or of the named phase.
struct Fault: Equatable, Sendable {
    /// What is done.
    enum Action: String, CaseIterable, Sendable {
        /// SIGKILL, then a new start.
        case kill
        /// SIGTERM, then a new start.
        case terminate
        /// SIGSTOP, then SIGCONT.
        case pause
        /// SIGTERM and a new start at once.
        case restart
    }

    /// The service it is done to.
    enum Target: String, CaseIterable, Sendable { case engine, dashboard, loadgen }

    /// When it is done.
    enum Schedule: Equatable, Sendable {
        case at(ms: Int64)
        /// Again and again: each time up to `jitterMs` later. Nil: as long as the load lasts.
        case every(ms: Int64, jitterMs: Int64, count: Int64?)
    }

    /// How long a service is away when a scenario does not say.
    static let defaultRestartMs: Int64 = 1_000

    /// Unique among the faults and the stages; thresholds can name it.
    var id: String
    var action: Action
    var target: Target
    var schedule: Schedule
    /// A stage, or `drain`; nil counts from the start of the load.
    var phase: String?
    /// How long a pause lasts.
    var durationMs: Int64 = 0
    /// From the injection to the start of the next process.
    var restartAfterMs: Int64 = 0

    /// When it is due, ascending, in milliseconds since its origin.
    ///
    /// - Parameter lengthMs: how long the load lasts; later times are left out when there is no count.
    func times(seed: Int64, lengthMs: Int64) -> [Int64] {
        switch schedule {
        case .at(let ms): return [ms]
        case .every(let everyMs, let jitterMs, let count):
            // A stream of its own: another fault more does not move this one.
            var stream = RandomStream(seed: UInt64(bitPattern: seed), name: "faults/\(id)")
            let most = count ?? max(0, (lengthMs - 1) / everyMs)
            return (0..<most).map { index in
                (index + 1) * everyMs + Int64(stream.unit() * Double(jitterMs))
            }
        }
    }

    /// The time that a single run of it takes at least, from the injection on.
    var spanMs: Int64 { action == .pause ? durationMs : restartAfterMs }

    /// `kill engine 5s after the start of the load, back after 1s`
    var text: String {
        let when =
            switch schedule {
            case .at(let ms): "\(DurationText.text(milliseconds: ms)) after the start of "
            case .every(let ms, _, _): "every \(DurationText.text(milliseconds: ms)) of "
            }
        let back =
            switch action {
            case .pause: ", for \(DurationText.text(milliseconds: durationMs))"
            case .kill, .terminate:
                ", back after \(DurationText.text(milliseconds: restartAfterMs))"
            case .restart: ""
            }
        return "\(action.rawValue) \(target.rawValue) \(when)\(phase ?? "the load")\(back)"
    }
}
