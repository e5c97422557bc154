/// Numbers as the page writes them, derived from the digits that the API gave.
enum PageText {
    /// `1234567` → `1,234,567`
    static func grouped(_ digits: String) -> String {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// `1234.5000` → `1,234.50`: all digits, at least two places.
    static func money(_ digits: String) -> String {
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        var places = parts.count > 1 ? String(parts[1]) : ""
        while places.count > 2, places.hasSuffix("0") { places.removeLast() }
        while places.count < 2 { places.append("0") }
        return grouped(String(parts[0])) + "." + places
    }
}
