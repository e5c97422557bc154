/// A JSON number by its exact value: the digits from the first to the last that is not zero, and
/// the powers of ten at which these two stand. 19.990e0 is the digits 1999 from 1 down to −2.
struct ExactDecimal {
    fileprivate let digits: UnsafeRawBufferPointer
    let isNegative: Bool
    let isZero: Bool
    /// The power of ten of the first digit that is not zero.
    private(set) var topPower = 0
    /// The power of ten of the last digit that is not zero.
    private(set) var lowPower = 0

    /// Reads a number that the scanner accepted. Its digits may be many, its exponent any.
    init(_ text: UnsafeRawBufferPointer) {
        isNegative = text.first == UInt8(ascii: "-")
        var index = isNegative ? 1 : 0
        var first: Int?
        var last = 0
        var integerDigits = 0
        var seenDigits = 0
        var hasPoint = false
        var firstPlace = 0
        var lastPlace = 0
        scan: while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "."):
                hasPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                break scan
            default:
                if byte != UInt8(ascii: "0") {
                    if first == nil {
                        first = index
                        firstPlace = seenDigits
                    }
                    last = index
                    lastPlace = seenDigits
                }
                seenDigits += 1
                if !hasPoint { integerDigits += 1 }
            }
            index += 1
        }
        guard let first else {
            isZero = true
            digits = UnsafeRawBufferPointer(rebasing: text[..<0])
            return
        }
        isZero = false
        digits = UnsafeRawBufferPointer(rebasing: text[first...last])
        let exponent = Self.exponent(text[index...])
        topPower = integerDigits - 1 - firstPlace + exponent
        lowPower = integerDigits - 1 - lastPlace + exponent
    }

    /// The explicit exponent. Beyond 10^15 the digits of a record can't make up for it any more.
    private static func exponent(_ text: Slice<UnsafeRawBufferPointer>) -> Int {
        guard !text.isEmpty else { return 0 }
        var value = 0
        var isNegative = false
        for byte in text.dropFirst() {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "+"): continue
            default: value = min(value * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000_000_000_000)
            }
        }
        return isNegative ? -value : value
    }

    /// The value in units of 10^−`scale`.
    ///
    /// Only for values that are whole in these units and below 10^18 of them.
    func units(scale: Int) -> Int64 {
        var value: Int64 = 0
        for byte in digits where byte != UInt8(ascii: ".") {
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        for _ in 0..<max(0, isZero ? 0 : lowPower + scale) { value *= 10 }
        return value
    }

    /// The price in ten-thousandths, or the first rule it breaks (R17).
    func price() -> Result<Int64, RejectReason> {
        if isNegative || isZero { return .failure(.priceNotPositive) }
        // 99,999,999.9999 has its first digit at 10^7; more than that many nines is above it.
        if topPower > 7 || topPower == 7 && lowPower < -4 && startsWithNines(12) {
            return .failure(.priceRange)
        }
        if lowPower < -4 { return .failure(.priceScale) }
        return .success(units(scale: 4))
    }

    /// The quantity, or the first rule it breaks (R18).
    func quantity() -> Result<Int64, RejectReason> {
        if isZero { return .failure(.quantityRange) }
        if lowPower < 0 { return .failure(.quantityNotInteger) }
        if isNegative || topPower > 6 { return .failure(.quantityRange) }
        let value = units(scale: 0)
        return value <= 1_000_000 ? .success(value) : .failure(.quantityRange)
    }

    private func startsWithNines(_ count: Int) -> Bool {
        var nines = 0
        for byte in digits where byte != UInt8(ascii: ".") {
            if nines == count { return true }
            guard byte == UInt8(ascii: "9") else { return false }
            nines += 1
        }
        return nines >= count
    }
}

extension ExactDecimal {
    /// Whether two numbers are the same number.
    func isEqual(to other: ExactDecimal) -> Bool {
        if isZero || other.isZero { return isZero && other.isZero }
        guard isNegative == other.isNegative, topPower == other.topPower,
            lowPower == other.lowPower
        else { return false }
        let point = UInt8(ascii: ".")
        return digits.lazy.filter { $0 != point }.elementsEqual(
            other.digits.lazy.filter { $0 != point })
    }
}

extension ExactDecimal {
    /// The value in units of 10^−`scale`; nil when it is not whole in them, or has more than 37
    /// digits.
    func wholeUnits(scale: Int) -> Int128? {
        if isZero { return 0 }
        guard lowPower + scale >= 0, topPower + scale < 37 else { return nil }
        var value: Int128 = 0
        for byte in digits where byte != UInt8(ascii: ".") {
            value = value * 10 + Int128(byte - UInt8(ascii: "0"))
        }
        for _ in 0..<lowPower + scale { value *= 10 }
        return isNegative ? -value : value
    }
}
