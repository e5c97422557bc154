/// Counts delays in buckets of 1/32 of their size: percentiles within 3 %, any delay kept.
public struct DelayHistogram: Sendable {
    private static let stepBits = 5
    private var counts = [Int64](repeating: 0, count: (64 - stepBits) << stepBits)
    /// Delays counted.
    public private(set) var count: Int64 = 0
    /// The greatest delay, exactly, in nanoseconds.
    public private(set) var maxNs: Int64 = 0

    /// No delays.
    public init() {}

    /// Counts a delay; below 0 counts as 0.
    public mutating func add(ns: Int64) {
        let value = max(0, ns)
        counts[Self.bucket(value)] += 1
        count += 1
        maxNs = max(maxNs, value)
    }

    /// The delay that a share of all delays does not exceed; 0 when there is none.
    ///
    /// - Parameter share: 0.99 for the 99th percentile.
    public func percentileNs(_ share: Double) -> Int64 {
        let rank = max(1, Int64((Double(count) * share).rounded(.up)))
        var seen: Int64 = 0
        for (bucket, number) in counts.enumerated() {
            seen += number
            if seen >= rank { return min(Self.upperBound(bucket), maxNs) }
        }
        return maxNs
    }

    private static func bucket(_ value: Int64) -> Int {
        guard value >= 1 << stepBits else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        let step = Int(value >> Int64(exponent - stepBits)) - 1 << stepBits
        return (exponent - stepBits + 1) << stepBits + step
    }

    private static func upperBound(_ bucket: Int) -> Int64 {
        guard bucket >= 1 << stepBits else { return Int64(bucket) }
        let exponent = bucket >> stepBits - 1
        let step = Int64(bucket & (1 << stepBits - 1) + 1 << stepBits)
        return step << Int64(exponent) + (1 << Int64(exponent) - 1)
    }
}
