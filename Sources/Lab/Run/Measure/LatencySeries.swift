internal import LoadGen

/// Times of many orders over a run: a histogram for each stretch between two cuts.
///
/// Phases, faults and what thresholds look at begin and end at cuts, so that an interval is answered
/// exactly. Nothing is dropped or clamped: least, greatest and sum of a stretch are exact,
/// percentiles have three significant digits.
struct LatencySeries: Sendable {
    /// A bucket that was met in a stretch; eight bytes, so that long runs fit into memory.
    private struct Entry: Sendable {
        var bucket: Int32
        var count: UInt32
    }

    private struct Stretch: Sendable {
        /// Those of earlier visits; a bucket may be there more than once.
        var entries: [Entry] = []
        var count: Int64 = 0
        var sumNs = 0.0
        var minNs: Int64 = .max
        var maxNs: Int64 = .min
    }

    private let cuts: TimeCuts
    private var stretches: [Stretch]
    /// The stretch that is added to, and its buckets. Orders come nearly in the order of time.
    private var at = 0
    private var open: [Int32: Int64] = [:]
    /// Times in all stretches.
    private(set) var count: Int64 = 0

    init(cuts: TimeCuts) {
        self.cuts = cuts
        stretches = Array(repeating: Stretch(), count: cuts.count)
    }

    /// Adds the time of an order that belongs to `atNs`.
    mutating func add(_ valueNs: Int64, atNs: Int64) {
        let index = cuts.index(of: atNs, near: at)
        if index != at {
            close()
            at = index
        }
        count += 1
        open[Int32(HDRHistogram.bucket(of: valueNs)), default: 0] += 1
        stretches[at].count += 1
        stretches[at].sumNs += Double(valueNs)
        stretches[at].minNs = min(stretches[at].minNs, valueNs)
        stretches[at].maxNs = max(stretches[at].maxNs, valueNs)
    }

    private mutating func close() {
        stretches[at].entries += openEntries
        open.removeAll(keepingCapacity: true)
    }

    private var openEntries: [Entry] {
        open.flatMap { bucket, count in
            // More than 2^32 of one bucket are several entries.
            stride(from: 0, to: count, by: Int(UInt32.max)).map { done in
                Entry(bucket: bucket, count: UInt32(min(count - done, Int64(UInt32.max))))
            }
        }
    }

    private func merge(_ index: Int, into histogram: inout HDRHistogram) {
        let stretch = stretches[index]
        var entries = stretch.entries
        if index == at { entries += openEntries }
        histogram.merge(
            entries.lazy.map { (key: $0.bucket, value: Int64($0.count)) }, count: stretch.count,
            sumNs: stretch.sumNs, minNs: stretch.minNs, maxNs: stretch.maxNs)
    }

    /// The times of the stretches that begin in an interval; of all when there is none.
    func histogram(in interval: MetricStore.Interval? = nil) -> HDRHistogram {
        var merged = HDRHistogram()
        for index in stretches.indices where stretches[index].count > 0 {
            if let interval, !interval.contains(cuts.start(of: index)) { continue }
            merge(index, into: &merged)
        }
        return merged
    }

    /// The histogram of each stretch that has times, with its start.
    var overTime: [(startNs: Int64, histogram: HDRHistogram)] {
        stretches.indices.filter { stretches[$0].count > 0 }.map { index in
            var histogram = HDRHistogram()
            merge(index, into: &histogram)
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
