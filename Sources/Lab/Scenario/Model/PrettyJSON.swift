internal import ASEEDSystem

/// JSON for people: two spaces a level; arrays of plain values stay on one line.
enum PrettyJSON {
    /// A value's text, with a newline at the end.
    static func text(_ value: JSONValue) -> String {
        var text = ""
        write(value, indent: 0, to: &text)
        return text + "\n"
    }

    private static func write(_ value: JSONValue, indent: Int, to text: inout String) {
        let inner = String(repeating: "  ", count: indent + 1)
        switch value.kind {
        case .object(let members) where !members.isEmpty:
            text += "{\n"
            for (index, member) in members.enumerated() {
                text += inner + compact(JSONValue(.string(member.name))) + ": "
                write(member.value, indent: indent + 1, to: &text)
                text += index + 1 < members.count ? ",\n" : "\n"
            }
            text += inner.dropLast(2) + "}"
        case .array(let elements) where elements.contains { isNested($0) }:
            text += "[\n"
            for (index, element) in elements.enumerated() {
                text += inner
                write(element, indent: indent + 1, to: &text)
                text += index + 1 < elements.count ? ",\n" : "\n"
            }
            text += inner.dropLast(2) + "]"
        case .array(let elements):
            text += "[" + elements.map(compact).joined(separator: ", ") + "]"
        default: text += compact(value)
        }
    }

    private static func isNested(_ value: JSONValue) -> Bool {
        value.members?.isEmpty == false || value.elements != nil
    }

    private static func compact(_ value: JSONValue) -> String {
        var json = JSONWriter()
        json.value(value)
        return json.text
    }
}
