internal import ASEEDSystem
internal import LoadGen
internal import Verifier

/// The files of a run folder that are written from its outcome.
enum ResultFiles {
    /// `result.json`; written at the start too, so that a crash leaves what was known.
    static func write(_ outcome: RunOutcome, to folder: RunFolder) throws {
        try TextFile.replace(folder.file("result.json"), with: ResultDocument.json(outcome))
    }

    /// `junit.xml`, `report.html` and, when the latency is known, `latency.hgrm`.
    static func writeReports(_ outcome: RunOutcome, to folder: RunFolder) throws(SystemError) {
        if let latency = outcome.latency, latency.unknown == nil, latency.whole.count > 0 {
            try TextFile.replace(
                folder.file("latency.hgrm"), with: Array(latency.whole.percentileText().utf8))
        }
        try TextFile.replace(
            folder.file("junit.xml"), with: Array(JUnitReport.xml([outcome]).utf8))
        try TextFile.replace(
            folder.file("report.html"), with: Array(HTMLReport.html(outcome).utf8))
    }

    /// `verification.json` and `differences.jsonl`.
    static func writeVerification(
        _ report: VerificationReport, to folder: RunFolder
    ) throws {
        try TextFile.replace(
            folder.file("verification.json"), with: VerificationDocument.json(report))
        FileTree.remove(folder.file("differences.jsonl"))
        let lines = try JSONLinesFile(folder.file("differences.jsonl"))
        for difference in report.differences {
            var line = JSONWriter()
            VerificationDocument.write(difference, to: &line)
            try lines.append(line)
        }
    }

    /// A line of `history.jsonl`, in the folder of all results.
    static func appendHistory(_ outcome: RunOutcome, to results: String) throws(SystemError) {
        var line = JSONWriter()
        line.object { line in
            line.member("scenario", outcome.scenario.name)
            line.member("run_id", outcome.folder?.id)
            line.name("axes")
            line.object { line in for axis in outcome.axes { line.member(axis.name, axis.value) } }
            line.member("seed", outcome.scenario.seed)
            line.member("log", (outcome.log?.kind ?? outcome.scenario.log.kind).rawValue)
            line.member("started_at", TimeText.iso(outcome.startedAt))
            line.member("duration_ms", outcome.durationMs)
            line.member("verdict", outcome.conclusion.verdict.rawValue)
            line.member("exit_code", outcome.conclusion.exitCode.rawValue)
            line.member("verified", outcome.isVerified)
            line.name("metrics")
            line.object { line in
                for metric in MetricSummary.all(outcome.metrics) {
                    guard
                        let number = metric.numbers.first(where: { Self.headline.contains($0.name) }
                        )
                    else { continue }
                    line.member("\(metric.name) \(number.name)", number.value)
                }
            }
        }
        try JSONLinesFile("\(results)/history.jsonl").append(line)
    }

    /// The one number of a metric that a history keeps, in this order of preference.
    private static let headline: Set<String> = ["value", "rate", "p(99)", "max"]
}
