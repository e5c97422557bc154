/// A point in time on both clocks.
struct Moment: Sendable {
    var wallNs: Int64
    var monotonicNs: Int64

    static func now() -> Moment {
        Moment(wallNs: SystemClock.wallNs(), monotonicNs: SystemClock.monotonicNs())
    }
}

/// Published totals.
struct OrderTotals: Equatable, Sendable {
    var orders: Int64 = 0
    /// Ten-thousandths.
    var revenue: Int128 = 0

    static func - (left: OrderTotals, right: OrderTotals) -> OrderTotals {
        OrderTotals(
            orders: left.orders - right.orders, revenue: left.revenue &- right.revenue)
    }
}

/// How the published totals of one run rose: rates, changes, and the series of the charts.
///
/// Bounded: ten minutes in buckets of five seconds, two minutes in samples.
struct OrderHistory: Sendable {
    static let intervalMs: Int64 = 5_000
    static let maxBuckets = 120
    static let periodMs: Int64 = 60_000
    private static let periodNs = periodMs * 1_000_000
    private static let spacingNs: Int64 = 250_000_000

    struct Bucket: Equatable, Sendable {
        /// Wall time in intervals since 1970.
        var index: Int64
        var arrived: OrderTotals

        var startNs: Int64 { index * OrderHistory.intervalMs * 1_000_000 }
    }

    private struct Sample: Sendable {
        var atNs: Int64
        var totals: OrderTotals
    }

    /// The run whose totals these are.
    private(set) var run = ""
    private var last: OrderTotals?
    /// The first total that was seen, from which a young run's rate counts.
    private var first: Sample?
    private var samples: [Sample] = []
    private var buckets: [Bucket] = []

    /// Starts over with totals that were there before.
    mutating func begin(run: String, totals: OrderTotals, at now: Moment) {
        self = OrderHistory()
        self.run = run
        last = totals
        first = Sample(atNs: now.monotonicNs, totals: totals)
        samples = [Sample(atNs: now.monotonicNs, totals: totals)]
        buckets = [Bucket(index: Self.index(now), arrived: OrderTotals())]
    }

    /// Notes published totals.
    ///
    /// - Parameter isFirstBatch: all of a new run's orders arrived just now.
    mutating func note(run: String, totals: OrderTotals, isFirstBatch: Bool, at now: Moment) {
        if run != self.run || totals.orders < last?.orders ?? 0 {
            begin(run: run, totals: isFirstBatch ? OrderTotals() : totals, at: now)
            first?.totals = totals
        }
        add(totals - (last ?? totals), at: now)
        last = totals
        // The latest sample moves until the next one is due, so that the list stays short.
        if samples.count > 1,
            now.monotonicNs - samples[samples.count - 2].atNs < Self.spacingNs
        {
            samples.removeLast()
        }
        samples.append(Sample(atNs: now.monotonicNs, totals: totals))
        // One sample older than two periods stays, to count from.
        let horizon = now.monotonicNs - 2 * Self.periodNs
        let expired = samples.prefix { $0.atNs <= horizon }.count
        samples.removeFirst(max(0, expired - 1))
    }

    private mutating func add(_ arrived: OrderTotals, at now: Moment) {
        // A wall clock that went back adds to the newest bucket.
        let index = max(Self.index(now), buckets.last?.index ?? 0)
        if buckets.last?.index != index {
            buckets.append(Bucket(index: index, arrived: OrderTotals()))
            if buckets.count > Self.maxBuckets { buckets.removeFirst() }
        }
        buckets[buckets.count - 1].arrived.orders += arrived.orders
        buckets[buckets.count - 1].arrived.revenue &+= arrived.revenue
    }

    private static func index(_ now: Moment) -> Int64 { now.wallNs / 1_000_000 / intervalMs }

    /// What had arrived at a time; nil before the first sample.
    private func totals(atNs: Int64) -> OrderTotals? {
        samples.last { $0.atNs <= atNs }?.totals
    }

    /// What arrived in the last minute and in the minute before, and whether all of that minute was
    /// seen.
    func periods(
        at now: Moment
    ) -> (current: OrderTotals, previous: OrderTotals, isWhole: Bool) {
        guard let last, let oldest = samples.first else {
            return (OrderTotals(), OrderTotals(), false)
        }
        let start = totals(atNs: now.monotonicNs - Self.periodNs) ?? oldest.totals
        let before = totals(atNs: now.monotonicNs - 2 * Self.periodNs)
        return (last - start, start - (before ?? oldest.totals), before != nil)
    }

    /// Orders and revenue a minute over the last minute, or over as much of it as was seen; nil
    /// before two totals.
    func perMinute(at now: Moment) -> OrderTotals? {
        guard let last, let first, let newest = samples.last, newest.atNs > first.atNs else {
            return nil
        }
        let age = now.monotonicNs - first.atNs
        if age >= Self.periodNs { return periods(at: now).current }
        let arrived = last - first.totals
        let scale = Double(Self.periodNs) / Double(max(age, 1))
        return OrderTotals(
            orders: Int64((Double(arrived.orders) * scale).rounded()),
            revenue: Int128((Double(arrived.revenue) * scale).rounded()))
    }

    /// The buckets up to now without gaps, the newest `count` of them.
    func series(_ count: Int = maxBuckets, at now: Moment) -> [(bucket: Bucket, complete: Bool)] {
        guard let oldest = buckets.first, let newest = buckets.last else { return [] }
        let end = max(Self.index(now), newest.index)
        let start = max(oldest.index, end - Int64(count) + 1)
        var known = buckets.filter { $0.index >= start }[...]
        return (start...end).map { index in
            let bucket =
                known.first?.index == index
                ? known.removeFirst() : Bucket(index: index, arrived: OrderTotals())
            return (bucket, index < Self.index(now))
        }
    }
}
