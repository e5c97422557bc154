/// Which orders are not plain ones. A fraction of 0 turns a kind off.
public struct QualityMix: Equatable, Sendable {
    /// Orders behind the greatest event time of their partition.
    public struct OutOfOrder: Equatable, Sendable {
        /// Of all orders.
        public var fraction = 0.0
        /// They are 1 µs to this behind.
        public var maxDelayMs: Int64 = 0
        /// None.
        public init() {}
    }

    /// Orders behind the watermark of their partition.
    public struct Late: Equatable, Sendable {
        /// Of all orders.
        public var fraction = 0.0
        /// Behind the watermark by at least this.
        public var minDelayMs: Int64 = 0
        /// Behind the watermark by at most this.
        public var maxDelayMs: Int64 = 0
        /// None.
        public init() {}
    }

    /// A producer's fault: the same record once more.
    public struct Duplicates: Equatable, Sendable {
        /// Of all orders.
        public var fraction = 0.0
        /// At most so many orders later.
        public var maxGap: Int64 = 1
        /// None.
        public init() {}
    }

    /// Records that the engine rejects.
    public struct Invalid: Equatable, Sendable {
        /// Of all orders.
        public var fraction = 0.0
        /// Which ones, all alike.
        public var kinds = InvalidKind.usual
        /// None.
        public init() {}
    }

    /// Orders behind the greatest event time of their partition.
    public var outOfOrder = OutOfOrder()
    /// Orders behind the watermark of their partition.
    public var late = Late()
    /// Whether orders lie exactly at, 1 µs before and 1 µs after window ends and lateness limits.
    public var boundary = false
    /// The same records once more.
    public var duplicates = Duplicates()
    /// Records that the engine rejects.
    public var invalid = Invalid()

    /// None of it.
    public init() {}
}

/// The reasons for which a record is rejected (R11–R20), in the order of the checks.
public enum InvalidKind: UInt8, CaseIterable, Sendable {
    /// More than 1 MiB.
    case recordTooLarge
    /// Nothing but white space.
    case empty
    /// No UTF-8.
    case encoding
    /// No JSON.
    case jsonSyntax
    /// JSON, but no object.
    case notObject
    /// One of the seven names twice.
    case duplicateField
    /// A field absent, null or blank.
    case missingField
    /// A number where a string belongs, or the other way round.
    case wrongType
    /// Too long, or with a control character.
    case stringInvalid
    /// 0 or less.
    case priceNotPositive
    /// Above 99,999,999.9999.
    case priceRange
    /// Finer than 0.0001.
    case priceScale
    /// With a fraction.
    case quantityNotInteger
    /// Below 1 or above 1,000,000.
    case quantityRange
    /// No such time.
    case timestampFormat
    /// Before 1970.
    case timestampRange
    /// Beyond the future bound.
    case timestampFuture

    /// As the reject counters name the reason.
    public var reason: String {
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

    /// The kind of that reason.
    public init?(reason: String) {
        guard let kind = Self.allCases.first(where: { $0.reason == reason }) else { return nil }
        self = kind
    }

    /// What a mix uses that names no kinds: all but records of more than 1 MiB.
    public static var usual: [InvalidKind] { allCases.filter { $0 != .recordTooLarge } }
}
