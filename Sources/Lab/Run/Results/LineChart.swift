/// A chart of values over the time of a run, as inline SVG.
struct LineChart {
    /// One line. Gaps in the data are not filled: a point is drawn where there is one.
    struct Series {
        var name: String
        /// Milliseconds since the run began, and the value.
        var points: [(ms: Int64, value: Double)]
        /// Single events, such as batches, are dots.
        var isDots = false
    }

    var title: String
    /// How a value of the axis reads.
    var format: (Double) -> String
    var series: [Series]
    /// Phases, shaded in turns.
    var bands: [RunOutcome.Phase]
    /// Times while a fault was in effect, shaded over the phases.
    var faults: [RunOutcome.Phase] = []

    private static let width = 920.0
    private static let height = 240.0
    private static let left = 76.0
    private static let right = 12.0
    private static let top = 30.0
    private static let bottom = 28.0
    private static let maxPoints = 1_200

    /// Whether there is something to draw.
    var isEmpty: Bool { series.allSatisfy { $0.points.isEmpty } }

    /// The `<figure>`.
    var svg: String {
        let points = series.flatMap(\.points)
        let endMs = Double(max(1, (points.map(\.ms) + bands.map(\.endMs)).max() ?? 1))
        let step = Self.niceStep((points.map(\.value).max() ?? 0) / 4)
        let top = max(step, ((points.map(\.value).max() ?? 0) / step).rounded(.up) * step)
        let x = { (ms: Int64) in
            Self.left + Double(ms) / endMs * (Self.width - Self.left - Self.right)
        }
        let y = { (value: Double) in
            Self.height - Self.bottom
                - min(1, max(0, value / top)) * (Self.height - Self.top - Self.bottom)
        }
        var body = ""
        for (index, band) in bands.enumerated() { body += Self.band(band, index, x) }
        for fault in faults { body += Self.shade(fault, x) }
        var tick = 0.0
        while tick <= top * 1.001 {
            body += Self.gridLine(y(tick), label: format(tick))
            tick += step
        }
        body += Self.timeAxis(endMs, x)
        for (index, line) in series.enumerated() { body += Self.draw(line, index, x, y) }
        let legend = series.enumerated().map { index, line in
            "<span class=\"key s\(index % 6)\">\(Markup.escaped(line.name))</span>"
        }.joined(separator: " ")
        let title = Markup.escaped(title)
        return """
            <figure><figcaption>\(title) \(legend)</figcaption>
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
            aria-label="\(title)">\(body)</svg></figure>

            """
    }

    private static func band(
        _ band: RunOutcome.Phase, _ index: Int, _ x: (Int64) -> Double
    ) -> String {
        let from = x(band.startMs)
        let wide = max(0, x(band.endMs) - from)
        let shade = index % 2 == 0 ? "band" : "band odd"
        var text =
            "<rect class=\"\(shade)\" x=\"\(number(from))\" y=\"\(number(top))\" "
            + "width=\"\(number(wide))\" height=\"\(number(height - top - bottom))\"/>"
        // A label needs about seven units a letter.
        if wide > Double(band.name.count) * 7 {
            text +=
                "<text class=\"phase\" x=\"\(number(from + 4))\" y=\"\(number(top - 6))\">"
                + "\(Markup.escaped(band.name))</text>"
        }
        return text
    }

    private static func shade(_ fault: RunOutcome.Phase, _ x: (Int64) -> Double) -> String {
        let from = x(fault.startMs)
        // A short one is still seen.
        let wide = max(2, x(fault.endMs) - from)
        return "<rect class=\"fault\" x=\"\(number(from))\" y=\"\(number(top))\" "
            + "width=\"\(number(wide))\" height=\"\(number(height - top - bottom))\">"
            + "<title>\(Markup.escaped(fault.name))</title></rect>"
    }

    private static func gridLine(_ y: Double, label: String) -> String {
        "<line class=\"grid\" x1=\"\(number(left))\" x2=\"\(number(width - right))\" "
            + "y1=\"\(number(y))\" y2=\"\(number(y))\"/><text class=\"y\" "
            + "x=\"\(number(left - 6))\" y=\"\(number(y + 4))\">\(Markup.escaped(label))</text>"
    }

    private static func timeAxis(_ endMs: Double, _ x: (Int64) -> Double) -> String {
        let step = max(1, niceStep(endMs / 8))
        var text = ""
        var at = 0.0
        while at <= endMs {
            text +=
                "<text class=\"x\" x=\"\(number(x(Int64(at))))\" y=\"\(number(height - 8))\">"
                + "\(Figures.significant(at / 1_000)) s</text>"
            at += step
        }
        return text
    }

    private static func draw(
        _ line: Series, _ index: Int, _ x: (Int64) -> Double, _ y: (Double) -> Double
    ) -> String {
        let points = thinned(line.points)
        guard line.isDots || points.count == 1 else {
            let path = points.map { "\(number(x($0.ms))),\(number(y($0.value)))" }
            return
                "<polyline class=\"line s\(index % 6)\" points=\"\(path.joined(separator: " "))\"/>"
        }
        return points.map {
            "<circle class=\"dot s\(index % 6)\" r=\"2.5\" cx=\"\(number(x($0.ms)))\" "
                + "cy=\"\(number(y($0.value)))\"/>"
        }.joined()
    }

    /// Of each stretch the largest value stays, so that no peak is lost.
    private static func thinned(
        _ points: [(ms: Int64, value: Double)]
    ) -> [(ms: Int64, value: Double)] {
        guard points.count > maxPoints else { return points }
        let size = (points.count + maxPoints - 1) / maxPoints
        return stride(from: 0, to: points.count, by: size).compactMap { start in
            points[start..<min(start + size, points.count)].max { $0.value < $1.value }
        }
    }

    /// The next of 1, 2, 5, 10, 20, … at or above a value.
    static func niceStep(_ value: Double) -> Double {
        guard value.isFinite, value > 0 else { return 1 }
        var step = 1.0
        while step > value { step /= 10 }
        while step * 10 <= value { step *= 10 }
        return [1, 2, 5, 10].map { $0 * step }.first { $0 >= value } ?? step * 10
    }

    private static func number(_ value: Double) -> String { Figures.decimals(value, 1) }
}
