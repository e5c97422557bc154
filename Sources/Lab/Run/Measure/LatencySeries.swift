internal import LoadGen

/// Times of many orders over a run: a histogram for each stretch between two cuts.
///
/// Phases, faults and what thresholds look at begin and end at cuts, so that an interval is answered
/// exactly. Nothing is dropped or clamped: least, greatest and sum of a stretch are exact,
/// percentiles have three significant digits.
struct LatencySeries: Sendable {
    /// One stretch; only buckets that were met take memory.
    private struct Stretch: Sendable {
        var buckets: [Int32: Int64] = [:]
        var count: Int64 = 0
        var sumNs = 0.0
        var minNs: Int64 = .max
        var maxNs: Int64 = .min
    }

    private let cuts: TimeCuts
    private var stretches: [Stretch]
    private var at = 0
    /// Times in all stretches.
    private(set) var count: Int64 = 0

    init(cuts: TimeCuts) {
        self.cuts = cuts
        stretches = Array(repeating: Stretch(), count: cuts.count)
    }

    /// Adds the time of an order that belongs to `atNs`.
    mutating func add(_ valueNs: Int64, atNs: Int64) {
        at = cuts.index(of: atNs, near: at)
        count += 1
        stretches[at].buckets[Int32(HDRHistogram.bucket(of: valueNs)), default: 0] += 1
        stretches[at].count += 1
        stretches[at].sumNs += Double(valueNs)
        stretches[at].minNs = min(stretches[at].minNs, valueNs)
        stretches[at].maxNs = max(stretches[at].maxNs, valueNs)
    }

    /// The times of the stretches that begin in an interval; of all when there is none.
    func histogram(in interval: MetricStore.Interval? = nil) -> HDRHistogram {
        var merged = HDRHistogram()
        for (index, stretch) in stretches.enumerated() where stretch.count > 0 {
            if let interval, !interval.contains(cuts.start(of: index)) { continue }
            merged.merge(
                stretch.buckets, count: stretch.count, sumNs: stretch.sumNs, minNs: stretch.minNs,
                maxNs: stretch.maxNs)
        }
        return merged
    }

    /// The histogram of each stretch that has times, with its start.
    var overTime: [(startNs: Int64, histogram: HDRHistogram)] {
        stretches.indices.filter { stretches[$0].count > 0 }.map { index in
            var histogram = HDRHistogram()
            let stretch = stretches[index]
            histogram.merge(
                stretch.buckets, count: stretch.count, sumNs: stretch.sumNs, minNs: stretch.minNs,
                maxNs: stretch.maxNs)
            return (cuts.start(of: index), histogram)
        }
    }
}

extension HDRHistogram {
    /// A number of a trend in milliseconds, with the rules that single samples have.
    func aggregate(_ aggregation: Threshold.Aggregation) -> Aggregate {
        guard count > 0 else { return .unknown("no samples") }
        let ns: Double
        switch aggregation {
        case .count: return .value(Double(count), samples: count)
        case .sum: ns = sumNs
        case .avg: ns = meanNs
        case .min: ns = Double(minNs)
        case .max: ns = Double(maxNs)
        case .med: ns = Double(percentileNs(0.5))
        case .percentile(let percent):
            if let few = Quantile.tooFew(Double(count), percent: percent) { return .unknown(few) }
            ns = Double(percentileNs(percent / 100))
        case .value, .last, .rate, .slope:
            return .unknown("it is kept as a distribution, which has no \(aggregation.word)")
        }
        return .value(ns / 1e6, samples: count)
    }
}
