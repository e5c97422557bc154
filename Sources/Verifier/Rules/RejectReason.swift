/// Why a record is rejected, in the order in which the checks run (R10).
enum RejectReason: UInt8, CaseIterable, Error {
    case recordTooLarge
    case empty
    case encoding
    case jsonSyntax
    case notObject
    case duplicateField
    case missingField
    case wrongType
    case stringInvalid
    case priceNotPositive
    case priceRange
    case priceScale
    case quantityNotInteger
    case quantityRange
    case timestampFormat
    case timestampRange
    case timestampFuture

    /// The name that is published.
    var name: String {
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

    /// Whether the record was at least an object, so that its order id can be looked at.
    var isAfterObject: Bool { rawValue > RejectReason.duplicateField.rawValue }
}
