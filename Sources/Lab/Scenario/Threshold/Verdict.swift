/// What a run proved.
enum Verdict: String, CaseIterable, Sendable {
    case pass
    /// A threshold failed.
    case fail
    /// The output differs from the reference.
    case wrong
    /// No data, generator saturated, fault never hit, checker incomplete, timeout, interrupted.
    case unknown
    /// The run could not be made: bad scenario, environment not able, bug of the lab.
    case error
}

/// Everything that a verdict is made of.
struct RunFindings: Sendable {
    enum Output: Equatable, Sendable {
        /// Every check ran and found no difference.
        case equalsReference
        case differs(differences: Int64)
        /// A check could not run or finish.
        case incomplete(reason: String)
    }

    var output: Output
    var thresholds: [ThresholdOutcome]
    /// Why the generator was not able to send as scheduled; nil when it was.
    var generatorSaturated: String?
    /// Ids of faults that never fired.
    var faultsNeverFired: [String] = []
    /// A regression against a baseline.
    var regression: String?
    /// What stopped the run before its end: bad scenario, environment, bug of the lab.
    var failure: (code: ExitCode, message: String)?
    var timedOut = false
    var interrupted = false
}

/// A run's verdict, its exit code, and why, the worst reason first.
struct Conclusion: Equatable, Sendable {
    var verdict: Verdict
    var exitCode: ExitCode
    var reasons: [String]

    /// Draws the conclusion; of several findings the worst decides.
    static func of(_ findings: RunFindings) -> Conclusion {
        var found: [(code: ExitCode, reason: String)] = []
        if let failure = findings.failure {
            // Codes of the services end here: what `lab` can't name is a bug of it.
            let known = order.contains(failure.code) ? failure.code : .internalBug
            found.append((known, failure.message))
        }
        switch findings.output {
        case .equalsReference: break
        case .differs(let count):
            found.append((.wrongOutput, "the output differs from the reference: \(count) values"))
        case .incomplete(let reason): found.append((.unknown, "not verified: \(reason)"))
        }
        for outcome in findings.thresholds where outcome.threshold.severity == .fail {
            let name = "\(outcome.threshold.metric.text): \(outcome.threshold.text)"
            switch outcome.status {
            case .pass: break
            case .fail: found.append((.thresholdFailed, "threshold failed: \(name)"))
            case .unknown:
                let why = outcome.reason.map { " (\($0))" } ?? ""
                found.append((.unknown, "threshold unknown: \(name)\(why)"))
            }
        }
        if let regression = findings.regression { found.append((.regression, regression)) }
        if findings.timedOut { found.append((.timeout, "the run took longer than its timeout")) }
        if findings.interrupted { found.append((.interrupted, "interrupted")) }
        if let saturated = findings.generatorSaturated {
            found.append((.unknown, "generator saturated: \(saturated)"))
        }
        for fault in findings.faultsNeverFired {
            found.append((.unknown, "fault \(fault) never fired"))
        }
        let ranked = found.enumerated().sorted {
            (rank($0.element.code), $0.offset) < (rank($1.element.code), $1.offset)
        }.map(\.element)
        let code = ranked.first?.code ?? .success
        return Conclusion(verdict: verdict(code), exitCode: code, reasons: ranked.map(\.reason))
    }

    /// The exit code of several runs: the worst.
    static func worst(_ codes: [ExitCode]) -> ExitCode {
        codes.min { rank($0) < rank($1) } ?? .success
    }

    /// An interrupted command says so whatever it had found; then as docs/scenarios.md orders them. A code
    /// that no run should have ranks with the lab's own bugs.
    private static let order: [ExitCode] = [
        .interrupted, .internalBug, .usage, .unavailable, .wrongOutput, .thresholdFailed,
        .regression, .timeout, .unknown, .success,
    ]

    private static func rank(_ code: ExitCode) -> Int { order.firstIndex(of: code) ?? 1 }

    private static func verdict(_ code: ExitCode) -> Verdict {
        switch code {
        case .success: .pass
        case .thresholdFailed, .regression: .fail
        case .wrongOutput: .wrong
        case .unknown, .timeout, .interrupted: .unknown
        default: .error
        }
    }
}
