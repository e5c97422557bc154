internal import CBytes
internal import Glibc

/// The fast path's values that are not of the usual form. Each accepts only what the validator
/// accepts; nil leaves the record to the validator.
extension OrderScanner {
    /// The end of an order id whose length was not predicted; predicts it for the next record.
    @inline(never)
    static func orderID(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>,
        _ step: UnsafeMutablePointer<PlanStep>
    ) -> UnsafePointer<UInt8>? {
        guard start.pointee != 0x20 else { return nil }
        var at = start
        var bits = cbytes_special64(at)
        while bits == 0 {
            at += 64
            guard at < end, at - start <= OrderLimits.stringBytes else { return nil }
            bits = cbytes_special64(at)
        }
        at += bits.trailingZeroBitCount
        let count = at - start
        guard at < end, at.pointee == UInt8(ascii: "\""), count > 0,
            count <= OrderLimits.stringBytes
        else { return nil }
        if count < 63 {
            step.pointee.number = Int32(count)
            step.pointee.word0 = (2 << UInt64(count)) - 1
            step.pointee.word1 = 1 << UInt64(count)
        }
        return at
    }

    /// Whether a known segment stands here.
    @inline(__always)
    static func sameSegment(
        _ start: UnsafePointer<UInt8>, _ known: UnsafeRawPointer, _ length: Int
    ) -> Bool {
        if _fastPath(length >= 64) {
            let tail = length &- 64
            if cbytes_differs64(start, known) | cbytes_differs64(start + tail, known + tail) != 0 {
                return false
            }
            return _fastPath(length <= 128) || memcmp(start + 64, known + 64, length - 128) == 0
        }
        let inside: UInt64 = (1 &<< UInt64(length)) &- 1
        return cbytes_equal64(start, known) & inside == inside
    }

    /// The closing quotation mark of a string as written, whatever is in it.
    @inline(__always)
    static func endOfRawString(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var at = start
        while true {
            let bits = cbytes_stop16(at)
            if bits == 0 {
                at += 16
                guard at < end else { return nil }
                continue
            }
            at += bits.trailingZeroBitCount
            guard at < end else { return nil }
            if at.pointee == UInt8(ascii: "\"") { return at }
            guard at.pointee == UInt8(ascii: "\\") else { return nil }
            at += 2
        }
    }

    /// The closing quotation mark of a string that no query uses: plain ASCII of any length.
    @inline(__always)
    static func endOfString(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var at = start
        while true {
            let bits = cbytes_special16(at)
            if _fastPath(bits != 0) {
                at += bits.trailingZeroBitCount
                return at < end && at.pointee == UInt8(ascii: "\"") ? at : unusualString(at, end)
            }
            at += 16
            guard at < end else { return nil }
        }
    }

    /// The rest of a string with bytes beyond ASCII or 0x7f; escapes are left to the validator.
    @inline(never)
    private static func unusualString(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var at = start
        while at < end {
            switch at.pointee {
            case UInt8(ascii: "\""): return at
            case UInt8(ascii: "\\"), 0..<0x20: return nil
            default:
                let length = UTF8Rule.sequenceLength(at, available: end - at)
                guard length > 0 else { return nil }
                at += length
            }
        }
        return nil
    }

    /// The byte after a JSON number; the block's slack ends it at the latest.
    @inline(never)
    static func endOfNumber(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        var at = start
        if at.pointee == UInt8(ascii: "-") { at += 1 }
        if at.pointee == UInt8(ascii: "0") {
            at += 1
        } else {
            guard let after = digits(at) else { return nil }
            at = after
        }
        if at.pointee == UInt8(ascii: ".") {
            guard let after = digits(at + 1) else { return nil }
            at = after
        }
        if at.pointee | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at.pointee == UInt8(ascii: "+") || at.pointee == UInt8(ascii: "-") { at += 1 }
            guard let after = digits(at) else { return nil }
            at = after
        }
        return at
    }

    /// Whether so many digits stand here: those of a fraction after the sixth, which are cut (R19).
    @inline(never)
    static func areDigits(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        for at in 0..<count where start[at] &- 0x30 > 9 { return false }
        return true
    }

    private static func digits(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        var at = start
        while at.pointee &- 0x30 < 10 { at += 1 }
        return at > start ? at : nil
    }

    /// A price that is whole, or has more than seven characters; 0 means it is none.
    @inline(never)
    static func longPrice(
        _ start: UnsafePointer<UInt8>
    ) -> (price: Int64, count: Int)? {
        var at = 0
        var value: Int64 = 0
        while start[at] &- 0x30 < 10, at < 9 {
            value = value * 10 + Int64(start[at] - 0x30)
            at += 1
        }
        guard at > 0, at < 9, start[0] != 0x30 || at == 1 else { return nil }
        value *= 10_000
        guard start[at] == UInt8(ascii: ".") else { return (value, at) }
        at += 1
        let first = at
        var unit: Int64 = 1000
        while start[at] &- 0x30 < 10 {
            guard unit > 0 else { return nil }
            value += Int64(start[at] - 0x30) * unit
            unit /= 10
            at += 1
        }
        return at > first ? (value, at) : nil
    }
}
