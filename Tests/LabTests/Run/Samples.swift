import ASEEDSystem

@testable import Lab
@testable import Verifier

/// Made-up scenarios and outcomes for tests of what is written about them.
enum Samples {
    /// A scenario with hostile text in every place a person can write to.
    static func scenario(_ extra: String = "") throws -> Scenario {
        let text = """
            {"name":"sample","title":"<script>alert(1)</script> & \\"more\\"","seed":5,
             "load":{"executor":"constant-arrival-rate","rate":100,"duration":"2s","name":"steady"},
             "thresholds":{"throughput":["rate > 1/s"],"lost_orders":["value == 0"]}\(extra)}
            """
        guard let cell = try ScenarioFile.parse(Array(text.utf8), file: "sample.json").first else {
            throw CommandFailure(.internalBug, "no scenario")
        }
        return cell.scenario
    }

    /// A finished run.
    static func outcome(_ verdict: VerificationReport.Verdict) throws -> RunOutcome {
        let scenario = try scenario()
        var outcome = RunOutcome(
            scenario: scenario, axes: [.init(name: "rate", value: "1<2")],
            machine: Machine(
                cpuModel: "CPU <b>", cores: 2, memoryBytes: 8 << 30, kernel: "Linux 6",
                architecture: "x86_64", load: [0.5, 0.25, 0.125]),
            estimate: RunEstimate(scenario), repeatCommand: "lab run 'a b.json' --seed 5",
            startedAt: 1_705_329_000_000_000)
        let check: Check.Outcome =
            switch verdict {
            case .passed: .pass
            case .wrong: .fail(faults: 2)
            case .incomplete: .skipped("no log")
            }
        outcome.verification = VerificationReport(
            checks: [Check(name: .results, outcome: check, detail: "10 rows")], counts: .init(),
            conservation: .init(), differences: [], differenceCount: verdict == .wrong ? 2 : 0,
            phases: [])
        outcome.metrics.run = .init(startNs: 0, endNs: 2_000_000_000)
        outcome.metrics.append("throughput", atNs: 1_000_000_000, value: 4_000)
        outcome.metrics.append("lost_orders", atNs: 1_000_000_000, value: 0)
        outcome.metrics.append(
            "rss_peak_bytes", atNs: 1_000_000_000, value: 3e7, tags: ["service": "engine"])
        outcome.batches = [try batch()]
        outcome.thresholds = ThresholdEvaluator.evaluate(scenario.thresholds, in: outcome.metrics)
        outcome.durationMs = 2_345
        outcome.isFinished = true
        outcome.conclusion = Conclusion.of(outcome.findings(failure: nil))
        return outcome
    }

    private static func batch() throws -> BatchProgress {
        let text = """
            {"batchId":0,"numInputRows":4000,"durationMs":{"triggerExecution":6.25},
             "x":{"monotonic_start_ns":100,"monotonic_commit_ns":200,"total_records":4000}}
            """
        guard let batch = BatchProgress(try JSONParser.parse(text)) else {
            throw CommandFailure(.internalBug, "no batch")
        }
        return batch
    }
}
