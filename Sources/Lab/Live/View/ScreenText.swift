/// How a piece of text looks on a terminal.
enum Tint: String, Sendable {
    case plain = ""
    case dim = "2"
    case bold = "1"
    case good = "32"
    case bad = "31"
    case warning = "33"
    case accent = "36"
    case second = "35"
    case key = "1;36"
    case goodBold = "1;32"
    case badBold = "1;31"
    case warningBold = "1;33"
    case bar = "1;97;44"
}

/// A line of a screen: pieces of text with their looks. Every character takes one column.
struct ScreenText: Equatable, Sendable {
    private struct Piece: Equatable, Sendable {
        var text: String
        var tint: Tint
    }

    private var pieces: [Piece] = []

    init() {}

    /// Control characters become dots: text of others must not move the cursor.
    init(_ text: String, _ tint: Tint = .plain) { append(text, tint) }

    mutating func append(_ text: String, _ tint: Tint = .plain) {
        guard !text.isEmpty else { return }
        let safe = text.unicodeScalars.map { scalar -> Character in
            let isControl = scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
            return isControl ? "·" : Character(scalar)
        }
        if let last = pieces.indices.last, pieces[last].tint == tint {
            pieces[last].text += String(safe)
        } else {
            pieces.append(Piece(text: String(safe), tint: tint))
        }
    }

    /// Columns.
    var width: Int { pieces.reduce(0) { $0 + $1.text.count } }

    /// Text without looks.
    var plain: String { pieces.map(\.text).joined() }

    /// Fills with spaces up to a column.
    mutating func pad(to column: Int, _ tint: Tint = .plain) {
        append(String(repeating: " ", count: max(0, column - width)), tint)
    }

    /// Puts a text at the right end of a line of that width.
    mutating func appendRight(_ text: String, _ tint: Tint = .plain, width: Int) {
        pad(to: width - text.count, tint)
        append(text, tint)
    }

    /// At most so many columns; a cut is marked.
    func clipped(to columns: Int) -> ScreenText {
        guard width > columns else { return self }
        var left = columns - 1
        var clipped = ScreenText()
        for piece in pieces where left > 0 {
            let kept = String(piece.text.prefix(left))
            clipped.append(kept, piece.tint)
            left -= kept.count
        }
        if columns > 0 { clipped.append("…", .dim) }
        return clipped
    }

    /// As a terminal takes it.
    func ansi(colours: Bool) -> String {
        guard colours else { return plain }
        return pieces.map { piece in
            piece.tint == .plain
                ? piece.text : "\u{1b}[\(piece.tint.rawValue)m\(piece.text)\u{1b}[0m"
        }.joined()
    }

    static func + (left: ScreenText, right: ScreenText) -> ScreenText {
        var sum = left
        sum.pieces += right.pieces
        return sum
    }
}

/// Breaks text into lines of words.
enum WordWrap {
    static func lines(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty ? lines : lines + [line]
    }
}
