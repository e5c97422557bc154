/// The exact value of a JSON number: digits × 10^exponent, judged without rounding (R17, R18).
struct JSONNumber {
    /// The first and the last digit that are not zero bound the significant digits.
    private let bytes: UnsafePointer<UInt8>
    private let firstDigit: Int
    private let lastDigit: Int
    private let point: Int
    private let digitCount: Int
    private let exponent: Int
    let isNegative: Bool

    /// Whether the value is 0.
    var isZero: Bool { digitCount == 0 }

    /// The power of ten of the last significant digit; 1.9 has -1, 500 has 2.
    var lastPower: Int { exponent }

    /// The power of ten above the first significant digit: the value is below 10^this.
    var abovePower: Int { exponent + digitCount }

    /// Takes a number token that the parser accepted.
    init(_ bytes: UnsafePointer<UInt8>, count: Int) {
        self.bytes = bytes
        isNegative = bytes[0] == UInt8(ascii: "-")
        var at = isNegative ? 1 : 0
        var first = -1
        var last = -1
        var pointAt = -1
        var integerEnd = -1
        while at < count, bytes[at] | 0x20 != UInt8(ascii: "e") {
            if bytes[at] == UInt8(ascii: ".") {
                pointAt = at
            } else if bytes[at] != UInt8(ascii: "0") {
                if first < 0 { first = at }
                last = at
            }
            at += 1
        }
        integerEnd = pointAt >= 0 ? pointAt : at
        var power = 0
        if at < count {
            at += 1
            let negativePower = bytes[at] == UInt8(ascii: "-")
            if negativePower || bytes[at] == UInt8(ascii: "+") { at += 1 }
            while at < count {
                // Far beyond any record's length the sign alone matters.
                if power < 1 << 40 { power = power * 10 + Int(bytes[at] - UInt8(ascii: "0")) }
                at += 1
            }
            if negativePower { power = -power }
        }
        firstDigit = first
        lastDigit = last
        point = pointAt
        guard first >= 0 else {
            digitCount = 0
            exponent = 0
            return
        }
        let spansPoint = pointAt > first && pointAt < last
        digitCount = last - first + 1 - (spansPoint ? 1 : 0)
        exponent = power + (last < integerEnd ? integerEnd - 1 - last : integerEnd - last)
    }

    /// The value × 10^scale.
    ///
    /// - Precondition: that is an integer below 10^18, so `lastPower + scale >= 0` and
    ///   `abovePower + scale <= 18`.
    func scaled(by scale: Int) -> Int64 {
        var value: Int64 = 0
        guard digitCount > 0 else { return 0 }
        for at in firstDigit...lastDigit where at != point {
            value = value * 10 + Int64(bytes[at] - UInt8(ascii: "0"))
        }
        for _ in 0..<(exponent + scale) { value *= 10 }
        return isNegative ? -value : value
    }

    /// Whether the first `count` significant digits are all 9.
    func startsWithNines(_ count: Int) -> Bool {
        guard digitCount >= count else { return false }
        var seen = 0
        var at = firstDigit
        while seen < count {
            if at != point {
                guard bytes[at] == UInt8(ascii: "9") else { return false }
                seen += 1
            }
            at += 1
        }
        return true
    }
}

/// The price rule (R17).
enum PriceRule {
    /// Ten-thousandths, or the reason.
    static func value(_ number: JSONNumber) -> Result<Int64, RejectReason> {
        if number.isZero || number.isNegative { return .failure(.priceNotPositive) }
        if number.abovePower > 8 { return .failure(.priceRange) }
        guard number.lastPower >= -4 else {
            // Between 99,999,999.9999 and 10^8 lies no multiple of 0.0001.
            let above = number.abovePower == 8 && number.startsWithNines(12)
            return .failure(above ? .priceRange : .priceScale)
        }
        return .success(number.scaled(by: 4))
    }
}

/// The quantity rule (R18).
enum QuantityRule {
    /// The count, or the reason.
    static func value(_ number: JSONNumber) -> Result<Int64, RejectReason> {
        if number.isZero { return .failure(.quantityRange) }
        if number.lastPower < 0 { return .failure(.quantityNotInteger) }
        if number.isNegative || number.abovePower > 7 { return .failure(.quantityRange) }
        let value = number.scaled(by: 0)
        return value <= OrderLimits.quantity ? .success(value) : .failure(.quantityRange)
    }
}

extension RejectReason: Error {}
