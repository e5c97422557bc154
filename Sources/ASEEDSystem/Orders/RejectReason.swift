/// Why a record is no valid order. The cases stand in the order of the checks (R10–R20): of all
/// that apply, the first is the record's reason.
public enum RejectReason: UInt8, CaseIterable, Sendable {
    /// More than 1,048,576 bytes (R11).
    case recordTooLarge = 1
    /// Nothing but space, tab, CR and LF (R11).
    case empty
    /// Not well-formed UTF-8 (R11).
    case encoding
    /// Not exactly one RFC 8259 text (R12).
    case jsonSyntax
    /// JSON, but no object (R13).
    case notObject
    /// One of the seven names occurs twice (R13).
    case duplicateField
    /// Absent, null, or nothing but spaces (R15).
    case missingField
    /// Not of the field's JSON type (R15).
    case wrongType
    /// Over 256 bytes or with control characters (R16).
    case stringInvalid
    /// Price at most 0 (R17).
    case priceNotPositive
    /// Price above 99,999,999.9999 (R17).
    case priceRange
    /// Price no multiple of 0.0001 (R17).
    case priceScale
    /// Quantity with a fraction (R18).
    case quantityNotInteger
    /// Quantity outside 1…1,000,000 (R18).
    case quantityRange
    /// Timestamp not of the form of R19.
    case timestampFormat
    /// Event time before 1970 (R19).
    case timestampRange
    /// Event time after the batch's future bound (R20).
    case timestampFuture

    /// The reason's name in the dead-letter log, in counters and in messages.
    public var name: String {
        switch self {
        case .recordTooLarge: "record_too_large"
        case .empty: "empty"
        case .encoding: "encoding"
        case .jsonSyntax: "json_syntax"
        case .notObject: "not_object"
        case .duplicateField: "duplicate_field"
        case .missingField: "missing_field"
        case .wrongType: "wrong_type"
        case .stringInvalid: "string_invalid"
        case .priceNotPositive: "price_not_positive"
        case .priceRange: "price_range"
        case .priceScale: "price_scale"
        case .quantityNotInteger: "quantity_not_integer"
        case .quantityRange: "quantity_range"
        case .timestampFormat: "timestamp_format"
        case .timestampRange: "timestamp_range"
        case .timestampFuture: "timestamp_future"
        }
    }
}
