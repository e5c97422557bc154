internal import ASEEDSystem

/// An injection that is not made whole yet.
struct PendingInjection {
    let injection: Injection
    /// When its first order is due, after the stage's start.
    let startNs: Int64
    private(set) var made: Int64 = 0

    init(_ injection: Injection, startNs: Int64) {
        self.injection = injection
        self.startNs = startNs
    }

    /// When its next order is due; nil after the last.
    var dueNs: Int64? {
        guard made < injection.orders else { return nil }
        guard case .burst(_, let rate) = injection else { return startNs }
        return startNs + Int64(Double(made) * 1_000_000_000 / rate)
    }

    mutating func take() { made += 1 }
}

extension LoadStream {
    /// So many injections may wait at one time.
    private static let maxPending = 100

    /// Adds orders to the stage that runs.
    ///
    /// - Parameter atNs: now, after the stage's start; nothing due later was made yet.
    /// - Returns: why it can't be done; nil when it will.
    func inject(_ injection: Injection, atNs: Int64) -> String? {
        guard hasSchedule else { return "the stage that runs has no schedule" }
        guard injections.count < Self.maxPending else {
            return "\(Self.maxPending) injections are still to be made"
        }
        let most = (0..<plan.orderIDDigits).reduce(Int64(1)) { power, _ in power * 10 } - 1
        let planned = plan.firstSequence - 1 + plan.orders
        guard injectedOrders + injection.orders <= most - planned else {
            return "order ids of \(plan.orderIDDigits) digits would run out"
        }
        injectedOrders += injection.orders
        injections.append(PendingInjection(injection, startNs: max(atNs, lastDueNs)))
        return nil
    }

    /// The injection whose order is due first, and when; nil when there is none.
    var nextInjection: (index: Int, dueNs: Int64)? {
        var first: (index: Int, dueNs: Int64)?
        for (index, pending) in injections.enumerated() {
            guard let dueNs = pending.dueNs, dueNs < first?.dueNs ?? .max else { continue }
            first = (index, dueNs)
        }
        return first
    }

    /// Notes that an injection's order was made.
    func takeInjected(_ index: Int) {
        injections[index].take()
        if injections[index].dueNs == nil { injections.remove(at: index) }
    }

    /// Makes an order that is late or rejected whatever the mix would make of it.
    ///
    /// - Returns: false when the blocks are full.
    func produceForced(_ injection: Injection) -> Bool {
        guard let partition = beginSpecial() else { return false }
        var draft = generator.next()
        passPicks(of: draft)
        draft.eventTimeUs = min(draft.eventTimeUs, latestUs)
        if case .invalid = injection {
            let kind = InvalidKind.usual[nextInvalidKind % InvalidKind.usual.count]
            nextInvalidKind += 1
            let order = OrderText(
                draft, catalogue: generator.catalogue, digits: plan.orderIDDigits)
            let record = invalidRecords.record(kind, of: order, &injected)
            note(draft.sequence, .invalid, kind)
            blocks.append(record, to: partition)
            return true
        }
        let newest = blocks.latestEventTimeUs(of: partition)
        // A window's size more than late: its last window ended before the watermark.
        let behind =
            (plan.watermarkDelayMs + plan.windowMs) * 1_000 + Int64(injected.below(60_000_000))
        let isLate = newest != .min && newest - behind >= 0
        if isLate {
            draft.eventTimeUs = newest - behind
            note(draft.sequence, .late, nil)
        }
        generator.write(draft, to: partition, of: blocks)
        blocks.note(eventTimeUs: draft.eventTimeUs, in: partition)
        return true
    }
}
