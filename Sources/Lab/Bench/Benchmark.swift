/// A benchmark: one or more contenders over the same or comparable orders.
struct Benchmark: Sendable {
    let name: String
    /// One line: what is measured.
    let summary: String
    /// How many orders it takes unless `--orders` says another number.
    let defaultOrders: Int64
    /// Bounds are judged from this many orders on: with fewer, starting up is what is measured.
    var leastOrdersJudged: Int64 = 1_000_000
    /// Whether it needs a Kafka broker and librdkafka.
    var needsBroker = false
    /// Makes logs and whatever else is needed; not measured.
    let prepare: @Sendable (BenchStage) throws -> BenchLineup
}

/// Who runs against whom.
struct BenchLineup {
    var contenders: [BenchContender]
    var comparisons: [BenchComparison] = []
    /// What the figures depend on besides this machine, for the report.
    var setting: String?
}

/// One of the programs or settings that are measured, in alternation with the others.
struct BenchContender {
    let name: String
    var bounds: [(figure: BenchFigure, bound: BenchBound)] = []
    /// Contenders of one name here, of any benchmark, must give the same result.
    var answer: String?
    let measure: () throws -> BenchSample
}

/// What a figure should be.
struct BenchBound: Equatable, Sendable {
    enum Side: String, Sendable {
        case atLeast = "at_least"
        case atMost = "at_most"
    }

    let side: Side
    let limit: Double

    static func atLeast(_ limit: Double) -> BenchBound { BenchBound(side: .atLeast, limit: limit) }
    static func atMost(_ limit: Double) -> BenchBound { BenchBound(side: .atMost, limit: limit) }

    func isMet(by value: Double) -> Bool { side == .atLeast ? value >= limit : value <= limit }
}

/// How much more one contender has of a figure than another, run by run.
struct BenchComparison: Sendable {
    let name: String
    let figure: BenchFigure
    let numerator: String
    let denominator: String
    var bound: BenchBound?
}
