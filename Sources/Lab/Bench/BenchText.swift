internal import Foundation

/// Numbers as people read them.
enum BenchText {
    /// `950`, `12.3 k`, `24.61 M`.
    static func count(_ value: Double) -> String {
        if value >= 1e6 { return decimal(value / 1e6, places: 2) + " M" }
        if value >= 1e4 { return decimal(value / 1e3, places: 1) + " k" }
        return decimal(value, places: 0)
    }

    /// Always so many digits after the point.
    static func decimal(_ value: Double, places: Int) -> String {
        String(format: "%.\(places)f", value)
    }

    /// `5,000,000`.
    static func grouped(_ value: Int64) -> String {
        var digits = String(value.magnitude)
        var text = ""
        while digits.count > 3 {
            text = ",\(digits.suffix(3))\(text)"
            digits.removeLast(3)
        }
        return (value < 0 ? "-" : "") + digits + text
    }

    /// A hash as 16 hexadecimal digits.
    static func hash(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    /// The text, followed by spaces up to a width.
    static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// The text after spaces up to a width.
    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
