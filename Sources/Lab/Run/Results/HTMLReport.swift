internal import ASEEDSystem
internal import Verifier

/// `report.html`: one file that needs nothing else, not even a network.
enum HTMLReport {
    /// The page of a run.
    static func html(_ outcome: RunOutcome) -> String {
        let title = Markup.escaped("\(outcome.title): \(outcome.conclusion.verdict.rawValue)")
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" \
            content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title><style>\(style)</style></head><body>
            \(head(outcome))\(output(outcome))\(faults(outcome))\(LatencySection.html(outcome))\
            \(charts(outcome))\(thresholds(outcome))\
            \(metrics(outcome))\(services(outcome))\(about(outcome))
            </body></html>

            """
    }

    private static func head(_ outcome: RunOutcome) -> String {
        let verdict = outcome.conclusion.verdict.rawValue
        let reasons = outcome.conclusion.reasons.map { "<li>\(Markup.escaped($0))</li>" }.joined()
        return """
            <h1>\(Markup.escaped(outcome.scenario.title)) \
            <span class="verdict \(verdict)">\(verdict)</span></h1>
            <p>\(Markup.escaped(outcome.scenario.description))</p>
            \(reasons.isEmpty ? "" : "<ul class=\"reasons\">\(reasons)</ul>")

            """
    }

    private static func output(_ outcome: RunOutcome) -> String {
        guard let report = outcome.verification else {
            let why = Markup.escaped(outcome.unverified ?? "the run has not ended")
            return "<h2>Output</h2><p class=\"bad\">Not verified: \(why)</p>\n"
        }
        let rows = report.checks.map { check in
            row(
                ["\(check.name.rawValue) \(check.name.title)", check.outcome.word, check.text],
                mark: check.outcome.word)
        }
        let story = report.firstDifference.map { first in
            "<p class=\"bad\"><b>First difference (\(Markup.escaped(first.faultClass.rawValue))):"
                + "</b> \(Markup.escaped(first.story))</p>"
        }
        return "<h2>Output</h2>\(story ?? "")"
            + table(["check", "outcome", "what was compared"], rows)
    }

    private static func faults(_ outcome: RunOutcome) -> String {
        if outcome.scenario.faults.isEmpty { return "" }
        let done = outcome.faults.filter { $0.injectedNs != nil }.map { occurrence in
            row(
                [
                    occurrence.name, occurrence.fault.text,
                    FaultText.marks(occurrence, originNs: outcome.originNs),
                ], mark: "pass")
        }
        let missed = outcome.neverFired.map { row([$0, "", "never done"], mark: "unknown") }
        return "<h2>Faults</h2>" + table(["fault", "what", "what came of it"], done + missed)
    }

    private static func charts(_ outcome: RunOutcome) -> String {
        let charts = RunCharts(outcome).all.filter { !$0.isEmpty }
        if charts.isEmpty { return "" }
        return "<h2>Over time</h2>\n" + charts.map(\.svg).joined()
    }

    private static func thresholds(_ outcome: RunOutcome) -> String {
        if outcome.thresholds.isEmpty { return "" }
        let rows = outcome.thresholds.map { result in
            row(
                [
                    result.threshold.metric.text, result.threshold.text, result.status.rawValue,
                    ThresholdText.measured(result), result.threshold.severity.rawValue,
                ], mark: result.status.rawValue)
        }
        return "<h2>Thresholds</h2>"
            + table(["metric", "condition", "status", "measured", "severity"], rows)
    }

    private static func metrics(_ outcome: RunOutcome) -> String {
        let all = MetricSummary.all(outcome.metrics)
        if all.isEmpty { return "" }
        let rows = all.map { metric in
            let numbers = metric.numbers.map { "\($0.name) \(Figures.significant($0.value))" }
            return row(
                [
                    metric.name, numbers.joined(separator: " · "), metric.definition.unit.rawValue,
                    metric.definition.description,
                ], mark: "")
        }
        let note =
            outcome.isVerified
            ? ""
            : "<p class=\"bad\">The output of this run is not proved right; do not quote these.</p>"
        return "<h2>Metrics</h2>\(note)" + table(["metric", "values", "unit", "meaning"], rows)
    }

    private static func services(_ outcome: RunOutcome) -> String {
        if outcome.services.isEmpty { return "" }
        let rows = outcome.services.map { service in
            row(
                [
                    service.name, "\(Figures.decimals(Double(service.usage.cpuNs) / 1e9, 2)) s",
                    Figures.bytes(service.usage.rssPeakBytes),
                    Figures.bytes(service.usage.diskReadBytes),
                    Figures.bytes(service.usage.diskWriteBytes), service.ending ?? "running",
                ], mark: "")
        }
        return "<h2>Services</h2>"
            + table(["service", "CPU", "peak memory", "disk read", "disk written", "end"], rows)
    }

    private static func about(_ outcome: RunOutcome) -> String {
        let rows = [
            ("repeat", outcome.repeatCommand), ("run", outcome.folder?.path ?? "none"),
            ("started", TimeText.iso(outcome.startedAt)),
            ("duration", Figures.duration(ms: outcome.durationMs)),
            ("seed", "\(outcome.scenario.seed)"), ("machine", outcome.machine.text),
            ("log", outcome.log?.text ?? outcome.scenario.log.kind.rawValue),
            ("estimate", outcome.estimate.text),
            ("data", outcome.dataIsKept ? "kept" : "removed; --keep-data keeps it"),
        ].map { row([$0.0, $0.1], mark: "") }
        return "<h2>About this run</h2>" + table(["", ""], rows)
    }

    private static func row(_ cells: [String], mark: String) -> String {
        let text = cells.map { "<td>\(Markup.escaped($0))</td>" }.joined()
        return "<tr class=\"\(mark)\">\(text)</tr>\n"
    }

    private static func table(_ names: [String], _ rows: [String]) -> String {
        let head = names.map { "<th>\(Markup.escaped($0))</th>" }.joined()
        return "<table><thead><tr>\(head)</tr></thead><tbody>\n\(rows.joined())</tbody></table>\n"
    }

    private static let style = """
        :root{color-scheme:light dark;--fg:#1b1f24;--bg:#fff;--dim:#667;--line:#d8dde3;--band:#f3f5f8;\
        --good:#1a7f37;--bad:#b3261e;--warn:#8a6100}
        @media(prefers-color-scheme:dark){:root{--fg:#e6e9ee;--bg:#14171b;--dim:#99a;--line:#333a44;\
        --band:#1c2128;--good:#4ac26b;--bad:#ff7b72;--warn:#e3b341}}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--fg);background:var(--bg);max-width:1000px;\
        margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
        table{border-collapse:collapse;width:100%;font-size:.87rem}th,td{text-align:left;\
        vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--line);\
        overflow-wrap:anywhere}td:first-child{min-width:4rem}th{color:var(--dim);font-weight:500}
        .verdict{padding:.1rem .6rem;border-radius:.4rem;color:#fff;background:var(--warn);\
        font-size:1rem}.verdict.pass{background:#1a7f37}.verdict.fail,.verdict.wrong,.verdict.error\
        {background:#b3261e}.bad,tr.fail td{color:var(--bad)}tr.unknown td,tr.skipped td{color:var(--warn)}
        figure{margin:1rem 0}figcaption{font-size:.87rem}svg{width:100%;height:auto;display:block}
        svg text{font-size:11px;fill:var(--dim)}text.y{text-anchor:end}text.x{text-anchor:middle}
        .grid{stroke:var(--line)}.band{fill:var(--band)}.band.odd{fill:none}
        .fault{fill:#c0392b;fill-opacity:.18}rect.s0{fill:#2f6fd0}rect.s1{fill:#d97706}\
        rect.s2{fill:#2e9e5b}rect.s3{fill:#b04fc4}rect.s4{fill:#c0392b}.area{stroke:none;\
        fill:currentColor;fill-opacity:.75}
        .line{fill:none;stroke-width:1.6}.key{margin-left:.8rem;font-weight:600}
        .s0{stroke:#2f6fd0;color:#2f6fd0}.s1{stroke:#d97706;color:#d97706}\
        .s2{stroke:#2e9e5b;color:#2e9e5b}.s3{stroke:#b04fc4;color:#b04fc4}\
        .s4{stroke:#c0392b;color:#c0392b}.s5{stroke:#6b7280;color:#6b7280}
        .dot{fill:currentColor;stroke:none}
        """
}
