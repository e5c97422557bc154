/// The seven fields of an order, in the order of their checks (R14).
public enum OrderField: Int, CaseIterable, Sendable {
    case orderID, productID, productName, category, price, quantity, timestamp

    /// The field's name in JSON.
    public var name: StaticString {
        switch self {
        case .orderID: "order_id"
        case .productID: "product_id"
        case .productName: "product_name"
        case .category: "category"
        case .price: "price"
        case .quantity: "quantity"
        case .timestamp: "timestamp"
        }
    }
}

/// The numbers of a valid order.
struct OrderValues: BitwiseCopyable {
    /// Ten-thousandths, 1 … 999,999,999,999.
    var price: Int64 = 0
    /// 1 … 1,000,000.
    var quantity: Int64 = 0
    /// Event time, microseconds since 1970, UTC.
    var eventTime: Int64 = 0
}

/// Limits of records and fields (R11, R16–R18).
public enum OrderLimits {
    /// The longest record, in bytes without its line feed.
    public static let recordBytes = 1_048_576
    /// The longest string after unescaping, in bytes.
    public static let stringBytes = 256
    /// The highest price in ten-thousandths.
    public static let price: Int64 = 999_999_999_999
    /// The highest quantity.
    public static let quantity: Int64 = 1_000_000
    /// The deepest nesting; the object itself is depth 1.
    public static let jsonDepth = 64
}

/// Bands of the unit price (R27).
public enum PriceBand: Int, CaseIterable, Sendable {
    case budget, midRange, premium

    /// Lower bound of the middle band, in ten-thousandths.
    static let midRangeFrom: Int64 = 50_0000
    /// Lower bound of the upper band, in ten-thousandths.
    static let premiumFrom: Int64 = 200_0000

    /// The band of a price in ten-thousandths.
    init(price: Int64) {
        self = price < Self.midRangeFrom ? .budget : price < Self.premiumFrom ? .midRange : .premium
    }

    /// `Budget`, `Mid-range` or `Premium`.
    public var name: String {
        switch self {
        case .budget: "Budget"
        case .midRange: "Mid-range"
        case .premium: "Premium"
        }
    }
}
