internal import ASEEDSystem
internal import Glibc

/// Colours for people at a terminal; none in pipes, with `NO_COLOR`, or on a dumb terminal.
struct TerminalStyle: Sendable {
    enum Colour: String, Sendable {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case dim = "2"
        case bold = "1"
    }

    let isOn: Bool

    init(isOn: Bool) { self.isOn = isOn }

    /// Whether this stream wants colours.
    init(for stream: StandardStream) {
        let term = Environment.value("TERM") ?? ""
        let refused = Environment.value("NO_COLOR").map { !$0.isEmpty } ?? false
        isOn = stream.isTerminal && !refused && term != "dumb"
    }

    /// The text in a colour.
    func callAsFunction(_ text: String, _ colour: Colour) -> String {
        isOn ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// The process's environment.
enum Environment {
    /// A variable's value; nil when it is not set.
    static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// All names that are set.
    static var names: [String] {
        var names: [String] = []
        var entry = environ
        while let text = entry.pointee {
            names.append(String(String(cString: text).prefix { $0 != "=" }))
            entry = entry.advanced(by: 1)
        }
        return names
    }
}
