/// As much of a terminal as the live screen uses: cursor, erasing, the other screen.
struct ScreenEmulator {
    private(set) var lines: [[Character]]
    /// What was written to the normal screen.
    private(set) var normal = ""
    private(set) var isOther = false
    private(set) var isCursorShown = true
    private(set) var usesColours = false
    private let columns: Int
    private var row = 0
    private var column = 0
    private var pending: [Unicode.Scalar]?

    init(columns: Int, rows: Int) {
        self.columns = columns
        lines = Array(repeating: [], count: rows)
    }

    /// The other screen's text.
    var text: String { lines.map { String($0) }.joined(separator: "\n") }

    mutating func write(_ text: String) {
        for scalar in text.unicodeScalars {
            if var sequence = pending {
                sequence.append(scalar)
                pending = sequence
                if sequence.count > 1, (0x40...0x7e).contains(scalar.value) {
                    pending = nil
                    obey(sequence)
                }
            } else if scalar.value == 0x1b {
                pending = []
            } else if isOther {
                put(scalar)
            } else {
                normal.unicodeScalars.append(scalar)
            }
        }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        guard scalar.value >= 0x20, row < lines.count else { return }
        while lines[row].count <= column { lines[row].append(" ") }
        lines[row][column] = Character(scalar)
        column = min(column + 1, columns - 1)
    }

    private mutating func obey(_ sequence: [Unicode.Scalar]) {
        let text = String(String.UnicodeScalarView(sequence.dropFirst()))
        switch text {
        case "?1049h":
            isOther = true
        case "?1049l": isOther = false
        case "?25l": isCursorShown = false
        case "?25h": isCursorShown = true
        case "2J": for index in lines.indices { lines[index] = [] }
        case "K": if row < lines.count { lines[row] = Array(lines[row].prefix(column)) }
        case _ where text.hasSuffix("H"):
            let parts = text.dropLast().split(separator: ";").compactMap { Int($0) }
            row = (parts.first ?? 1) - 1
            column = (parts.dropFirst().first ?? 1) - 1
        case "0m": break
        case _ where text.hasSuffix("m"): if isOther { usesColours = true }
        default: break
        }
    }
}
