internal import ASEEDSystem

/// Several runs, a line each.
struct RunTable {
    let outcomes: [RunOutcome]
    /// How many runs the command line asked for; an interrupt leaves some out.
    let planned: Int
    let style: TerminalStyle

    /// The table, with a heading.
    var text: String {
        var lines: [[String]] = outcomes.map { outcome in
            let drain = PerformanceFigures(outcome.metrics).headline
            return [
                outcome.conclusion.verdict.rawValue, outcome.title,
                Figures.duration(ms: outcome.durationMs),
                outcome.isVerified ? drain ?? "" : "not proved right",
                outcome.conclusion.reasons.first?.split(separator: "\n").first.map(String.init)
                    ?? "",
            ]
        }
        lines.insert(["verdict", "scenario", "time", "throughput", "why"], at: 0)
        let widths = (0..<4).map { column in lines.map { $0[column].count }.max() ?? 0 }
        var text = "\n" + style("SUMMARY", .bold) + "\n"
        for (index, cells) in lines.enumerated() {
            let padded = cells.enumerated().map { column, cell in
                column < 4
                    ? cell + String(repeating: " ", count: widths[column] - cell.count) : cell
            }
            var line = padded.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            text += "  " + (index == 0 ? style(line, .dim) : line) + "\n"
        }
        if outcomes.count < planned {
            text += "  \(planned - outcomes.count) of \(planned) runs were not made\n"
        }
        return text
    }
}

extension PerformanceFigures {
    /// The one figure of a run: how fast a backlog drained, else how fast all was processed.
    var headline: String? { rows.first { $0.name != "per CPU second" }?.value }
}
