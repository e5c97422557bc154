internal import ASEEDSystem
internal import Verifier

/// What a person reads at the end of a run: OUTPUT, PERFORMANCE, THRESHOLDS, and how to repeat it.
struct RunBlocks {
    let outcome: RunOutcome
    let style: TerminalStyle

    /// All blocks.
    var text: String {
        [verdict, output, faults, performance, latency, thresholds, ending].filter { !$0.isEmpty }
            .joined(separator: "\n") + "\n"
    }

    private func heading(_ name: String) -> String { style(name, .bold) + "\n" }

    private func line(_ mark: String, _ text: String) -> String {
        style.marked(mark, text)
    }

    private var verdict: String {
        let word = outcome.conclusion.verdict.rawValue.uppercased()
        let colour: TerminalStyle.Colour =
            switch outcome.conclusion.verdict {
            case .pass: .green
            case .unknown: .yellow
            case .fail, .wrong, .error: .red
            }
        var text = "\n\(style(word, colour))  \(outcome.title)  "
        text += "in \(Figures.duration(ms: outcome.durationMs))\n"
        // What thresholds and the verification say stands in their own blocks.
        let reasons = outcome.conclusion.reasons.filter {
            !$0.hasPrefix("threshold ") && !$0.hasPrefix("not verified")
        }
        for reason in reasons.isEmpty ? outcome.conclusion.reasons : reasons {
            text += "  " + reason.split(separator: "\n").joined(separator: "\n  ") + "\n"
        }
        return text
    }

    private var output: String {
        guard let report = outcome.verification else {
            return heading("OUTPUT")
                + line("skipped", "not verified: \(outcome.unverified ?? "it did not begin")")
        }
        return VerificationBlock(report: report, style: style).text
    }

    /// Figures stand only beside the proof of this very run.
    private var performance: String {
        let figures = PerformanceFigures(outcome.metrics)
        if figures.isEmpty || outcome.batches.isEmpty { return "" }
        var text = heading("PERFORMANCE")
        guard outcome.isVerified else {
            return text + "  not shown: the output of this run is not proved right\n"
        }
        let rows = figures.rows
        let width = rows.map(\.name.count).max() ?? 0
        for row in rows {
            let space = String(repeating: " ", count: width - row.name.count)
            text += "  \(row.name)\(space)  \(row.value)\n"
        }
        if BuildInfo.buildMode == "debug" {
            text += style("  a debug build: these figures say nothing about speed", .yellow) + "\n"
        }
        if let log = outcome.log, log.kind == .kafka {
            text += style("  over \(log.text)", .dim) + "\n"
        }
        return text + style("  on \(outcome.machine.text)", .dim) + "\n"
    }

    private var faults: String { FaultBlock(outcome: outcome, style: style).text }

    private var latency: String {
        guard outcome.isVerified, let report = outcome.latency else { return "" }
        return LatencyBlock(report: report, style: style).text
    }

    private var thresholds: String {
        if outcome.thresholds.isEmpty { return "" }
        return heading("THRESHOLDS")
            + outcome.thresholds.map { result in
                let warn = result.threshold.severity == .warn ? " (warning only)" : ""
                return line(
                    result.status.rawValue,
                    "\(result.threshold.metric.text): \(result.threshold.text)\(warn)  "
                        + style(ThresholdText.measured(result), .dim))
            }.joined()
    }

    private var ending: String {
        var text = ""
        if let folder = outcome.folder {
            text += "results  \(folder.path)/report.html\n"
            if outcome.dataIsKept {
                text += "data     \(folder.data) (order log, checkpoint)\n"
            }
        }
        return text + "repeat   \(outcome.repeatCommand)\n"
    }
}

/// The figures worth a line on a terminal.
struct PerformanceFigures {
    private let summaries: [MetricSummary]
    private let store: MetricStore

    init(_ store: MetricStore) {
        self.store = store
        summaries = MetricSummary.all(store)
    }

    /// Whether nothing was measured.
    var isEmpty: Bool { rows.isEmpty }

    /// Name and value.
    var rows: [(name: String, value: String)] {
        var rows: [(name: String, value: String)] = []
        if let value = number("drain_throughput", "value") {
            rows.append(("drain throughput", Figures.orderRate(value)))
        }
        if let value = number("throughput_per_core", "value") {
            rows.append(("per CPU second", Figures.count(Int64(value)) + " orders, engine process"))
        }
        if let value = number("throughput", "rate") {
            rows.append(("load to drain", Figures.orderRate(value)))
        }
        if let ratio = number("achieved_ratio", "rate"), let due = number("offered_rate", "sum") {
            rows.append(
                (
                    "offered load",
                    "\(Figures.count(Int64(due))) orders, \(Figures.decimals(ratio * 100, 2)) % sent"
                ))
        }
        for (metric, name) in [
            ("schedule_delay_ms", "schedule delay"), ("ack_latency_ms", "ack latency"),
            ("batch_duration_ms", "batch"), ("checkpoint_duration_ms", "checkpoint"),
        ] {
            if let text = distribution(metric) { rows.append((name, text)) }
        }
        if let text = byService("cpu_s_per_million_orders", { "\(Figures.significant($0)) s" }) {
            rows.append(("CPU per million", text))
        }
        if let text = byService("rss_peak_bytes", { Figures.bytes(Int64($0)) }) {
            rows.append(("peak memory", text))
        }
        if let value = number("lab_pause_max_ms", "max"), let steal = number("steal_pct", "avg") {
            rows.append(
                (
                    "lab's own health",
                    "longest pause \(Figures.significant(value)) ms, "
                        + "\(Figures.decimals(steal, 1)) % CPU stolen"
                ))
        }
        return rows
    }

    private func number(_ metric: String, _ aggregation: String) -> Double? {
        summaries.first { $0.definition.name == metric }?[aggregation]
    }

    /// `4.95 s engine, 3.91 s dashboard, 12.6 s all`
    private func byService(_ metric: String, _ format: (Double) -> String) -> String? {
        let parts = summaries.filter { $0.definition.name == metric }.compactMap { summary in
            summary["value"].map { "\(format($0)) \(summary.tags["service"] ?? "")" }
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private func distribution(_ metric: String) -> String? {
        guard let summary = summaries.first(where: { $0.definition.name == metric }) else {
            return nil
        }
        let parts = ["med", "p(99)", "max"].compactMap { name in
            summary[name].map { "\(name) \(Figures.significant($0)) ms" }
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
