/// Orders exactly at, 1 µs before and 1 µs after each window end and lateness limit.
///
/// When the event clock passes such a time, every partition goes through the same few steps.
struct BoundaryOrders {
    private let sizeUs: Int64
    private let slideUs: Int64
    private let delayUs: Int64

    /// Boundaries after this time are still to come.
    private(set) var nextUs: Int64
    /// Event times of the steps that every partition goes through now.
    private var script: [Int64] = []
    private var scriptStart: Int64 = 0
    private let partitions: Int64

    /// Starts with the first boundary after a time.
    init(plan: LoadPlan) {
        sizeUs = plan.windowMs * 1_000
        slideUs = plan.slideMs * 1_000
        delayUs = plan.watermarkDelayMs * 1_000
        partitions = Int64(plan.partitions)
        nextUs = .max
        if plan.mix.boundary { nextUs = Self.first(after: plan.eventTimeStartUs, plan: self) }
    }

    /// The event time from which on orders must be asked about here.
    var stopUs: Int64 { nextUs == .max ? .max : nextUs + 1 }

    /// Whether the steps of a boundary are being gone through.
    var isActive: Bool { !script.isEmpty }

    /// The event time that order `slot` gets because of a boundary; nil when none.
    ///
    /// - Parameter clockUs: the event time that the order would have.
    mutating func eventTime(slot: Int64, clockUs: Int64) -> Int64? {
        if script.isEmpty {
            guard clockUs >= stopUs else { return nil }
            begin(slot: slot, clockUs: clockUs)
        }
        let step = Int((slot - scriptStart) / partitions)
        let us = script[step]
        if slot - scriptStart == Int64(script.count) * partitions - 1 { script = [] }
        return us
    }

    private mutating func begin(slot: Int64, clockUs: Int64) {
        var boundary = nextUs
        while true {
            let after = Self.first(after: boundary, plan: self)
            guard after < clockUs else {
                nextUs = after
                break
            }
            boundary = after
        }
        scriptStart = slot
        script = steps(at: boundary)
    }

    /// The greatest event time goes from 1 µs before the boundary to 1 µs after it. Where this makes
    /// a window late, an order of its last microsecond follows each step: the first is in time.
    private func steps(at boundary: Int64) -> [Int64] {
        let end = boundary - delayUs
        guard isWindowEnd(end), end > 0, delayUs > 0 else {
            return [boundary - 1, boundary, boundary + 1]
        }
        return [
            boundary - 1, end - 1, boundary, end - 1, end, boundary + 1, end - 1,
        ]
    }

    private func isWindowEnd(_ us: Int64) -> Bool { (us - sizeUs) % slideUs == 0 }

    private static func first(after us: Int64, plan: BoundaryOrders) -> Int64 {
        func next(_ offset: Int64) -> Int64 {
            let passed = us - offset
            let steps = passed >= 0 ? passed / plan.slideUs : -((-passed - 1) / plan.slideUs + 1)
            return offset + (steps + 1) * plan.slideUs
        }
        return min(next(plan.sizeUs), next(plan.sizeUs + plan.delayUs))
    }
}
