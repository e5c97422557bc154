/// The samples of a run, the times of its phases, and what the plan expects.
///
/// Times are monotonic nanoseconds of this machine.
struct MetricStore: Sendable {
    /// One sample; `weight` of them with the same value at the same time.
    struct Sample: Equatable, Sendable {
        var timeNs: Int64
        /// Of a rate: the part.
        var value: Double
        /// How many measurements; of a rate: the whole.
        var weight: Double
        var tags: [String: String]
    }

    /// `[startNs, endNs)`.
    struct Interval: Equatable, Sendable {
        var startNs: Int64
        var endNs: Int64

        var seconds: Double { Double(endNs - startNs) / 1e9 }
        func contains(_ timeNs: Int64) -> Bool { timeNs >= startNs && timeNs < endNs }
    }

    private(set) var samples: [String: [Sample]] = [:]
    /// Metrics that are kept as histograms over time, without tags.
    private(set) var series: [String: LatencySeries] = [:]
    /// Why a metric that others would take from these numbers is not known.
    private(set) var unknowns: [String: String] = [:]
    /// Every time a fault was in effect, by its id.
    private(set) var faults: [(id: String, interval: Interval)] = []
    private(set) var phases: [String: Interval] = [:]
    private var expected: [MetricSelector: Double] = [:]
    /// From the start of the load to the end of the drain; nil until it started.
    var run: Interval?

    /// Adds a sample, or `count` equal ones (a bucket of a histogram).
    mutating func append(
        _ name: String, atNs: Int64, value: Double, tags: [String: String] = [:], count: Int64 = 1
    ) {
        guard count > 0 else { return }
        samples[name, default: []].append(
            Sample(timeNs: atNs, value: value, weight: Double(count), tags: tags))
    }

    /// Says that a counter is measured, so that no sample means 0 and not "no data".
    mutating func observe(_ name: String) {
        if samples[name] == nil { samples[name] = [] }
    }

    /// Adds `part` of `whole` to a metric of the kind rate.
    mutating func appendRate(
        _ name: String, atNs: Int64, part: Double, whole: Double, tags: [String: String] = [:]
    ) {
        samples[name, default: []].append(
            Sample(timeNs: atNs, value: part, weight: whole, tags: tags))
    }

    /// Keeps a metric as histograms; it replaces what was there.
    mutating func set(_ name: String, _ histograms: LatencySeries) { series[name] = histograms }

    /// Replaces a metric's samples by better ones, to come.
    mutating func remove(_ name: String) { samples[name] = nil }

    /// Says that a metric can't be told, and why; the first reason stays.
    mutating func setUnknown(_ name: String, _ reason: String) {
        if unknowns[name] == nil { unknowns[name] = reason }
    }

    /// Says that a fault was in effect.
    mutating func addFault(_ id: String, startNs: Int64, endNs: Int64) {
        faults.append((id, Interval(startNs: startNs, endNs: max(startNs, endNs))))
    }

    /// Whether there is anything of a metric.
    func has(_ name: String) -> Bool { samples[name] != nil || series[name] != nil }

    /// One number of what a selector names, in an interval or at any time.
    func aggregate(
        _ selector: MetricSelector, _ aggregation: Threshold.Aggregation,
        kind: MetricDefinition.Kind, in interval: Interval?
    ) -> Aggregate {
        if let series = series[selector.name] {
            return series.histogram(in: interval).aggregate(aggregation)
        }
        let samples = selected(selector).filter { interval?.contains($0.timeNs) ?? true }
        return Aggregate.of(samples, aggregation, kind: kind, seconds: interval?.seconds ?? 0)
    }

    /// Says when a phase began and ended; later calls replace earlier ones.
    mutating func setPhase(_ name: String, startNs: Int64, endNs: Int64) {
        phases[name] = Interval(startNs: startNs, endNs: max(startNs, endNs))
    }

    /// Says what the limit `expected` means for a metric.
    mutating func setExpected(_ name: String, _ value: Double, tags: [String: String] = [:]) {
        expected[MetricSelector(name: name, tags: tags)] = value
    }

    /// What the plan expects; nil when nobody said.
    func expectedValue(_ selector: MetricSelector) -> Double? {
        expected[selector] ?? MetricRegistry.definition(selector.name)?.expectedValue
    }

    /// The samples that a selector names, in the order they were added.
    func selected(_ selector: MetricSelector) -> [Sample] {
        let all = samples[selector.name] ?? []
        if selector.tags.isEmpty { return all }
        return all.filter { sample in
            selector.tags.allSatisfy { sample.tags[$0.key] == $0.value }
        }
    }
}
