/// Percentiles of weighted samples.
enum Quantile {
    /// 10 ÷ (1 − q): fewer samples leave fewer than ten beyond the percentile.
    static func samplesNeeded(percent: Double) -> Double {
        // Rounded up after removing the error of binary fractions: p(99.9) needs 10,000.
        let exact = 1_000 / (100 - percent)
        let rounded = exact.rounded()
        return abs(exact - rounded) < 1e-6 * exact ? rounded : exact.rounded(.up)
    }

    /// Why that many samples give no such percentile; nil when they do.
    static func tooFew(_ count: Double, percent: Double) -> String? {
        let needed = samplesNeeded(percent: percent)
        guard count < needed else { return nil }
        return "\(Int64(count)) samples; p(\(NumberText.text(percent))) needs at least "
            + NumberText.text(needed)
    }

    /// The smallest value that at least `percent` of the samples do not exceed.
    static func nearestRank(_ samples: [MetricStore.Sample], percent: Double) -> Double {
        let sorted = samples.sorted { $0.value < $1.value }
        let n = sorted.reduce(0) { $0 + $1.weight }
        let exact = percent / 100 * n
        let nearest = exact.rounded()
        let rank = max(1, abs(exact - nearest) < 1e-9 * n ? nearest : exact.rounded(.up))
        var seen = 0.0
        for sample in sorted {
            seen += sample.weight
            if seen >= rank { return sample.value }
        }
        return sorted.last?.value ?? .nan
    }

    /// The middle value, or the mean of the two middle ones.
    static func median(_ samples: [MetricStore.Sample]) -> Double {
        let sorted = samples.sorted { $0.value < $1.value }
        let half = sorted.reduce(0) { $0 + $1.weight } / 2
        var seen = 0.0
        for (index, sample) in sorted.enumerated() {
            seen += sample.weight
            if seen > half { return sample.value }
            if seen == half, index + 1 < sorted.count {
                return (sample.value + sorted[index + 1].value) / 2
            }
        }
        return sorted.last?.value ?? .nan
    }
}

/// The robust slope of a series: the median of the slopes of all pairs. Source: Sen 1968.
enum TheilSen {
    /// More points than this are thinned evenly: the pairs grow with the square.
    static let maxPoints = 600

    /// Units per second, or nil with fewer than two different times.
    static func slopePerSecond(_ samples: [MetricStore.Sample]) -> Double? {
        let points = thinned(samples.sorted { $0.timeNs < $1.timeNs })
        var slopes: [Double] = []
        slopes.reserveCapacity(points.count * max(0, points.count - 1) / 2)
        for (index, a) in points.enumerated() {
            for b in points[(index + 1)...] where b.timeNs > a.timeNs {
                slopes.append((b.value - a.value) / (Double(b.timeNs - a.timeNs) / 1e9))
            }
        }
        guard !slopes.isEmpty else { return nil }
        slopes.sort()
        let middle = slopes.count / 2
        return slopes.count % 2 == 1
            ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2
    }

    private static func thinned(_ samples: [MetricStore.Sample]) -> [MetricStore.Sample] {
        guard samples.count > maxPoints else { return samples }
        let last = samples.count - 1
        return (0..<maxPoints).map { samples[$0 * last / (maxPoints - 1)] }
    }
}
