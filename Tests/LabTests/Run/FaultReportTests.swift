import ASEEDSystem
import LoadGen
import Testing

@testable import Lab
@testable import Verifier

/// What is written about faults and latency.
@Suite struct FaultReportTests {
    private static let faults = #"""
        ,"faults":[{"id":"crash","action":"kill","target":"engine","at":"1s"},
        {"id":"late","action":"pause","target":"dashboard","at":"1h","duration":"1s"}]
        """#

    private static func outcome(unknown: String? = nil) throws -> RunOutcome {
        let scenario = try Samples.scenario(faults)
        var outcome = RunOutcome(
            scenario: scenario, axes: [], machine: Machine.read(),
            estimate: RunEstimate(scenario), repeatCommand: "lab run x", startedAt: 0)
        outcome.verification = try Samples.outcome(.passed).verification
        var occurrence = FaultOccurrence(fault: scenario.faults[0], number: 1, dueNs: 0)
        occurrence.injectedNs = 1_000_000_000
        occurrence.readyNs = 2_000_000_000
        occurrence.firstProgressNs = 2_100_000_000
        occurrence.caughtUpNs = 2_500_000_000
        occurrence.replayedOrders = 1_234
        outcome.faults = [occurrence]
        outcome.neverFired = ["late"]
        outcome.metrics.run = .init(startNs: 0, endNs: 2_000_000_000)
        let log = SubscriptionLog(partitions: 1)
        let measures = LatencyMeasures(
            subscription: log, commits: CommitTimes(batches: [], engineEndsNs: [], partitions: 1),
            cuts: TimeCuts(run: outcome.metrics.run, intervals: []))
        measures.fill(&outcome.metrics, excused: [])
        if let unknown { outcome.metrics.setUnknown(LatencyMeasures.metric, unknown) }
        var report = LatencyReport(measures, outcome.metrics, originNs: 0)
        for index in 1...2_000 as ClosedRange<Int64> {
            report.whole.add(ns: index * 50_000)
            for hop in report.hops.indices { report.hops[hop].add(ns: index * 10_000) }
        }
        report.points = (0..<5).map {
            .init(
                atMs: $0 * 100, medianMs: 10, p99Ms: $0 == 0 ? nil : 20, maxMs: 30,
                hopsMs: [1, 2, 3, 4, 5])
        }
        outcome.latency = report
        outcome.conclusion = Conclusion.of(outcome.findings(failure: nil))
        return outcome
    }

    @Test func aFaultThatNeverFiredMakesTheRunUnknown() throws {
        let outcome = try Self.outcome()
        #expect(outcome.conclusion.verdict == .unknown)
        #expect(outcome.conclusion.reasons.contains("fault late never fired"))
    }

    @Test func theResultHasFaultsAndLatency() throws {
        let json = try JSONParser.parse(ResultDocument.json(try Self.outcome()).bytes)
        #expect(try ProjectFiles.resultSchema().mistakes(in: json) == [])
        let faults = try #require(json["faults"]?.elements)
        #expect(faults.count == 2)
        let done = faults[0]["done"]?.elements?.first
        #expect(done?["injected_ms"]?.integer == 1_000)
        #expect(done?["caught_up_ms"]?.integer == 2_500)
        #expect(done?["ended_ms"]?.integer == nil)
        #expect(done?["replayed_orders"]?.integer == 1_234)
        #expect(faults[1]["done"]?.elements?.isEmpty == true)
        #expect(json["latency"]?["orders"]?.integer == 2_000)
        #expect(json["latency"]?["e2e_ms"]?["max"]?.double == 100)
        #expect(json["latency"]?["hops_ms"]?["publish"]?["max"]?.double == 20)
    }

    @Test func anUnknownLatencyHasNoNumbers() throws {
        let outcome = try Self.outcome(unknown: "no message covered 3 orders")
        let json = try JSONParser.parse(ResultDocument.json(outcome).bytes)
        #expect(try ProjectFiles.resultSchema().mistakes(in: json) == [])
        #expect(json["latency"]?["e2e_ms"]?["max"] == nil)
        #expect(json["latency"]?["unknown"]?.string == "no message covered 3 orders")
        let html = HTMLReport.html(outcome)
        #expect(html.contains("Not known: no message covered 3 orders"))
        let blocks = RunBlocks(outcome: outcome, style: TerminalStyle(isOn: false)).text
        #expect(blocks.contains("? no message covered 3 orders"))
        #expect(!blocks.contains("p99 99"))
    }

    @Test func theTerminalTellsBoth() throws {
        let blocks = RunBlocks(outcome: try Self.outcome(), style: TerminalStyle(isOn: false)).text
        let line =
            "✓ crash: kill engine  at 1.0 s, back after 1.0 s, first commit after 1.1 s, "
            + "caught up after 1.5 s, 1,234 orders read again"
        #expect(blocks.contains(line), "\(blocks)")
        #expect(blocks.contains("? late: never done"))
        #expect(blocks.contains("LATENCY"))
        #expect(blocks.contains("max 100 ms"))
        for hop in ["schedule", "log", "engine", "publish", "dashboard"] {
            #expect(blocks.contains("  \(hop) "), "\(hop)")
        }
    }

    @Test func theReportDrawsBoth() throws {
        let html = HTMLReport.html(try Self.outcome())
        #expect(html.contains("Latency by percentile"))
        #expect(html.contains("99.9 %"))
        #expect(html.contains("class=\"area s4\""))
        #expect(html.contains("class=\"fault\""))
        #expect(html.contains("never done"))
        #expect(!html.contains("NaN") && !html.contains("nan,") && !html.contains("inf"))
    }

    @Test func junitHasACaseForEachFault() throws {
        let xml = JUnitReport.xml([try Self.outcome()])
        #expect(xml.contains("name=\"crash: kill engine 1s after the start of the load, back"))
        #expect(xml.contains("<error message=\"the fault was never done\""))
    }
}
