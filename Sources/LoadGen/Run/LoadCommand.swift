/// What whoever controls a load may ask for while a stage runs, a line each.
public enum LoadCommand: Equatable, Sendable {
    /// Orders beside the plan's.
    case inject(Injection)
    /// The stage ends now, as if its schedule had ended here.
    case stop

    /// Reads `inject burst ORDERS RATE`, `inject late N`, `inject invalid N` or `stop`.
    ///
    /// - Throws: why the line is none of them.
    public init(line: String) throws(PlanError) {
        let words = line.split(separator: " ")
        switch (words.first, words.count) {
        case ("stop", 1): self = .stop
        case ("inject", 3...4): self = .inject(try Injection(words.dropFirst().map(String.init)))
        default:
            throw PlanError(
                line, "expected: inject burst ORDERS RATE, inject late N, inject invalid N, or stop"
            )
        }
    }
}

/// Orders that are added to a stage with a rate while it runs. They take their numbers, products
/// and partitions as the plan's orders do, so the log and the history stay whole.
public enum Injection: Equatable, Sendable {
    /// Plain orders, so many a second beside the stage's own.
    case burst(orders: Int64, rate: Double)
    /// Orders that no window takes any more (R33), all at once.
    case late(orders: Int64)
    /// Records that are rejected, each for another reason in turn, all at once.
    case invalid(orders: Int64)

    /// The most orders of one injection.
    public static let maxOrders: Int64 = 10_000_000
    /// The most orders a second of a burst.
    public static let maxRate = 10_000_000.0

    /// How many orders it adds.
    public var orders: Int64 {
        switch self {
        case .burst(let orders, _), .late(let orders), .invalid(let orders): orders
        }
    }

    /// As commands and reports name it.
    public var kind: String {
        switch self {
        case .burst: "burst"
        case .late: "late"
        case .invalid: "invalid"
        }
    }

    init(_ words: [String]) throws(PlanError) {
        let line = words.joined(separator: " ")
        guard words.count > 1, let orders = Int64(words[1]), (1...Self.maxOrders).contains(orders)
        else {
            throw PlanError("inject \(line)", "orders are a number from 1 to \(Self.maxOrders)")
        }
        switch (words[0], words.count) {
        case ("late", 2): self = .late(orders: orders)
        case ("invalid", 2): self = .invalid(orders: orders)
        case ("burst", 3):
            guard let rate = Double(words[2]), rate > 0, rate <= Self.maxRate else {
                throw PlanError(
                    "inject \(line)", "a rate is above 0 and at most \(Int64(Self.maxRate))")
            }
            self = .burst(orders: orders, rate: rate)
        default:
            throw PlanError("inject \(line)", "expected: burst ORDERS RATE, late N or invalid N")
        }
    }
}

/// Whoever controls a load while it runs.
public protocol LoadControl: AnyObject {
    /// The commands that came since the last call; never waits.
    func takeCommands() -> [LoadCommand]
    /// Told of each injection whether the stage takes it.
    func answer(_ injection: Injection, refusal: String?)
}
