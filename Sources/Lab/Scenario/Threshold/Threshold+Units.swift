extension Threshold.Aggregation {
    /// Those that are one word.
    static let simple: [String: Threshold.Aggregation] = [
        "count": .count, "rate": .rate, "value": .value, "last": .last, "min": .min, "max": .max,
        "avg": .avg, "med": .med, "sum": .sum, "slope": .slope,
    ]

    /// All, as the grammar writes them.
    static let words = simple.keys.sorted() + ["p(N)"]

    /// The grammar's word: `p(N)` for every percentile.
    var word: String {
        switch self {
        case .percentile: "p(N)"
        case .count: "count"
        case .rate: "rate"
        case .value: "value"
        case .last: "last"
        case .min: "min"
        case .max: "max"
        case .avg: "avg"
        case .med: "med"
        case .sum: "sum"
        case .slope: "slope"
        }
    }

    /// As a scenario writes it: `p(99)`.
    var text: String {
        if case .percentile(let percent) = self { return "p(\(NumberText.text(percent)))" }
        return word
    }

    /// The unit of the aggregated number.
    func unit(of definition: MetricDefinition) -> LimitUnit {
        if definition.kind == .trend, self == .count { return LimitUnit(base: .results) }
        let perSecond =
            switch self {
            case .rate: definition.kind == .counter
            case .slope: true
            default: false
            }
        return LimitUnit(base: definition.unit, perSecond: perSecond)
    }
}

/// A metric's unit, or that per second.
struct LimitUnit: Equatable, Sendable {
    var base: MetricUnit
    var perSecond = false

    /// `ms`, `orders/s`, …; a number of samples has none.
    var text: String {
        base == .results && !perSecond ? "a number" : base.rawValue + (perSecond ? "/s" : "")
    }

    /// Limits that can be written in it.
    var examples: String {
        guard perSecond else { return base.examples }
        switch base {
        case .orders, .pairs, .results: return MetricUnit.ordersPerSecond.examples
        case .milliseconds, .seconds: return "0.5, 5ms/s or 1s/s"
        case .bytes: return "65536, 1MiB/s or 5MB/s"
        default: return "0.5 or 2"
        }
    }
}
