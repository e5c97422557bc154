internal import CBytes

/// The strict slow path: parses one record and applies R11–R20 in their order.
///
/// Owns one scratch buffer for unescaped strings; belongs to one thread.
final class RecordValidator {
    /// Spans of the last record's seven values.
    private(set) var fields: InlineArray<7, FieldSpan> = .init(repeating: FieldSpan())
    /// The last valid record's numbers.
    private(set) var values = OrderValues()
    private let scratch: UnsafeMutablePointer<UInt8>

    init() { scratch = .allocate(capacity: OrderLimits.recordBytes + 64) }
    deinit { scratch.deallocate() }

    /// Judges a record.
    ///
    /// - Parameters:
    ///   - record: its bytes, with at least 16 readable bytes after `count`.
    ///   - futureBound: the latest event time that is accepted, microseconds (R46).
    /// - Returns: nil when it is valid (`values` and `fields` then hold it), else the reason.
    func judge(_ record: UnsafePointer<UInt8>, count: Int, futureBound: Int64) -> RejectReason? {
        if count > OrderLimits.recordBytes { return .recordTooLarge }
        var parser = RecordParser(record, count: count)
        if let reason = parser.parse() {
            if isBlank(record, count: count) { return .empty }
            // Only text that is not one JSON value can be ill-formed: the parser checks strings.
            if reason == .jsonSyntax, !UTF8Rule.isWellFormed(record, count: count) {
                return .encoding
            }
            return reason
        }
        fields = parser.fields
        for field in 0...3 {
            if let reason = checkString(fields[field], record) { return reason }
        }
        return checkNumbers(record) ?? checkTime(record, futureBound: futureBound)
    }

    /// A field's string of the last record, unescaped.
    func string(_ field: OrderField, of record: UnsafePointer<UInt8>) -> [UInt8] {
        let span = fields[field.rawValue]
        guard span.hasEscape else {
            return Array(UnsafeBufferPointer(start: record + span.start, count: span.count))
        }
        let count = JSONEscape.unescape(record + span.start, count: span.count, into: scratch)
        return Array(UnsafeBufferPointer(start: scratch, count: count))
    }

    private func isBlank(_ record: UnsafePointer<UInt8>, count: Int) -> Bool {
        for at in 0..<count {
            let byte = record[at]
            guard byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a else { return false }
        }
        return true
    }

    /// R15 and R16 for a field that must be a string.
    @inline(__always)
    private func checkString(
        _ span: FieldSpan, _ record: UnsafePointer<UInt8>
    ) -> RejectReason? {
        guard span.kind == .string else {
            return span.kind == .absent || span.kind == .null ? .missingField : .wrongType
        }
        // Usual strings are short, unescaped ASCII that does not begin with a space.
        if span.count < 16, !span.hasEscape, span.count > 0, record[span.start] != 0x20 {
            let inside: UInt32 = (1 &<< UInt32(span.count)) &- 1
            if cbytes_special16(record + span.start) & inside == 0 { return nil }
        }
        return checkUnusualString(span, record)
    }

    private func checkUnusualString(
        _ span: FieldSpan, _ record: UnsafePointer<UInt8>
    ) -> RejectReason? {
        var text = record + span.start
        var count = span.count
        if span.hasEscape {
            count = JSONEscape.unescape(text, count: count, into: scratch)
            text = UnsafePointer(scratch)
        }
        var onlySpaces = true
        var hasControl = false
        for at in 0..<count {
            if text[at] != 0x20 { onlySpaces = false }
            if text[at] < 0x20 || text[at] == 0x7f { hasControl = true }
        }
        if onlySpaces { return .missingField }
        return hasControl || count > OrderLimits.stringBytes ? .stringInvalid : nil
    }

    /// R15, R17 and R18.
    private func checkNumbers(_ record: UnsafePointer<UInt8>) -> RejectReason? {
        let price = fields[OrderField.price.rawValue]
        if let reason = checkNumber(price, record) { return reason }
        switch PriceRule.value(JSONNumber(record + price.start, count: price.count)) {
        case .success(let value): values.price = value
        case .failure(let reason): return reason
        }
        let quantity = fields[OrderField.quantity.rawValue]
        if let reason = checkNumber(quantity, record) { return reason }
        switch QuantityRule.value(JSONNumber(record + quantity.start, count: quantity.count)) {
        case .success(let value): values.quantity = value
        case .failure(let reason): return reason
        }
        return nil
    }

    private func checkNumber(_ span: FieldSpan, _ record: UnsafePointer<UInt8>) -> RejectReason? {
        switch span.kind {
        case .number: return nil
        case .absent, .null: return .missingField
        case .other: return .wrongType
        case .string:
            // A string of nothing but spaces counts as missing for every field (R15).
            return checkUnusualString(span, record) == .missingField ? .missingField : .wrongType
        }
    }

    /// R15, R16, R19 and R20.
    private func checkTime(
        _ record: UnsafePointer<UInt8>, futureBound: Int64
    ) -> RejectReason? {
        let span = fields[OrderField.timestamp.rawValue]
        if let reason = checkString(span, record) { return reason }
        var text = record + span.start
        var count = span.count
        if span.hasEscape {
            count = JSONEscape.unescape(text, count: count, into: scratch)
            text = UnsafePointer(scratch)
        }
        guard let time = TimestampRule.eventTime(text, count: count) else {
            return .timestampFormat
        }
        if time < 0 { return .timestampRange }
        if time > futureBound { return .timestampFuture }
        values.eventTime = time
        return nil
    }
}
