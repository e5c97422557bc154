public import ASEEDSystem

/// A described load: which orders, in which order, how fast. One plan gives one log, byte for byte.
public struct LoadPlan: Equatable, Sendable {
    /// Every random stream is derived from it by name.
    public var seed: Int64
    /// Partitions of the log.
    public var partitions = 3
    /// When an order counts as acknowledged (R7).
    public var fsync = FileLog.Fsync.never
    /// Products in the catalogue.
    public var products = 1_000
    /// Categories in the catalogue.
    public var categories = 10
    /// How often each product is bought.
    public var popularity = Popularity.zipf(exponent: 1.1)
    /// Customers; 0 leaves them out of the orders.
    public var customers = 0
    /// Whether event time is denser in busy hours.
    public var dayShape = false
    /// Whether sales campaigns change prices and choices.
    public var promotions = false
    /// Whether orders name their customer's segment.
    public var segments = false
    /// Event time of the first order, microseconds since 1970.
    public var eventTimeStartUs: Int64 = 1_705_276_800_000_000
    /// Seconds of event time in a second of the schedule.
    public var eventTimeSpeed = 1.0
    /// Size of the windows that `boundary` and `late` aim at.
    public var windowMs: Int64 = 60_000
    /// Slide of those windows.
    public var slideMs: Int64 = 60_000
    /// The watermark's delay behind the greatest event time.
    public var watermarkDelayMs: Int64 = 600_000
    /// The future bound (R46): no valid order lies beyond it.
    public var eventTimeMaxUs: Int64?
    /// Which orders are not plain ones.
    public var mix = QualityMix()
    /// What is sent, one after the other.
    public var stages: [Stage]
    /// The first order's number; above 1 when a log is continued.
    public var firstSequence: Int64 = 1

    /// Makes a plan with the defaults.
    public init(seed: Int64, stages: [Stage]) {
        self.seed = seed
        self.stages = stages
    }

    /// A part of the load.
    public struct Stage: Equatable, Sendable {
        /// How scheduled times are spaced.
        public enum Pacing: String, CaseIterable, Sendable {
            /// Evenly.
            case uniform
            /// As independent customers arrive: the given number of orders at random times.
            case poisson
        }

        /// Who decides when an order is due.
        public enum Executor: Equatable, Sendable {
            /// All orders are due at once; `eventRate` of them lie in a second of event time.
            case backlog(orders: Int64, eventRate: Double)
            /// `rate` orders a second are due, whatever the system does.
            case constantArrivalRate(rate: Double, durationMs: Int64, pacing: Pacing)
            /// As before, but the rate follows the hours of the day (UTC) of event time.
            case shapedArrivalRate(rate: Double, durationMs: Int64)

            /// As the plan writes it.
            public var name: String {
                switch self {
                case .backlog: "backlog"
                case .constantArrivalRate: "constant-arrival-rate"
                case .shapedArrivalRate: "shaped-arrival-rate"
                }
            }
        }

        /// Names the stage in results.
        public var name: String
        /// Who decides when an order is due.
        public var executor: Executor

        /// Makes a stage.
        public init(name: String, executor: Executor) {
            self.name = name
            self.executor = executor
        }

        /// Orders that the stage schedules, duplicates not counted.
        public var orders: Int64 {
            switch executor {
            case .backlog(let orders, _): orders
            case .constantArrivalRate(let rate, let durationMs, _),
                .shapedArrivalRate(let rate, let durationMs):
                Int64(min((rate * Double(durationMs) / 1_000).rounded(), 1e15))
            }
        }
    }

    /// Orders of all stages, duplicates not counted.
    public var orders: Int64 { stages.reduce(0) { $0 + $1.orders } }

    /// Digits of the order ids.
    public var orderIDDigits: Int { OrderID.digits(forOrders: firstSequence - 1 + orders) }

    /// The seed as the random streams take it.
    var streamSeed: UInt64 { UInt64(bitPattern: seed) }

    /// The simulated shop of this plan.
    public var simulatorOptions: SimulatorOptions {
        var options = SimulatorOptions(seed: streamSeed, eventTimeStartUs: eventTimeStartUs)
        options.products = products
        options.categories = categories
        options.popularity = popularity
        options.customers = customers
        options.dayShape = dayShape
        options.promotions = promotions
        options.segments = segments
        options.orderIDDigits = orderIDDigits
        options.firstSequence = firstSequence
        return options
    }
}
