/// The shapes that a worker knows, and how much it may spend on trying and learning them.
///
/// Records that never repeat a shape would make every try and every lesson a loss, so both cost
/// credit that only hits bring back.
final class PlanBook {
    static let maxPlans = 8
    private static let learnCost = 500
    private static let maxLearnCredit = 20_000
    private static let maxTryCredit = 1000

    private var plans: [ShapePlan] = []
    private var nextID: UInt32 = 1
    private var learnCredit = PlanBook.maxLearnCredit
    private var tryCredit = PlanBook.maxTryCredit
    private var current = 0

    /// Plans learned so far, for progress and tests.
    private(set) var learned = 0

    /// The plan to try first.
    var preferred: ShapePlan? { plans.isEmpty ? nil : plans[current] }

    /// The next plan to try for a record that `tries` plans did not fit, the preferred one first; or
    /// nil, and the preferred one is the first to be tried again.
    func another(after tries: Int) -> ShapePlan? {
        guard tries < plans.count, tryCredit > 0 else {
            tryCredit -= tries - 1
            // The plan that was preferred before this record stays so.
            if !plans.isEmpty { current = (current + plans.count - (tries - 1)) % plans.count }
            return nil
        }
        current = (current + 1) % plans.count
        return plans[current]
    }

    /// Gives back credit at the end of a block, and counts the hits for the preferred plan.
    func credit(hits: Int) {
        if !plans.isEmpty { plans[current].hits += hits }
        learnCredit = min(Self.maxLearnCredit, max(learnCredit, 2 * Self.learnCost) + hits)
        tryCredit = min(Self.maxTryCredit, max(tryCredit, 16) + hits)
    }

    /// Learns the shape of a valid record, if it is new and there is credit left. It is preferred
    /// once it fits a record.
    func learn(_ record: UnsafePointer<UInt8>, count: Int, fields: InlineArray<7, FieldSpan>) {
        guard learnCredit >= Self.learnCost else { return }
        learnCredit -= Self.learnCost
        guard let steps = ShapePlanBuilder.steps(record, count: count, fields: fields) else {
            return
        }
        if plans.contains(where: { $0.hasSameShape(as: steps) }) { return }
        let plan = ShapePlan(id: nextID, steps: steps)
        nextID += 1
        learned += 1
        if plans.count < Self.maxPlans {
            plans.append(plan)
        } else {
            plans[leastUsed()] = plan
            // Old merits fade, so that a stream that changes its shape is not held to the old one.
            for plan in plans { plan.hits /= 2 }
        }
    }

    private func leastUsed() -> Int {
        plans.indices.min { plans[$0].hits < plans[$1].hits } ?? 0
    }
}
