internal import ASEEDSystem

/// Collects the mistakes of one file, so that all are told at once.
final class ProblemCollector {
    private let file: String
    private let bytes: [UInt8]
    private var found: [(offset: Int, message: String)] = []
    private var seen: Set<String> = []
    /// What stands at an offset because a `${param}` was replaced there.
    private var substituted: [Int: String] = [:]

    init(file: String, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }

    var isEmpty: Bool { found.isEmpty }

    /// Adds a mistake at a byte of the file.
    func add(at offset: Int, _ message: String) {
        let note = substituted[offset].map { " (value of \($0))" } ?? ""
        // The cells of a matrix repeat what is wrong in all of them.
        guard seen.insert("\(offset) \(message)\(note)").inserted else { return }
        found.append((offset, message + note))
    }

    /// Adds a mistake at a byte inside a string; at its start where escapes or a parameter make the
    /// file's text another one than the value.
    func add(in value: JSONValue, at index: Int, _ message: String) {
        let start = value.offset + 1
        guard let text = value.string, substituted[value.offset] == nil,
            start + text.utf8.count < bytes.count,
            bytes[start..<(start + text.utf8.count)].elementsEqual(text.utf8)
        else { return add(at: value.offset, message) }
        add(at: start + index, message)
    }

    /// Remembers that the value at an offset came from these parameters.
    func noteSubstitution(at offset: Int, _ names: [String]) {
        substituted[offset] = names.map { "${\($0)}" }.joined(separator: ", ")
    }

    /// All mistakes in the order of the text.
    var problems: ScenarioProblems {
        let sorted = found.enumerated().sorted {
            ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset)
        }
        return ScenarioProblems(
            problems: sorted.map { entry in
                let place = TextPosition.lineAndColumn(of: entry.element.offset, in: bytes)
                return ScenarioProblem(
                    file: file, line: place.line, column: place.column,
                    message: entry.element.message)
            })
    }
}
