/// One number made of many samples, or why there is none.
enum Aggregate: Equatable, Sendable {
    case value(Double, samples: Int64)
    case unknown(String)

    /// Aggregates samples of a metric.
    ///
    /// - Parameter seconds: length of the time they come from; `rate` of a counter divides by it.
    /// - Returns: `.unknown` when there are no samples or, for a percentile, too few.
    static func of(
        _ samples: [MetricStore.Sample], _ aggregation: Threshold.Aggregation,
        kind: MetricDefinition.Kind, seconds: Double
    ) -> Aggregate {
        switch kind {
        case .counter: counter(samples, aggregation, seconds: seconds)
        case .rate: rate(samples)
        case .gauge, .trend: distribution(samples, aggregation)
        }
    }

    // No increment in an observed time is the number 0, not a missing value.
    private static func counter(
        _ samples: [MetricStore.Sample], _ aggregation: Threshold.Aggregation, seconds: Double
    ) -> Aggregate {
        let total = samples.reduce(0) { $0 + $1.value * $1.weight }
        if aggregation != .rate { return .value(total, samples: Int64(samples.count)) }
        guard seconds > 0 else { return .unknown("the time it is measured over is empty") }
        return .value(total / seconds, samples: Int64(samples.count))
    }

    private static func rate(_ samples: [MetricStore.Sample]) -> Aggregate {
        let whole = samples.reduce(0) { $0 + $1.weight }
        guard whole > 0 else { return .unknown("no samples") }
        return .value(samples.reduce(0) { $0 + $1.value } / whole, samples: Int64(samples.count))
    }

    private static func distribution(
        _ samples: [MetricStore.Sample], _ aggregation: Threshold.Aggregation
    ) -> Aggregate {
        guard let first = samples.first else { return .unknown("no samples") }
        let n = samples.reduce(0) { $0 + $1.weight }
        let count = Int64(n)
        let sum = samples.reduce(0) { $0 + $1.value * $1.weight }
        switch aggregation {
        case .count: return .value(n, samples: count)
        case .sum: return .value(sum, samples: count)
        case .avg: return .value(sum / n, samples: count)
        case .min: return .value(samples.reduce(first.value) { min($0, $1.value) }, samples: count)
        case .max: return .value(samples.reduce(first.value) { max($0, $1.value) }, samples: count)
        case .value, .last:
            let latest = samples.reduce(first) { $1.timeNs >= $0.timeNs ? $1 : $0 }
            return .value(latest.value, samples: count)
        case .med: return .value(Quantile.median(samples), samples: count)
        case .percentile(let percent):
            if let few = Quantile.tooFew(n, percent: percent) { return .unknown(few) }
            return .value(Quantile.nearestRank(samples, percent: percent), samples: count)
        case .slope:
            guard let slope = TheilSen.slopePerSecond(samples) else {
                return .unknown("a slope needs samples at two times at least")
            }
            return .value(slope, samples: count)
        case .rate: return .unknown("rate is not defined for this metric")
        }
    }
}
