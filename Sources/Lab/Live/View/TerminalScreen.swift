internal import ASEEDSystem
internal import CProcess
internal import Glibc

/// The whole terminal as a screen that is drawn again and again.
///
/// The terminal is given back when the screen is closed, at the end of the process, and before a
/// crash. Ctrl-C and the other requests to stop are signals as ever.
final class TerminalScreen {
    private let style: TerminalStyle
    private var shown: [String] = []
    private var shownSize = (columns: 0, rows: 0)

    /// Whether a person sits at both ends, in front of a terminal that can move its cursor.
    static var isPossible: Bool {
        StandardStream.out.isTerminal && isatty(STDIN_FILENO) == 1
            && Environment.value("TERM").map { $0 != "dumb" } ?? false
    }

    init() throws(SystemError) {
        style = TerminalStyle(for: .out)
        let code = cprocess_screen_open(STDIN_FILENO, STDOUT_FILENO)
        guard code == 0 else { throw SystemError("set up the terminal", errno: code) }
    }

    deinit { close() }

    func close() { cprocess_screen_close() }

    /// Its size now; a person may change it at any time.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Shows these lines from the top; only what changed is written.
    func draw(_ lines: [ScreenText]) {
        let size = size
        var text = ""
        if size != shownSize {
            text = "\u{1b}[2J"
            shown = []
            shownSize = size
        }
        var next = lines.prefix(size.rows).map {
            $0.clipped(to: size.columns).ansi(colours: style.isOn)
        }
        next += Array(repeating: "", count: max(0, size.rows - next.count))
        for (row, line) in next.enumerated() where row >= shown.count || shown[row] != line {
            text += "\u{1b}[\(row + 1);1H\(line)\u{1b}[K"
        }
        shown = next
        // Shown at once by terminals that know how; the others ignore the marks.
        if !text.isEmpty { StandardStream.out.write("\u{1b}[?2026h\(text)\u{1b}[?2026l") }
    }
}
