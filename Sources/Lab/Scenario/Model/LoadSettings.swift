/// What is sent, how fast, and over which event time.
struct LoadSettings: Equatable, Sendable {
    /// How popular products are.
    enum Distribution: Equatable, Sendable {
        case uniform
        /// Popularity falls with rank to this power.
        case zipf(exponent: Double)
        /// One product takes this share of the orders.
        case hot(share: Double)
    }

    /// One after the other, in this order; never empty.
    var stages: [LoadStage]
    var products: Int = 1_000
    var categories: Int = 10
    var distribution: Distribution = .zipf(exponent: 1.1)
    /// Customers who order; 0 leaves the customer out of the order.
    var customers: Int = 0
    var dayShape = false
    var promotions = false
    var segments = false
    /// Event time of the first order, UTC microseconds.
    var eventTimeStart: Int64 = LoadSettings.defaultEventTimeStart
    /// Seconds of event time in a second of schedule, in stages with a rate.
    var eventTimeSpeed: Double = 1
    /// The future bound (R46), UTC microseconds: given, or derived from the plan.
    var eventTimeMax: Int64

    /// 2024-01-15T00:00:00Z.
    static let defaultEventTimeStart: Int64 = 1_705_276_800_000_000
    /// What a derived future bound adds to the last planned event time.
    static let eventTimeMarginUs: Int64 = 3_600_000_000
}

/// One part of the load.
struct LoadStage: Equatable, Sendable {
    /// How scheduled times are spaced.
    enum Pacing: String, CaseIterable, Sendable { case uniform, poisson }

    /// Who decides when an order is sent.
    enum Executor: Equatable, Sendable {
        /// Written as fast as possible before the engine starts; event time advances by one second
        /// every `eventRate` orders.
        case backlog(orders: Int64, eventRate: Double)
        /// Open model: `rate` orders a second whatever the system does.
        case constantArrivalRate(rate: Double, durationMs: Int64, pacing: Pacing)

        /// As the scenario writes it.
        var name: String {
            switch self {
            case .backlog: "backlog"
            case .constantArrivalRate: "constant-arrival-rate"
            }
        }
    }

    /// Unique among the stages; a phase that thresholds can name.
    var name: String
    var executor: Executor

    /// Orders this stage schedules, duplicates of the data mix not counted.
    var orders: Int64 {
        switch executor {
        case .backlog(let orders, _): orders
        case .constantArrivalRate(let rate, let durationMs, _):
            Int64((rate * Double(durationMs) / 1_000).rounded())
        }
    }

    /// Time of the schedule; 0 for a backlog.
    var durationMs: Int64 {
        switch executor {
        case .backlog: 0
        case .constantArrivalRate(_, let durationMs, _): durationMs
        }
    }

    /// Event time that passes during the stage, in microseconds, rounded up.
    func eventTimeUs(speed: Double) -> Int64 {
        switch executor {
        case .backlog(let orders, let eventRate):
            Self.clamped(Double(orders) / eventRate * 1_000_000)
        case .constantArrivalRate(_, let durationMs, _):
            Self.clamped(Double(durationMs) * 1_000 * speed)
        }
    }

    private static func clamped(_ microseconds: Double) -> Int64 {
        Int64(exactly: microseconds.rounded(.up)) ?? .max
    }
}

extension LoadSettings {
    /// Orders of all stages.
    var orders: Int64 { stages.reduce(0) { $0 + $1.orders } }
    /// Schedule time of all stages.
    var durationMs: Int64 { stages.reduce(0) { $0 + $1.durationMs } }
    /// An event time that no scheduled order is after, UTC microseconds; the largest integer when it
    /// is beyond that.
    ///
    /// With the shape of a day, time passes slower at some hours; over any 24 hours it evens out.
    var eventTimeEnd: Int64 {
        stages.reduce(eventTimeStart) { end, stage in
            var span = stage.eventTimeUs(speed: eventTimeSpeed)
            let dayUs: Int64 = 86_400_000_000
            if dayShape, span < .max - dayUs { span = (span / dayUs + 1) * dayUs }
            let (sum, overflow) = end.addingReportingOverflow(span)
            return overflow ? .max : sum
        }
    }
}
