/// Sums of one group in one batch. 64-bit sums can't overflow: a batch has at most 2^23 records, a
/// price is below 2^40, and orders with a revenue of 2^40 or more go to `LargeSums`; 2^23 times
/// 2^40 - 1 is below 2^63.
struct Accumulator: BitwiseCopyable {
    var count: Int64 = 0
    var quantity: Int64 = 0
    /// Ten-thousandths.
    var revenue: Int64 = 0
    /// Sum of unit prices, ten-thousandths.
    var price: Int64 = 0

    /// The most records of a batch that the 64-bit sums are safe for.
    static let maxBatchRecords = 1 << 23
    /// Revenue from here on is kept apart.
    static let largeRevenue: Int64 = 1 << 40

    @inline(__always)
    mutating func add(quantity: Int64, revenue: Int64, price: Int64) {
        count &+= 1
        self.quantity &+= quantity
        self.revenue &+= revenue
        self.price &+= price
    }
}

/// Exact sums of any size, as state and results keep them.
struct ExactSums: Equatable, Sendable {
    var count: Int64 = 0
    var quantity: Int64 = 0
    /// Ten-thousandths.
    var revenue: Int128 = 0
    /// Sum of unit prices, ten-thousandths.
    var price: Int128 = 0

    mutating func add(_ delta: Accumulator) {
        count += delta.count
        quantity += delta.quantity
        revenue += Int128(delta.revenue)
        price += Int128(delta.price)
    }

    mutating func add(_ other: ExactSums) {
        count += other.count
        quantity += other.quantity
        revenue += other.revenue
        price += other.price
    }

    mutating func subtract(_ other: ExactSums) {
        count -= other.count
        quantity -= other.quantity
        revenue -= other.revenue
        price -= other.price
    }
}
