/// One condition on a metric, type-checked: `p(99) < 100ms during measure`.
struct Threshold: Equatable, Sendable {
    /// How samples become one number.
    enum Aggregation: Equatable, Sendable {
        case count, rate, value, last, min, max, avg, med, sum, slope
        /// `p(99)` is `percentile(99)`.
        case percentile(Double)
    }

    enum Comparison: String, CaseIterable, Sendable {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case equal = "=="
        case notEqual = "!="

        func holds(_ measured: Double, _ limit: Double) -> Bool {
            switch self {
            case .less: measured < limit
            case .lessOrEqual: measured <= limit
            case .greater: measured > limit
            case .greaterOrEqual: measured >= limit
            case .equal: measured == limit
            case .notEqual: measured != limit
            }
        }
    }

    enum Limit: Equatable, Sendable {
        /// In the unit of the aggregated metric: ms, bytes, orders, orders/s, …
        case number(Double)
        /// What the plan says: the runner gives it to the metric store.
        case expected
    }

    /// The part of the run that counts.
    enum Scope: Equatable, Sendable {
        case run
        /// A stage's name, or warmup, measure, drain.
        case phase(String)
        /// While a fault lasts.
        case fault(String)
        /// Each consecutive whole stretch of this length.
        case over(durationMs: Int64)
        /// Each fault's own sample.
        case eachFault
    }

    enum Severity: String, CaseIterable, Sendable { case fail, warn }

    var metric: MetricSelector
    /// The condition as the scenario writes it.
    var text: String
    var aggregation: Aggregation
    var comparison: Comparison
    var limit: Limit
    var scope: Scope
    var abortOnFail = false
    /// No abort before this time of the run.
    var delayAbortEvalMs: Int64 = 0
    var severity: Severity = .fail
}

/// A metric, or the part of it with these tags: `rss_peak_bytes{service:engine}`.
struct MetricSelector: Hashable, Sendable {
    var name: String
    var tags: [String: String] = [:]

    /// As a scenario writes it, tags sorted.
    var text: String {
        if tags.isEmpty { return name }
        let list = tags.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
        return "\(name){\(list.joined(separator: ","))}"
    }
}
