internal import ASEEDSystem
internal import Glibc

/// When each order of a stage with a rate is due, and its event time: an open model.
///
/// The schedule depends on the plan alone; whoever falls behind it catches up.
struct ArrivalSchedule {
    /// An order's place in the schedule.
    struct Due: Equatable {
        /// Nanoseconds after the stage's start.
        let offsetNs: Int64
        /// Microseconds since 1970.
        let eventTimeUs: Int64
    }

    private enum Spacing {
        case uniform(periodNs: Double)
        /// Exponential gaps, scaled so that all orders fall into the stage.
        case poisson(stream: RandomStream, scale: Double)
        case shaped(periodNs: Double)
    }

    /// The next order that is not yet taken; nil after the last.
    private(set) var next: Due?

    private var spacing: Spacing
    private let orders: Int64
    private let durationNs: Double
    private let startUs: Int64
    private let speed: Double
    private let dayShape: Bool
    private var taken: Int64 = 0
    private var offset = 0.0
    private var eventOffsetUs = 0.0

    /// The schedule of a stage; nil for a backlog, which has none.
    ///
    /// - Parameter startUs: event time at the stage's start.
    init?(plan: LoadPlan, stage index: Int, startUs: Int64) {
        let stage = plan.stages[index]
        self.startUs = startUs
        speed = plan.eventTimeSpeed
        switch stage.executor {
        case .backlog: return nil
        case .constantArrivalRate(let rate, let durationMs, let pacing):
            orders = stage.orders
            durationNs = Double(durationMs) * 1_000_000
            dayShape = plan.dayShape
            switch pacing {
            case .uniform: spacing = .uniform(periodNs: 1_000_000_000 / rate)
            case .poisson:
                let stream = RandomStream(seed: plan.streamSeed, name: "arrivals/\(index)")
                var ahead = stream
                var total = 0.0
                for _ in 0...orders { total -= log(ahead.unit()) }
                spacing = .poisson(stream: stream, scale: durationNs / total)
            }
        case .shapedArrivalRate(let rate, let durationMs):
            orders = .max
            durationNs = Double(durationMs) * 1_000_000
            dayShape = false
            spacing = .shaped(periodNs: 1_000_000_000 / rate)
        }
        if case .poisson = spacing {
            advance()
        } else {
            next = orders > 0 && durationNs > 0 ? Due(offsetNs: 0, eventTimeUs: startUs) : nil
        }
    }

    /// Event time at the end of the stage.
    var endEventTimeUs: Int64 {
        dayShape
            ? startUs + Int64(eventOffsetUs + (durationNs - offset) / 1_000 * speed)
            : startUs + Int64(durationNs / 1_000 * speed)
    }

    /// The event time of an order that is added between the plan's; they are in order.
    func eventTimeUs(atNs offsetNs: Int64) -> Int64 {
        let limitUs = next?.eventTimeUs ?? endEventTimeUs
        if dayShape { return limitUs }
        return min(limitUs, startUs + Int64((Double(offsetNs) / 1_000 * speed).rounded()))
    }

    /// Takes the next order.
    mutating func take() {
        taken += 1
        advance()
    }

    private mutating func advance() {
        guard taken < orders else {
            next = nil
            return
        }
        let before = offset
        switch spacing {
        case .uniform(let periodNs): offset = Double(taken) * periodNs
        case .poisson(var stream, let scale):
            offset -= log(stream.unit()) * scale
            spacing = .poisson(stream: stream, scale: scale)
        case .shaped(let periodNs): offset += periodNs / factor()
        }
        guard offset < durationNs || orders != .max else {
            next = nil
            return
        }
        if dayShape {
            eventOffsetUs += (offset - before) / 1_000 * speed / factor()
        } else {
            eventOffsetUs = offset / 1_000 * speed
        }
        next = Due(offsetNs: Int64(offset), eventTimeUs: startUs + Int64(eventOffsetUs.rounded()))
    }

    /// The day's factor at the event time reached.
    private func factor() -> Double {
        let second = (startUs + Int64(eventOffsetUs)) / 1_000_000
        return DayShape.factor(secondOfDay: Int(second % 86_400))
    }
}
