internal import ASEEDSystem
internal import Glibc
internal import LoadGen

/// The part of report.html about latency: the percentile curve, and the hops one on the other.
enum LatencySection {
    private static let width = 920.0
    private static let height = 240.0
    private static let left = 76.0
    private static let right = 12.0
    private static let top = 16.0
    private static let bottom = 28.0

    /// Empty for a run without scheduled orders.
    static func html(_ outcome: RunOutcome) -> String {
        guard let report = outcome.latency, report.whole.count + report.uncovered > 0 else {
            return ""
        }
        var html = "<h2>Latency</h2>"
        if let reason = report.unknown {
            return html + "<p class=\"bad\">Not known: \(Markup.escaped(reason))</p>\n"
        }
        let orders = Figures.grouped(report.whole.count)
        html +=
            "<p>From the scheduled send of an order to the message at a WebSocket client that covers "
            + "it; \(orders) orders, the warm-up left out.</p>"
        html += curve(report.whole)
        if let reason = report.unknownHops {
            return html + "<p class=\"bad\">Hops not known: \(Markup.escaped(reason))</p>\n"
        }
        return html + hops(report)
    }

    /// Time over percentile, each step to the right a tenth of what is left.
    private static func curve(_ histogram: HDRHistogram) -> String {
        let points = histogram.points()
        // As far to the right as there are orders for.
        let decades = max(1, log10(Double(max(10, histogram.count))))
        let step = LineChart.niceStep(Double(histogram.maxNs) / 1e6 / 4)
        let most = max(step, (Double(histogram.maxNs) / 1e6 / step).rounded(.up) * step)
        let x = { (share: Double) in
            let decade = share < 1 ? min(decades, -log10(1 - share)) : decades
            return left + decade / decades * (width - left - right)
        }
        let y = { (ms: Double) in height - bottom - ms / most * (height - top - bottom) }
        var body = ""
        for tick in stride(from: 0, through: most * 1.001, by: step) {
            body += line(x1: left, x2: width - right, y1: y(tick), y2: y(tick))
            body += text("y", left - 6, y(tick) + 4, "\(Figures.significant(tick)) ms")
        }
        for (share, label) in [
            (0.0, "0 %"), (0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.999, "99.9 %"),
            (0.9999, "99.99 %"), (0.99999, "99.999 %"),
        ] where -log10(1 - share) <= decades {
            body += line(x1: x(share), x2: x(share), y1: top, y2: height - bottom)
            body += text("x", x(share), height - 8, label)
        }
        let path = points.map {
            "\(Figures.decimals(x($0.share), 1)),"
                + Figures.decimals(y(Double($0.valueNs) / 1e6), 1)
        }
        body += "<polyline class=\"line s0\" points=\"\(path.joined(separator: " "))\"/>"
        return figure("Latency by percentile", height, body)
    }

    /// One bar for the mean and for each of some percentiles of a hop would not add up; the mean does.
    private static func hops(_ report: LatencyReport) -> String {
        let means = report.hops.map { $0.meanNs / 1e6 }
        let whole = means.reduce(0, +)
        guard whole > 0 else { return "" }
        var body = ""
        var at = left
        for (index, mean) in means.enumerated() {
            let wide = mean / whole * (width - left - right)
            body +=
                "<rect class=\"s\(index)\" x=\"\(Figures.decimals(at, 1))\" y=\"4\" "
                + "width=\"\(Figures.decimals(wide, 1))\" height=\"26\"/>"
            at += wide
        }
        body += text("y", left - 6, 22, "\(Figures.significant(whole)) ms")
        let legend = LatencyReport.Hop.allCases.map { hop in
            "<span class=\"key s\(hop.rawValue)\">\(hop.name) "
                + "\(Figures.significant(means[hop.rawValue])) ms</span>"
        }.joined(separator: " ")
        return figure("Mean of the hops \(legend)", 34, body) + stacked(report)
    }

    /// The mean of the hops over time, one on the other.
    private static func stacked(_ report: LatencyReport) -> String {
        let points = report.points
        guard points.count > 1, let first = points.first?.atMs, let last = points.last?.atMs,
            last > first
        else { return "" }
        let sums = points.map { $0.hopsMs.reduce(0, +) }
        let step = LineChart.niceStep((sums.max() ?? 0) / 4)
        let most = max(step, ((sums.max() ?? 0) / step).rounded(.up) * step)
        let x = { (ms: Int64) in
            left + Double(ms - first) / Double(last - first) * (width - left - right)
        }
        let y = { (ms: Double) in height - bottom - ms / most * (height - top - bottom) }
        var body = ""
        var below = points.map { _ in 0.0 }
        for hop in LatencyReport.Hop.allCases {
            let above = points.indices.map { below[$0] + points[$0].hopsMs[hop.rawValue] }
            let upper = points.indices.map { (x(points[$0].atMs), y(above[$0])) }
            let lower = points.indices.reversed().map { (x(points[$0].atMs), y(below[$0])) }
            let path = (upper + lower).map {
                "\(Figures.decimals($0.0, 1)),\(Figures.decimals($0.1, 1))"
            }.joined(separator: " ")
            body += "<polygon class=\"area s\(hop.rawValue)\" points=\"\(path)\"/>"
            below = above
        }
        for tick in stride(from: 0, through: most * 1.001, by: step) {
            body += line(x1: left, x2: width - right, y1: y(tick), y2: y(tick))
            body += text("y", left - 6, y(tick) + 4, "\(Figures.significant(tick)) ms")
        }
        let seconds = LineChart.niceStep(Double(last - first) / 8_000) * 1_000
        for tick in stride(from: 0, through: Double(last), by: seconds) where tick >= Double(first)
        {
            body += text("x", x(Int64(tick)), height - 8, "\(Figures.significant(tick / 1_000)) s")
        }
        return figure("Mean of the hops over time", height, body)
    }

    private static func figure(_ caption: String, _ height: Double, _ body: String) -> String {
        """
        <figure><figcaption>\(caption)</figcaption>
        <svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img">\(body)</svg></figure>

        """
    }

    private static func line(x1: Double, x2: Double, y1: Double, y2: Double) -> String {
        "<line class=\"grid\" x1=\"\(Figures.decimals(x1, 1))\" x2=\"\(Figures.decimals(x2, 1))\" "
            + "y1=\"\(Figures.decimals(y1, 1))\" y2=\"\(Figures.decimals(y2, 1))\"/>"
    }

    private static func text(_ kind: String, _ x: Double, _ y: Double, _ text: String) -> String {
        "<text class=\"\(kind)\" x=\"\(Figures.decimals(x, 1))\" "
            + "y=\"\(Figures.decimals(y, 1))\">\(Markup.escaped(text))</text>"
    }
}
