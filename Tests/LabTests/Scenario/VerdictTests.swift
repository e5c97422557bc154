import Testing

@testable import Lab

@Suite struct VerdictTests {
    static func outcome(
        _ status: ThresholdOutcome.Status, severity: Threshold.Severity = .fail
    ) -> ThresholdOutcome {
        let threshold = Threshold(
            metric: MetricSelector(name: "throughput"), text: "count > 0", aggregation: .count,
            comparison: .greater, limit: .number(0), scope: .run, severity: severity)
        return ThresholdOutcome(
            threshold: threshold, status: status, measured: nil, limit: 0, unit: "orders",
            samples: 0, reason: status == .unknown ? "no samples" : nil)
    }

    static func findings(
        _ output: RunFindings.Output = .equalsReference,
        _ thresholds: [ThresholdOutcome] = [outcome(.pass)],
        change: (inout RunFindings) -> Void = { _ in }
    ) -> RunFindings {
        var findings = RunFindings(output: output, thresholds: thresholds)
        change(&findings)
        return findings
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String { "\(verdict) \(code)" }
        var findings: RunFindings
        var verdict: Verdict
        var code: Int32

        init(_ findings: RunFindings, _ verdict: Verdict, _ code: Int32) {
            self.findings = findings
            self.verdict = verdict
            self.code = code
        }
    }

    @Test(arguments: [
        Case(findings(), .pass, 0),
        Case(findings(.equalsReference, [outcome(.fail)]), .fail, 1),
        Case(findings(.equalsReference, [outcome(.fail, severity: .warn)]), .pass, 0),
        Case(findings(.equalsReference, [outcome(.unknown, severity: .warn)]), .pass, 0),
        Case(findings(.equalsReference, [outcome(.unknown)]), .unknown, 3),
        Case(findings(.equalsReference, [outcome(.unknown), outcome(.fail)]), .fail, 1),
        Case(findings(.differs(differences: 3), [outcome(.fail)]), .wrong, 2),
        Case(findings(.incomplete(reason: "no log")), .unknown, 3),
        Case(findings(.incomplete(reason: "no log"), [outcome(.fail)]), .fail, 1),
        Case(findings { $0.generatorSaturated = "p99 2 s late" }, .unknown, 3),
        Case(findings { $0.faultsNeverFired = ["kill"] }, .unknown, 3),
        Case(findings { $0.regression = "4 % slower" }, .fail, 4),
        Case(findings { $0.timedOut = true }, .unknown, 124),
        Case(findings { $0.interrupted = true }, .unknown, 130),
        Case(findings { $0.failure = (.unavailable, "disk full") }, .error, 69),
        Case(findings { $0.failure = (.usage, "typo") }, .error, 64),
        Case(findings { $0.failure = (.internalBug, "bug") }, .error, 70),
        Case(findings { $0.failure = (.inputOutput, "a service's code") }, .error, 70),
        Case(
            findings(.differs(differences: 1)) { $0.failure = (.unavailable, "disk full") }, .error,
            69),
    ])
    func theWorstFindingDecides(given: Case) {
        let conclusion = Conclusion.of(given.findings)
        #expect(conclusion.verdict == given.verdict)
        #expect(conclusion.exitCode.rawValue == given.code)
        #expect(conclusion.reasons.isEmpty == (given.verdict == .pass))
    }

    /// The order of the exit codes of several scenarios.
    @Test func theWorstOfSeveralRuns() {
        let order: [Int32] = [130, 70, 64, 69, 2, 1, 4, 124, 3, 0]
        for (index, worse) in order.enumerated() {
            for better in order[index...] {
                let codes = [ExitCode(rawValue: better), ExitCode(rawValue: worse)]
                #expect(Conclusion.worst(codes).rawValue == worse)
                #expect(Conclusion.worst(codes.reversed()).rawValue == worse)
            }
        }
        #expect(Conclusion.worst([]) == .success)
    }

    @Test func tellsTheWorstReasonFirst() {
        let conclusion = Conclusion.of(
            Self.findings(.differs(differences: 2), [Self.outcome(.fail), Self.outcome(.unknown)]))
        #expect(
            conclusion.reasons == [
                "the output differs from the reference: 2 values",
                "threshold failed: throughput: count > 0",
                "threshold unknown: throughput: count > 0 (no samples)",
            ])
    }
}
