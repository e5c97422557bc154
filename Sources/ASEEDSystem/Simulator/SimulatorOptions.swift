/// What the simulated shop sells, to whom, and when.
public struct SimulatorOptions: Equatable, Sendable {
    /// Every random stream is derived from it.
    public var seed: UInt64
    /// Products in the catalogue.
    public var products = 1_000
    /// Categories in the catalogue.
    public var categories = 10
    /// How often each product is bought.
    public var popularity = Popularity.zipf(exponent: 1.1)
    /// Customers; above 0 every order names one in `customer_id`.
    public var customers = 0
    /// Whether event time is denser at noon and in the evening.
    public var dayShape = false
    /// Whether sales campaigns change prices and choices.
    public var promotions = false
    /// Whether every order names its customer's segment in `customer_segment`.
    public var segments = false
    /// Digits of the number in an order id, 9 to 18.
    public var orderIDDigits = 9
    /// Event time of the first order, microseconds since 1970.
    public var eventTimeStartUs: Int64
    /// The first order's number, from 1.
    public var firstSequence: Int64 = 1

    /// Makes the default shop.
    public init(seed: UInt64, eventTimeStartUs: Int64) {
        self.seed = seed
        self.eventTimeStartUs = eventTimeStartUs
    }

    /// Customers to draw from: segments need some.
    var effectiveCustomers: Int { customers == 0 && segments ? 10_000 : customers }

    /// The name of a random stream: a continued log does not repeat the draws of its start.
    public func streamName(_ use: String) -> String {
        firstSequence == 1 ? use : "\(use)/from-\(firstSequence)"
    }
}
