internal import ASEEDSystem

/// Why a broker could not be used.
enum BrokerError: Error, Equatable, CustomStringConvertible {
    /// A program or file that the broker needs is not there.
    case missing(what: String, path: String, advice: String)
    /// A process of the broker ended before it was ready.
    case ended(kind: BrokerKind, part: String, how: String, log: String, lines: [String])
    /// A process of the broker did not answer.
    case notReady(kind: BrokerKind, part: String, waitedMs: Int64, log: String, lines: [String])
    /// A step of its start or of the start-up check failed.
    case step(broker: String, step: String, reason: String, advice: String)
    /// The system refused something.
    case system(SystemError)

    /// What failed, where, and what to do next.
    var description: String {
        switch self {
        case .missing(let what, let path, let advice): "\(what) is not there (\(path)); \(advice)"
        case .ended(let kind, let part, let how, let log, let lines):
            "the \(part) of the managed broker \(kind.rawValue) ended with \(how) before it was "
                + "ready; " + Self.told(log, lines)
        case .notReady(let kind, let part, let waitedMs, let log, let lines):
            "the \(part) of the managed broker \(kind.rawValue) did not answer within "
                + "\(DurationText.text(milliseconds: waitedMs)); " + Self.told(log, lines)
        case .step(let broker, let step, let reason, let advice):
            "broker \(broker): \(step) failed: \(reason); \(advice)"
        case .system(let error): "managed broker: \(error)"
        }
    }

    private static func told(_ log: String, _ lines: [String]) -> String {
        if lines.isEmpty { return "it wrote nothing to \(log)" }
        return "the last lines of \(log):\n" + lines.map { "  \($0)" }.joined(separator: "\n")
    }
}
