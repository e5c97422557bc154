internal import ASEEDSystem
internal import Glibc

/// What a run shows while it goes on.
struct LiveStatus: Equatable, Sendable {
    var name: String
    var phase: String
    var elapsedMs: Int64
    /// How long the run will take, as estimated.
    var totalMs: Int64
    var offeredRate: Double?
    var processedRate: Double?
    var backlog: Int64
    var committed: Int64
    /// UTC microseconds.
    var watermark: Int64?
    /// What a fault does now.
    var fault: String?

    /// `drain  00:12/00:45  processed 5.12 M/s  backlog 1.20 M  watermark 2024-01-15 02:13:20`
    var text: String {
        var parts = [phase, "\(Figures.clock(ms: elapsedMs))/\(Figures.clock(ms: totalMs))"]
        if phase == "verify" {
            parts.append("comparing \(Figures.count(committed)) orders with the reference")
            return parts.joined(separator: "  ")
        }
        if let offeredRate { parts.append("offered \(Figures.rate(offeredRate))") }
        if let processedRate { parts.append("processed \(Figures.rate(processedRate))") }
        if committed > 0 { parts.append("committed \(Figures.count(committed))") }
        parts.append("backlog \(Figures.count(backlog))")
        if let watermark {
            let text = TimeText.iso(watermark).prefix(19).map { $0 == "T" ? " " : $0 }
            parts.append("watermark \(String(text))")
        }
        if let fault { parts.append("fault: \(fault)") }
        return parts.joined(separator: "  ")
    }
}

/// Where progress goes: a line that is redrawn on a terminal, plain lines elsewhere, or nothing.
final class RunView {
    enum Style: Equatable { case redrawn, lines, silent }

    /// Plain lines come this far apart within a phase.
    private static let lineIntervalMs: Int64 = 5_000

    private let style: Style
    private let stream: StandardStream
    private var isDrawn = false
    private var lastPhase = ""
    private var lastLineMs: Int64 = 0

    init(style: Style, stream: StandardStream = .error) {
        self.style = style
        self.stream = stream
    }

    /// The style that fits standard error.
    static func fitting(silent: Bool) -> Style {
        if silent { return .silent }
        return StandardStream.error.isTerminal
            && getenv("TERM").map { String(cString: $0) } != "dumb"
            ? .redrawn : .lines
    }

    /// Shows the state now.
    func show(_ status: LiveStatus) {
        switch style {
        case .silent: return
        case .redrawn:
            let text = "\(status.name)  \(status.text)"
            stream.write("\r\u{1b}[K" + text.prefix(max(20, Self.width() - 1)))
            isDrawn = true
        case .lines:
            let isNew = status.phase != lastPhase
            guard isNew || status.elapsedMs - lastLineMs >= Self.lineIntervalMs else { return }
            lastLineMs = status.elapsedMs
            stream.write("\(status.name)  \(status.text)\n")
        }
        lastPhase = status.phase
    }

    /// Writes a whole line above the line that is redrawn.
    func note(_ line: String) {
        guard style != .silent else { return }
        clear()
        stream.write("\(line)\n")
    }

    /// Removes the line that is redrawn.
    func clear() {
        if isDrawn { stream.write("\r\u{1b}[K") }
        isDrawn = false
    }

    private static func width() -> Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
