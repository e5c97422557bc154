/// An order before it is text.
public struct OrderDraft: Equatable, Sendable, BitwiseCopyable {
    /// Its number, from 1; the order id derives from it.
    public var sequence: Int64
    /// Event time, microseconds since 1970.
    public var eventTimeUs: Int64
    /// The product's index in the catalogue.
    public var product: Int
    /// The unit price in cents.
    public var priceCents: UInt32
    /// How many are bought.
    public var quantity: UInt32
    /// The customer, or 0 when orders name none.
    public var customer: UInt32
}

/// `ORD-000000001`: the order id of a sequence number.
public enum OrderID {
    /// The id's text.
    ///
    /// - Parameter digits: the width, filled with zeros.
    public static func text(sequence: Int64, digits: Int) -> String {
        let number = String(sequence)
        return "ORD-" + String(repeating: "0", count: max(0, digits - number.utf8.count)) + number
    }

    /// How many digits the ids of that many orders take: 9, or 12 when those are too few.
    public static func digits(forOrders count: Int64) -> Int {
        count <= 999_999_999 ? 9 : 12
    }
}
