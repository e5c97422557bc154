internal import ASEEDSystem

/// A status for people: a line a service, then the health checks.
struct StatusView {
    let status: SystemStatus
    /// The monitor's own line.
    let monitor: SystemStatus.Service
    let style: TerminalStyle

    var text: String {
        let services = (status.services + [monitor]).map(Self.row)
        let head = [
            "SERVICE", "STATUS", "PID", "SINCE", "CPU", "MEMORY", "RESTARTS", "DETAIL",
        ]
        var text = Self.table([head] + services) { row, column, cell in
            if row == 0 { return style(cell, .bold) }
            return column == 1 ? coloured(cell) : cell
        }
        if !status.health.isEmpty {
            let rows = status.health.map { [$0.check, $0.grade.rawValue, $0.detail] }
            text +=
                "\n"
                + Self.table([["HEALTH", "STATUS", "DETAIL"]] + rows) { row, column, cell in
                    if row == 0 { return style(cell, .bold) }
                    return column == 1 ? coloured(cell) : cell
                }
        }
        return text + "\nThe system is " + coloured(status.overall.rawValue) + ".\n"
    }

    private static func row(_ service: SystemStatus.Service) -> [String] {
        let pid = service.pid.map { "\($0)" } ?? "-"
        let since = service.startedAtUs.map { TimeText.readable($0) } ?? "-"
        let share = service.cpuPercent.map { Figures.decimals($0, 1) + " %" } ?? "-"
        let memory = service.memoryBytes.map(Figures.bytes) ?? "-"
        return [
            service.name, service.state.rawValue, pid, since, share, memory, "\(service.restarts)",
            service.detail,
        ]
    }

    private func coloured(_ cell: String) -> String {
        switch cell.prefix(while: { $0 != " " }) {
        case "running", "ok", "healthy": style(cell, .green)
        case "stopped", "fail", "down": style(cell, .red)
        case "unresponsive", "warn", "partial", "unknown": style(cell, .yellow)
        default: style(cell, .dim)
        }
    }

    private static func table(
        _ rows: [[String]], _ paint: (_ row: Int, _ column: Int, _ cell: String) -> String
    ) -> String {
        let columns = rows.first?.count ?? 0
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.enumerated().map { index, row in
            let cells = row.enumerated().map { column, cell in
                let isLast = column == columns - 1
                return paint(index, column, isLast ? cell : cell.padded(to: widths[column]))
            }
            var line = Substring(cells.joined(separator: "  "))
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
