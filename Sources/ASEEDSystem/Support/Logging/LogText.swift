/// Log lines for people.
public enum LogText {
    private static let known: Set = ["time", "level", "service", "event", "message"]

    /// A line of a log file in readable form; what is no line of a log stays as it is.
    ///
    ///     2024-01-15 14:30:00.123 WARN  dashboard  the disk is full  (path=/data)
    ///
    /// - Parameter colours: whether warnings and errors are coloured for a terminal.
    public static func readable(_ line: some StringProtocol, colours: Bool = false) -> String {
        let whole = String(line)
        guard whole.utf8.first == UInt8(ascii: "{"), let json = try? JSONParser.parse(whole),
            let time = json["time"]?.string, let name = json["level"]?.string,
            let service = json["service"]?.string, let message = json["message"]?.string
        else { return printable(whole) }
        let when = time.prefix(23).map { $0 == "T" ? " " : $0 }
        var shown = "\(String(when)) \(painted(name, colours))  \(service)  \(message)"
        let rest = (json.members ?? []).filter { !known.contains($0.name) }
        if !rest.isEmpty {
            shown += "  (" + rest.map { "\($0.name)=\(text(of: $0.value))" }.joined(separator: " ")
            shown += ")"
        }
        return printable(shown, escapes: colours)
    }

    private static func painted(_ name: String, _ colours: Bool) -> String {
        let padded = name + String(repeating: " ", count: max(0, 5 - name.utf8.count))
        guard colours else { return padded }
        switch name {
        case "ERROR": return "\u{1b}[31m\(padded)\u{1b}[0m"
        case "WARN": return "\u{1b}[33m\(padded)\u{1b}[0m"
        case "DEBUG": return "\u{1b}[2m\(padded)\u{1b}[0m"
        default: return padded
        }
    }

    private static func text(of value: JSONValue) -> String {
        if let text = value.string { return text }
        var json = JSONWriter()
        json.value(value)
        return json.text
    }

    /// Without control characters, which could change what a terminal shows; a line feed in a
    /// message begins an indented line.
    private static func printable(_ text: String, escapes: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else {
            return text
        }
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0a: shown += "\n    "
            case 0x09: shown += " "
            case 0x1b where escapes: shown.unicodeScalars.append(scalar)
            case 0..<0x20, 0x7f: shown += "\u{fffd}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
