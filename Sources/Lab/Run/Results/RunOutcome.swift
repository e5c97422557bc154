internal import ASEEDSystem
internal import Verifier

/// Everything that is known of a run; results, reports and the terminal are written from it.
struct RunOutcome {
    /// What a service used in its life.
    struct Service: Equatable, Sendable {
        var name: String
        var usage: ProcessSample
        var ending: String?
    }

    /// A part of the run.
    struct Phase: Equatable, Sendable {
        var name: String
        var startMs: Int64
        var endMs: Int64
    }

    var scenario: Scenario
    let axes: [ScenarioFile.Axis]
    /// Nil when the run was refused before it got one.
    var folder: RunFolder?
    let machine: Machine
    let estimate: RunEstimate
    /// The command that repeats the run.
    let repeatCommand: String
    /// UTC microseconds.
    let startedAt: Int64
    var durationMs: Int64 = 0
    var isFinished = false

    var conclusion = Conclusion(
        verdict: .unknown, exitCode: .unknown, reasons: ["the run has not ended"])
    var thresholds: [ThresholdOutcome] = []
    var verification: VerificationReport?
    /// Why there is no verification.
    var unverified: String?
    /// Why the generator did not send as scheduled.
    var saturated: String?
    /// The order log, once it was open.
    var log: LogSummary?
    /// Faults in the order in which they were due, and the ids of those that never were done.
    var faults: [FaultOccurrence] = []
    var neverFired: [String] = []
    /// Latency of the measured time; nil when there was no schedule or nobody to receive.
    var latency: LatencyReport?
    var metrics = MetricStore()
    var phases: [Phase] = []
    var services: [Service] = []
    var timeline: [TimelinePoint] = []
    var batches: [BatchProgress] = []
    /// Monotonic time of the run's beginning: what `atMs` and `startMs` count from.
    var originNs: Int64 = 0
    /// Counts of the generator, as it summed them up.
    var loadSummary: JSONValue?
    /// Whether all was committed and shown when the run ended.
    var isDrained = false
    /// Whether the order log and the checkpoint are still there.
    var dataIsKept = true

    /// `throughput`, or `throughput (rate=1000)` for a cell of a matrix.
    var title: String {
        let label = axes.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
        return label.isEmpty ? scenario.name : "\(scenario.name) (\(label))"
    }

    /// Whether the output was compared and is right: only then do its figures mean something.
    var isVerified: Bool { verification?.verdict == .passed }

    /// What the verdict is made of.
    func findings(failure: (any Error)?) -> RunFindings {
        var findings = RunFindings(
            output: output, thresholds: thresholds, generatorSaturated: saturated,
            faultsNeverFired: neverFired)
        switch failure {
        case nil: break
        case RunStop.interrupted?: findings.interrupted = true
        case RunStop.timedOut?: findings.timedOut = true
        case let stop as RunStop: findings.failure = (stop.exitCode, stop.description)
        case let error as SystemError: findings.failure = (.unavailable, "\(error)")
        case let error as BrokerError: findings.failure = (.unavailable, "\(error)")
        case let error as LogError: findings.failure = (.unavailable, "\(error)")
        case VerifierError.log?, VerifierError.scratch?:
            findings.failure = (.unavailable, failure.map { "\($0)" } ?? "")
        case let error?: findings.failure = (.internalBug, "\(error)")
        }
        return findings
    }

    private var output: RunFindings.Output {
        guard let verification else { return .incomplete(reason: unverified ?? "it did not begin") }
        switch verification.verdict {
        case .passed: return .equalsReference
        case .wrong: return .differs(differences: Int64(verification.differenceCount))
        case .incomplete:
            let skipped = verification.checks.compactMap { check in
                if case .skipped(let why) = check.outcome {
                    return "\(check.name.rawValue) \(check.name.title): \(why)"
                }
                return nil
            }
            return .incomplete(reason: skipped.joined(separator: "; "))
        }
    }
}
