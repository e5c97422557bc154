internal import ASEEDSystem

/// One metric's numbers over the whole run, as result.json and the reports give them.
struct MetricSummary: Equatable, Sendable {
    var definition: MetricDefinition
    var tags: [String: String]
    /// Name of the aggregation and its number, in a fixed order; what can't be told is left out.
    var numbers: [(name: String, value: Double)]
    var samples: Int64

    static func == (a: MetricSummary, b: MetricSummary) -> Bool {
        a.definition == b.definition && a.tags == b.tags && a.samples == b.samples
            && a.numbers.map(\.name) == b.numbers.map(\.name)
            && a.numbers.map(\.value) == b.numbers.map(\.value)
    }

    /// `rss_peak_bytes{service:engine}`.
    var name: String { MetricSelector(name: definition.name, tags: tags).text }

    /// The number of that aggregation.
    subscript(_ aggregation: String) -> Double? {
        numbers.first { $0.name == aggregation }?.value
    }

    /// Every metric that has samples, in the order of the registry, one for each set of tags.
    static func all(_ store: MetricStore) -> [MetricSummary] {
        MetricRegistry.all.flatMap { definition -> [MetricSummary] in
            if store.unknowns[definition.name] != nil { return [] }
            if store.series[definition.name] != nil {
                return summary(definition, [:], store).map { [$0] } ?? []
            }
            guard let samples = store.samples[definition.name] else { return [] }
            var tagSets: [[String: String]] = []
            for sample in samples where !tagSets.contains(sample.tags) {
                tagSets.append(sample.tags)
            }
            return tagSets.compactMap { summary(definition, $0, store) }
        }
    }

    private static func summary(
        _ definition: MetricDefinition, _ tags: [String: String], _ store: MetricStore
    ) -> MetricSummary? {
        // As thresholds over the run see them: trends without the warm-up.
        let interval = definition.onePerRun ? nil : store.measured(definition.kind)
        let aggregations: [(String, Threshold.Aggregation)] =
            switch definition.kind {
            case .counter: [("sum", .sum), ("rate", .rate)]
            case .rate: [("rate", .rate)]
            case .gauge where definition.onePerRun: [("value", .value)]
            case .gauge: [("min", .min), ("avg", .avg), ("max", .max), ("last", .last)]
            case .trend:
                [
                    ("min", .min), ("avg", .avg), ("med", .med), ("p(90)", .percentile(90)),
                    ("p(95)", .percentile(95)), ("p(99)", .percentile(99)),
                    ("p(99.9)", .percentile(99.9)), ("max", .max),
                ]
            }
        var found = MetricSummary(definition: definition, tags: tags, numbers: [], samples: 0)
        let values = store.values(definition, tags, in: interval)
        for (name, aggregation) in aggregations {
            guard case .value(let value, let samples) = values(aggregation) else { continue }
            found.numbers.append((name, value))
            found.samples = max(found.samples, samples)
        }
        return found.numbers.isEmpty ? nil : found
    }
}

extension MetricStore {
    /// The time of a run that counts for metrics of a kind: trends are told without the warm-up.
    func measured(_ kind: MetricDefinition.Kind) -> Interval? {
        guard var run else { return nil }
        if kind == .trend, let warmup = phases["warmup"] {
            run.startNs = max(run.startNs, warmup.endNs)
        }
        return run
    }

    /// Everything that thresholds may look at, beside the run as a whole.
    func intervals(_ thresholds: [Threshold]) -> [Interval] {
        var all = Array(phases.values) + faults.map(\.interval)
        for threshold in thresholds {
            guard case .over(let durationMs) = threshold.scope, let measure = phases["measure"]
            else { continue }
            let length = durationMs * 1_000_000
            all += stride(
                from: measure.startNs, through: measure.endNs - length, by: Int(length)
            ).map { Interval(startNs: $0, endNs: $0 + length) }
        }
        return all
    }

    /// Gives many numbers of the samples that have exactly these tags, which are looked up once.
    fileprivate func values(
        _ definition: MetricDefinition, _ tags: [String: String], in interval: Interval?
    ) -> (Threshold.Aggregation) -> Aggregate {
        if let series = series[definition.name] {
            let histogram = series.histogram(in: interval)
            return { histogram.aggregate($0) }
        }
        let used = (samples[definition.name] ?? []).filter { sample in
            // A sample at the very end of the run still belongs to it.
            guard sample.tags == tags else { return false }
            guard let interval else { return true }
            return sample.timeNs >= interval.startNs && sample.timeNs <= interval.endNs
        }
        let seconds = run?.seconds ?? 0
        return { Aggregate.of(used, $0, kind: definition.kind, seconds: seconds) }
    }
}
