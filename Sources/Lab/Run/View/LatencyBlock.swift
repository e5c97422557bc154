internal import ASEEDSystem
internal import LoadGen

/// The block LATENCY: from scheduled send to the browser's message, and where the time goes.
struct LatencyBlock {
    let report: LatencyReport
    let style: TerminalStyle

    /// The block; empty when there were no scheduled orders.
    var text: String {
        guard report.whole.count + report.uncovered > 0 else { return "" }
        var text =
            style("LATENCY", .bold) + "  scheduled send to message at a WebSocket client, "
            + "\(Figures.grouped(report.whole.count)) orders\n"
        if let reason = report.unknown { return text + style.marked("unknown", reason) }
        text += "  " + Self.numbers(report.whole) + "\n"
        if let reason = report.unknownHops { return text + style.marked("unknown", reason) }
        let width = LatencyReport.Hop.allCases.map(\.name.count).max() ?? 0
        for hop in LatencyReport.Hop.allCases {
            let histogram = report.hops[hop.rawValue]
            let share = histogram.sumNs / max(1, report.whole.sumNs)
            let space = String(repeating: " ", count: width - hop.name.count)
            let bar = String(repeating: "█", count: Int((share * 20).rounded()))
            text += "  \(hop.name)\(space)  \(Self.numbers(histogram))  \(style(bar, .dim))\n"
        }
        return text
    }

    /// `avg 28.1, p50 27.3, p99 55.2, max 61.0 ms`
    private static func numbers(_ histogram: HDRHistogram) -> String {
        let parts = LatencyReport.numbers.filter { $0.name != "min" }.compactMap {
            name, aggregation -> String? in
            guard case .value(let value, _) = histogram.aggregate(aggregation) else { return nil }
            return "\(name) \(Figures.significant(value))"
        }
        return parts.joined(separator: ", ") + " ms"
    }
}
