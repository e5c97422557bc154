/// What a metric measures and how its samples may be used.
struct MetricDefinition: Equatable, Sendable {
    /// How samples relate to each other.
    enum Kind: String, CaseIterable, Sendable {
        /// Increments; their sum over a time counts.
        case counter
        /// A level that is read now and then.
        case gauge
        /// Single measurements whose distribution counts.
        case trend
        /// A part of a whole.
        case rate
    }

    enum Better: String, Sendable { case lower, higher, neither }

    var name: String
    var kind: Kind
    var unit: MetricUnit
    var better: Better
    var description: String
    /// Tags that a selector may name: `rejected{reason:encoding}`.
    var tags: [String] = []
    /// Whether there is one value a run, which belongs to no phase.
    var onePerRun = false
    /// Whether the plan says what the value must be, so that a limit can be `expected`.
    var hasExpected = false
    /// What a correct run always has; no plan is needed for it.
    var expectedValue: Double?
    /// Why this version can't measure it; nil when it can.
    var missing: String?
}

extension MetricDefinition.Kind {
    /// The aggregations that make sense for this kind, as a scenario writes them.
    var aggregations: [String] {
        switch self {
        case .counter: ["count", "rate", "sum", "value"]
        case .gauge: ["value", "last", "min", "max", "avg", "med", "slope", "p(N)"]
        case .trend: ["count", "last", "min", "max", "avg", "med", "sum", "slope", "p(N)"]
        case .rate: ["rate"]
        }
    }
}
