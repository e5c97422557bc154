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
            guard let samples = store.samples[definition.name] else { return [] }
            var tagSets: [[String: String]] = []
            for sample in samples where !tagSets.contains(sample.tags) {
                tagSets.append(sample.tags)
            }
            return tagSets.compactMap { tags in
                summary(definition, tags, samples.filter { $0.tags == tags }, store)
            }
        }
    }

    private static func summary(
        _ definition: MetricDefinition, _ tags: [String: String],
        _ samples: [MetricStore.Sample], _ store: MetricStore
    ) -> MetricSummary? {
        var used = samples
        // As thresholds over the run see them: trends without the warm-up.
        if !definition.onePerRun, var run = store.run {
            if definition.kind == .trend, let warmup = store.phases["warmup"] {
                run.startNs = max(run.startNs, warmup.endNs)
            }
            used = samples.filter { $0.timeNs >= run.startNs && $0.timeNs <= run.endNs }
        }
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
        for (name, aggregation) in aggregations {
            let number = Aggregate.of(
                used, aggregation, kind: definition.kind, seconds: store.run?.seconds ?? 0)
            guard case .value(let value, let samples) = number else { continue }
            found.numbers.append((name, value))
            found.samples = max(found.samples, samples)
        }
        return found.numbers.isEmpty ? nil : found
    }
}
