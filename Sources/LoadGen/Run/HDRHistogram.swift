/// Counts times with three significant digits in bounded memory: a high dynamic range histogram.
///
/// A bucket is a nanosecond wide below 2,048 ns and 1/1,024 of its values or less above. Every time
/// counts, however long; count, sum, least and greatest are exact. At most 450 kB, 270 kB for times
/// up to an hour. Source: Tene, HdrHistogram.
public struct HDRHistogram: Equatable, Sendable {
    /// Two to this power buckets have the same width.
    static let halfBits = 10
    private static let half = 1 << halfBits

    private var counts: [Int64] = []
    /// Times counted.
    public private(set) var count: Int64 = 0
    /// The greatest time, exactly, in nanoseconds; 0 when there is none.
    public private(set) var maxNs: Int64 = 0
    /// The least time, exactly, in nanoseconds; 0 when there is none.
    public private(set) var minNs: Int64 = 0
    /// Nanoseconds of all times together.
    public private(set) var sumNs = 0.0

    /// No times.
    public init() {}

    /// Counts a time. One below 0 goes to the first bucket and shows in `minNs`.
    public mutating func add(ns: Int64) {
        let bucket = Self.bucket(of: ns)
        if bucket >= counts.count { grow(to: bucket) }
        counts[bucket] += 1
        note(count: 1, sumNs: Double(ns), minNs: ns, maxNs: ns)
    }

    /// Adds another histogram's times.
    public mutating func merge(_ other: HDRHistogram) {
        guard other.count > 0 else { return }
        if other.counts.count > counts.count { grow(to: other.counts.count - 1) }
        for (bucket, number) in other.counts.enumerated() where number > 0 {
            counts[bucket] += number
        }
        note(count: other.count, sumNs: other.sumNs, minNs: other.minNs, maxNs: other.maxNs)
    }

    /// Adds times that were counted by bucket elsewhere, with their exact facts.
    public mutating func merge(
        _ buckets: some Sequence<(key: Int32, value: Int64)>, count: Int64, sumNs: Double,
        minNs: Int64, maxNs: Int64
    ) {
        guard count > 0 else { return }
        for (bucket, number) in buckets {
            if bucket >= counts.count { grow(to: Int(bucket)) }
            counts[Int(bucket)] += number
        }
        note(count: count, sumNs: sumNs, minNs: minNs, maxNs: maxNs)
    }

    private mutating func note(count added: Int64, sumNs: Double, minNs: Int64, maxNs: Int64) {
        self.minNs = count == 0 ? minNs : min(self.minNs, minNs)
        self.maxNs = count == 0 ? maxNs : max(self.maxNs, maxNs)
        self.sumNs += sumNs
        count += added
    }

    // A whole octave at a time, so that a run grows it a few times only.
    private mutating func grow(to bucket: Int) {
        let size = (bucket >> Self.halfBits + 1) << Self.halfBits
        counts.append(contentsOf: repeatElement(0, count: size - counts.count))
    }

    /// The time that a share of all times does not exceed: never too small, at most 0.1 % too great;
    /// 0 when there is none.
    ///
    /// - Parameter share: 0.99 for the 99th percentile.
    public func percentileNs(_ share: Double) -> Int64 {
        // Without the error of binary fractions: 0.99 of 1,000 is the 990th.
        let exact = share * Double(count)
        let nearest = exact.rounded()
        let rank = abs(exact - nearest) < 1e-9 * Double(count) ? nearest : exact.rounded(.up)
        return value(atRank: max(1, Int64(rank)))
    }

    private func value(atRank rank: Int64) -> Int64 {
        var seen: Int64 = 0
        for (bucket, number) in counts.enumerated() where number > 0 {
            seen += number
            if seen >= rank { return max(minNs, min(Self.upperBound(bucket), maxNs)) }
        }
        return maxNs
    }

    /// Mean of all times; 0 when there is none.
    public var meanNs: Double { count > 0 ? sumNs / Double(count) : 0 }

    /// Standard deviation, of the buckets' middles.
    public var standardDeviationNs: Double {
        guard count > 0 else { return 0 }
        let mean = meanNs
        var squares = 0.0
        forEachBucket { lower, upper, number in
            let distance = (Double(lower) + Double(upper)) / 2 - mean
            squares += distance * distance * Double(number)
        }
        return (squares / Double(count)).squareRoot()
    }

    /// Calls `body` with the bounds and the count of every bucket that is not empty, upwards.
    func forEachBucket(_ body: (_ lowerNs: Int64, _ upperNs: Int64, _ count: Int64) -> Void) {
        for (bucket, number) in counts.enumerated() where number > 0 {
            let lower = bucket == 0 ? 0 : Self.upperBound(bucket - 1) + 1
            body(lower, min(Self.upperBound(bucket), max(maxNs, lower)), number)
        }
    }

    /// The bucket of a time.
    public static func bucket(of ns: Int64) -> Int {
        guard ns >= 2 << halfBits else { return Int(max(0, ns)) }
        let shift = 63 - ns.leadingZeroBitCount - halfBits
        return shift << halfBits + Int(ns >> Int64(shift))
    }

    /// The greatest time of a bucket.
    static func upperBound(_ bucket: Int) -> Int64 {
        guard bucket >= 2 << halfBits else { return Int64(bucket) }
        let shift = bucket >> halfBits - 1
        let step = Int64(bucket - shift << halfBits)
        // The last bucket of all ends at Int64.max.
        return step << Int64(shift) + (1 << Int64(shift) - 1)
    }
}
