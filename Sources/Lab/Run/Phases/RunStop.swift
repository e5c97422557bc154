internal import ASEEDSystem
internal import Glibc

/// Why a run ended before its plan did.
enum RunStop: Error, Equatable, CustomStringConvertible {
    /// Ctrl-C, or another request to stop.
    case interrupted
    /// The scenario's `timeout` passed.
    case timedOut(limitMs: Int64, phase: String)
    /// A service did not say that it is ready.
    case notReady(service: String, waitedMs: Int64, log: String, lines: [String])
    /// A service ended though it was needed.
    case ended(service: String, how: ExitRecord, log: String, lines: [String])
    /// Nothing went on for too long.
    case stalled(what: String, waitedMs: Int64)
    /// A threshold with `abort_on_fail` failed.
    case aborted(threshold: String)
    /// The machine can't do it: disk, port, right.
    case environment(String)

    /// What failed, where, and what to do next.
    var description: String {
        switch self {
        case .interrupted: "interrupted; what was measured so far is kept"
        case .timedOut(let limitMs, let phase):
            "the run took longer than its timeout of \(DurationText.text(milliseconds: limitMs)) "
                + "(in phase \(phase)); give it a longer \"timeout\" or a smaller --scale"
        case .notReady(let service, let waitedMs, let log, let lines):
            "\(service) was not ready after \(DurationText.text(milliseconds: waitedMs)); "
                + Self.log(log, lines)
        case .ended(let service, let how, let log, let lines):
            "\(service) ended unexpectedly with \(how.text); " + Self.log(log, lines)
        case .stalled(let what, let waitedMs):
            "\(what): no progress for \(DurationText.text(milliseconds: waitedMs))"
        case .aborted(let threshold): "aborted by the threshold \(threshold)"
        case .environment(let reason): reason
        }
    }

    private static func log(_ path: String, _ lines: [String]) -> String {
        if lines.isEmpty { return "it wrote nothing to \(path)" }
        return "the last lines of \(path):\n" + lines.map { "  \($0)" }.joined(separator: "\n")
    }

    /// The code of the process when the run ends this way.
    var exitCode: ExitCode {
        switch self {
        case .interrupted: .interrupted
        case .timedOut: .timeout
        case .stalled: .unknown
        case .aborted: .thresholdFailed
        case .environment: .unavailable
        case .notReady: .unavailable
        case .ended(let service, let how, _, _):
            switch how.ending {
            // A broker is nobody's bug here; without it the machine is not able.
            case .code where ServiceName.brokers.contains(service): .unavailable
            case .code(ExitCode.unavailable.rawValue), .code(ExitCode.inputOutput.rawValue):
                .unavailable
            // Somebody else ended it: no bug, and no result.
            case .signal(SIGKILL), .signal(SIGTERM), .signal(SIGINT), .signal(SIGHUP): .unknown
            case .code(ExitCode.success.rawValue), .code(ExitCode.fenced.rawValue): .unknown
            default: .internalBug
            }
        }
    }
}
