/// Equality of JSON numbers by their exact value: `299.9900` equals `299.99` and `2.9999e2`.
enum ExactNumber {
    /// One text for each value. The digits are a valid JSON number.
    static func canonical(_ digits: String) -> String {
        var rest = digits.utf8[...]
        let negative = rest.first == UInt8(ascii: "-")
        if negative { rest.removeFirst() }
        var significant: [UInt8] = []
        var exponent = 0
        var inFraction = false
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "."): inFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                // An exponent too large for Int compares as the text it is.
                guard let written = Int(String(decoding: rest, as: UTF8.self)),
                    abs(written) < 1_000_000_000
                else { return digits }
                exponent += written
                rest = rest[rest.endIndex...]
            default:
                significant.append(byte)
                if inFraction { exponent -= 1 }
            }
        }
        while significant.last == UInt8(ascii: "0") {
            significant.removeLast()
            exponent += 1
        }
        let leading = significant.prefix { $0 == UInt8(ascii: "0") }.count
        significant.removeFirst(leading)
        if significant.isEmpty { return "0" }
        return (negative ? "-" : "") + String(decoding: significant, as: UTF8.self) + "e\(exponent)"
    }

    /// A JSON number in ten-thousandths, rounded half up; nil when it is beyond 128 bits.
    static func tenThousandths(_ digits: String) -> Int128? {
        let text = canonical(digits)
        if text == "0" { return 0 }
        let parts = text.split(separator: "e")
        guard parts.count == 2, var value = Int128(parts[0]), let written = Int(parts[1]) else {
            return nil
        }
        var exponent = written + 4
        while exponent > 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
            exponent -= 1
        }
        guard exponent < 0 else { return value }
        // All but the last of the superfluous digits go; the last decides on the rounding.
        while exponent < -1, value != 0 {
            value /= 10
            exponent += 1
        }
        return value / 10 + (value % 10 >= 5 ? 1 : 0)
    }

    /// The digits of a JSON number that is whole and not negative, whatever its notation: `2.0e1`
    /// is 20; nil for others, and for those with more digits than a field takes.
    static func whole(_ digits: String) -> String? {
        let text = canonical(digits)
        if text == "0" { return "0" }
        let parts = text.split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]), exponent >= 0,
            parts[0].first != "-", parts[0].utf8.count + exponent <= FieldCheck.maxNumberBytes
        else { return nil }
        return parts[0] + String(repeating: "0", count: exponent)
    }
}

extension JSONValue {
    /// The number when it is whole, not negative, and fits 64 bits, whatever its notation.
    var wholeNumber: Int64? { numberText.flatMap(ExactNumber.whole).flatMap { Int64($0) } }
}
