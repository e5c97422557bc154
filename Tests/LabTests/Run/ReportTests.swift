import ASEEDSystem
import Testing

@testable import Lab
@testable import Verifier

/// What is written about a run: result.json, junit.xml, report.html, the terminal's blocks.
@Suite struct ReportTests {
    private let plain = TerminalStyle(isOn: false)

    @Test func resultHasVerdictFiguresAndTheRepeatCommand() throws {
        let outcome = try Samples.outcome(.passed)
        let json = try JSONParser.parse(ResultDocument.json(outcome).bytes)
        #expect(json["verdict"]?.string == "pass")
        #expect(json["exit_code"]?.integer == 0)
        #expect(json["repeat"]?.string == "lab run 'a b.json' --seed 5")
        #expect(json["machine"]?["cores"]?.integer == 2)
        #expect(json["verification"]?["verdict"]?.string == "passed")
        let throughput = json["metrics"]?.elements?.first { $0["metric"]?.string == "throughput" }
        #expect(throughput?["values"]?["rate"]?.double == 2_000)
    }

    @Test func everyResultConformsToTheSchema() throws {
        let schema = try ProjectFiles.resultSchema()
        var outcomes = try [.passed, .wrong, .incomplete].map { try Samples.outcome($0) }
        var refused = try Samples.outcome(.passed)
        refused.verification = nil
        refused.unverified = "no room"
        refused.conclusion = Conclusion.of(
            refused.findings(failure: RunStop.environment("no room")))
        var begun = try Samples.outcome(.passed)
        begun.isFinished = false
        begun.verification = nil
        begun.conclusion = .init(verdict: .unknown, exitCode: .unknown, reasons: ["it runs"])
        outcomes += [refused, begun]
        for outcome in outcomes {
            let json = try JSONParser.parse(ResultDocument.json(outcome).bytes)
            #expect(try schema.mistakes(in: json).isEmpty)
        }
    }

    @Test func reportIsSelfContainedAndEscaped() throws {
        var outcome = try Samples.outcome(.wrong)
        outcome.timeline = [Self.point(0), Self.point(1_000)]
        outcome.phases = [.init(name: "a<b", startMs: 0, endMs: 1_000)]
        outcome.services = [.init(name: "engine", usage: ProcessSample(), ending: "exit code 0")]
        let html = HTMLReport.html(outcome)
        #expect(!html.contains("<script"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;"))
        #expect(html.contains("a&lt;b"))
        for outside in ["http://", "https://", "src=", "@import", "url("] {
            #expect(!html.contains(outside), "\(outside)")
        }
        #expect(html.contains("<polyline"))
        #expect(html.contains("do not quote these"))
    }

    @Test func junitHasACaseForRunChecksAndThresholds() throws {
        let xml = JUnitReport.xml([try Samples.outcome(.wrong), try Samples.outcome(.passed)])
        #expect(xml.contains("tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"0\""))
        #expect(xml.contains("tests=\"4\" failures=\"0\" errors=\"0\" skipped=\"0\""))
        #expect(xml.contains("name=\"C4 results\"><failure message=\"2 faults; 10 rows\""))
        #expect(xml.contains("rate &gt; 1/s"))
        #expect(xml.contains("sample (rate=1&lt;2)"))
    }

    @Test(arguments: [VerificationReport.Verdict.wrong, .incomplete])
    func figuresAreNotShownBesideAnOutputThatIsNotProved(
        verdict: VerificationReport.Verdict
    ) throws {
        let blocks = RunBlocks(outcome: try Samples.outcome(verdict), style: plain).text
        #expect(blocks.contains("not shown: the output of this run is not proved right"))
        #expect(!blocks.contains("2.00 k orders/s"))
    }

    @Test func blocksStandInTheirOrder() throws {
        let blocks = RunBlocks(outcome: try Samples.outcome(.passed), style: plain).text
        let parts = [
            "PASS", "OUTPUT", "output equals", "PERFORMANCE", "2.00 k orders/s", "THRESHOLDS",
            "repeat",
        ]
        var rest = Substring(blocks)
        for part in parts {
            let found = rest.firstRange(of: part)
            #expect(found != nil, "\(part)")
            if let found { rest = rest[found.upperBound...] }
        }
        #expect(!blocks.contains("\u{1b}"))
    }

    @Test func tableTellsRunsThatWereNotMade() throws {
        let table = RunTable(outcomes: [try Samples.outcome(.passed)], planned: 3, style: plain)
        #expect(table.text.contains("2 of 3 runs were not made"))
    }

    @Test(arguments: [
        (RunStop.interrupted, ExitCode.interrupted, Verdict.unknown),
        (.timedOut(limitMs: 1, phase: "a"), .timeout, .unknown),
        (.stalled(what: "drain", waitedMs: 1), .unknown, .unknown),
        (.environment("no"), .unavailable, .error),
        (.aborted(threshold: "t"), .thresholdFailed, .fail),
    ])
    func everyStopHasItsCode(stop: RunStop, code: ExitCode, verdict: Verdict) throws {
        var outcome = try Samples.outcome(.passed)
        outcome.verification = nil
        let conclusion = Conclusion.of(outcome.findings(failure: stop))
        #expect(conclusion.exitCode == code)
        #expect(conclusion.verdict == verdict)
    }

    @Test(arguments: [
        (0.0, "0"), (0.01234, "0.0123"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"),
        (12_345.0, "12,345"), (-5.5, "-5.50"), (0.0000001, "0.000000100"),
    ])
    func significantDigits(value: Double, text: String) {
        #expect(Figures.significant(value) == text)
    }

    @Test func figuresForPeople() {
        #expect(Figures.count(9_999) == "9999")
        #expect(Figures.count(54_000) == "54.0 k")
        #expect(Figures.count(999_999) == "1.00 M")
        #expect(Figures.rate(5_123_456) == "5.12 M/s")
        #expect(Figures.orderRate(5_123_456) == "5.12 M orders/s")
        #expect(Figures.bytes(1_500) == "1.50 kB")
        #expect(Figures.duration(ms: 950) == "950 ms")
        #expect(Figures.duration(ms: 12_340) == "12.3 s")
        #expect(Figures.duration(ms: 125_000) == "2 min 05 s")
        #expect(Figures.clock(ms: 65_999) == "01:05")
        #expect(Figures.rate(.infinity) == "-")
    }

    @Test(arguments: [
        (0.0, 1.0), (0.7, 1.0), (1.0, 1.0), (1.1, 2.0), (3, 5), (7, 10), (12, 20), (0.03, 0.05),
    ])
    func ticksAreRound(value: Double, step: Double) {
        #expect(abs(LineChart.niceStep(value) - step) < 1e-12)
    }

    private static func point(_ ms: Int64) -> TimelinePoint {
        TimelinePoint(
            atMs: ms, spanMs: 1_000, phase: "a", scheduled: 1, acknowledged: 1, committed: 1,
            offeredRate: 1, acknowledgedRate: 1, processedRate: 1, backlog: 0, watermark: nil,
            watermarkLagMs: nil, services: [], labCPUCores: 0, labPauseMaxMs: 0, stealPercent: 0,
            busyPercent: 0)
    }
}
