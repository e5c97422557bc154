internal import ASEEDSystem

/// The orders of a plan, one after the other, put into blocks for the log's partitions.
///
/// What is made depends on the plan alone: neither on time nor on the size of the blocks.
final class LoadStream {
    /// An order in the blocks that is not plain.
    struct Exception {
        /// Its place in the blocks.
        let index: Int
        let sequence: Int64
        let fate: OrderFate
        let kind: InvalidKind?
    }

    private struct PendingDuplicate {
        let dueSlot: Int64
        let sequence: Int64
        let record: [UInt8]
    }

    let blocks: PartitionBlocks
    let generator: OrderGenerator
    /// The number of the first plain order in the blocks.
    private(set) var firstSequence: Int64
    /// The orders in the blocks that are not plain, in the order they were made.
    private(set) var exceptions: [Exception] = []
    /// When each order in the blocks was due, after the stage's start; empty for a backlog.
    private(set) var dueNs: [Int64] = []

    let plan: LoadPlan
    private var schedule: ArrivalSchedule?
    private var stageEnd: Int64 = 0
    private(set) var lastDueNs: Int64 = 0
    let latestUs: Int64

    /// Orders beside the plan's that are still to be made, and all there were.
    var injections: [PendingInjection] = []
    var injectedOrders: Int64 = 0
    /// For what injected orders draw, so that the plan's streams stay as they are.
    var injected: RandomStream
    var nextInvalidKind = 0

    private var outOfOrder: Recurrence
    private var late: Recurrence
    private var duplicates: Recurrence
    private var invalid: Recurrence
    private var boundary: BoundaryOrders
    let invalidRecords: InvalidRecords
    private var pending: [PendingDuplicate] = []
    /// No order before this one is picked by the mix.
    private var nextPick: Int64 = 0
    private let roomNeeded: Int

    /// Blocks fuller than this are written before more is made; the processor's cache holds them.
    private static let blockBytes = 1 << 18
    /// The longest stretch of due times in one set of blocks.
    private static let longestStretchNs: Int64 = 4_000_000_000

    init(plan: LoadPlan) {
        self.plan = plan
        generator = OrderGenerator(options: plan.simulatorOptions)
        let kinds = plan.mix.invalid.fraction > 0 ? plan.mix.invalid.kinds : []
        roomNeeded = kinds.contains(.recordTooLarge) ? 1_100_000 : 4_096
        blocks = PartitionBlocks(
            partitions: plan.partitions, capacity: Self.blockBytes + roomNeeded)
        firstSequence = plan.firstSequence
        latestUs = plan.eventTimeMaxUs ?? .max - 1
        func recurrence(_ name: String, _ fraction: Double) -> Recurrence {
            Recurrence(
                seed: plan.streamSeed, name: plan.simulatorOptions.streamName(name),
                fraction: fraction)
        }
        outOfOrder = recurrence("out_of_order", plan.mix.outOfOrder.fraction)
        late = recurrence("late", plan.mix.late.fraction)
        duplicates = recurrence("duplicates", plan.mix.duplicates.fraction)
        invalid = recurrence("invalid", plan.mix.invalid.fraction)
        boundary = BoundaryOrders(plan: plan)
        injected = RandomStream(seed: plan.streamSeed, name: "injected")
        invalidRecords = InvalidRecords(eventTimeMaxUs: plan.eventTimeMaxUs)
        dueNs.reserveCapacity(blocks.maxRecords)
        updateNextPick()
    }

    /// The next order's place in the plan, from 0.
    private var slot: Int64 { generator.nextSequence - plan.firstSequence }

    /// When the next order is due, after the stage's start; 0 in a backlog, nil after the last.
    var nextDueNs: Int64? {
        if let schedule {
            guard let injection = nextInjection else { return schedule.next?.offsetNs }
            return min(injection.dueNs, schedule.next?.offsetNs ?? .max)
        }
        return slot < stageEnd || !pending.isEmpty && isLastStage ? 0 : nil
    }

    /// Whether the stage that runs has due times.
    var hasSchedule: Bool { schedule != nil }

    private var stage = 0
    private var isLastStage: Bool { stage == plan.stages.count - 1 }

    /// Starts a stage; the one before is done.
    func start(stage index: Int) {
        stage = index
        schedule = ArrivalSchedule(
            plan: plan, stage: index, startUs: generator.nextEventTimeUs)
        if case .backlog(let orders, let eventRate) = plan.stages[index].executor {
            stageEnd = slot + orders
            generator.setEventRate(ordersPerSecond: eventRate)
        }
    }

    /// Ends a stage: the next one goes on at the event time that this one planned for its end.
    func finishStage() {
        guard let schedule else { return }
        generator.setNextEventTime(us: schedule.endEventTimeUs)
        self.schedule = nil
        injections = []
        lastDueNs = 0
        stageEnd = slot
    }

    /// Empties the blocks; the caller has written them.
    func clear() {
        blocks.clear()
        exceptions.removeAll(keepingCapacity: true)
        dueNs.removeAll(keepingCapacity: true)
        firstSequence = generator.nextSequence
    }

    /// Makes the orders that are due by a time, until the blocks are full.
    ///
    /// - Returns: false when the blocks are full: write them and call again.
    func produce(dueByNs limitNs: Int64, atMost limit: Int64 = .max) -> Bool {
        if schedule == nil { return produceBacklog(atMost: limit) }
        var left = limit
        while left > 0 {
            if !injections.isEmpty {
                let made = produceInjected(dueByNs: limitNs, atMost: left)
                left -= made.orders
                if made.isFull { return false }
            }
            guard left > 0, let due = schedule?.next, due.offsetNs <= limitNs else { break }
            guard make(dueNs: due.offsetNs, eventTimeUs: due.eventTimeUs, produceOne) else {
                return false
            }
            schedule?.take()
            left -= 1
        }
        return nextDueNs != nil || emitDuplicatesAtEnd()
    }

    /// Makes one order of a stage with due times.
    ///
    /// - Returns: false when the blocks are full.
    private func make(dueNs offsetNs: Int64, eventTimeUs: Int64, _ order: () -> Bool) -> Bool {
        if let first = dueNs.first, offsetNs - first > Self.longestStretchNs { return false }
        generator.setNextEventTime(us: eventTimeUs)
        lastDueNs = offsetNs
        let isMade = order()
        // Also when the blocks became full: duplicates may have been made before.
        for _ in dueNs.count..<blocks.records { dueNs.append(lastDueNs) }
        return isMade
    }

    /// Makes the injected orders that are due before the plan's next one.
    private func produceInjected(
        dueByNs limitNs: Int64, atMost limit: Int64
    ) -> (orders: Int64, isFull: Bool) {
        var orders: Int64 = 0
        while orders < limit, let next = nextInjection, next.dueNs <= limitNs,
            next.dueNs <= schedule?.next?.offsetNs ?? .max
        {
            let injection = injections[next.index].injection
            let eventTimeUs = schedule?.eventTimeUs(atNs: next.dueNs) ?? generator.nextEventTimeUs
            let isMade = make(dueNs: next.dueNs, eventTimeUs: eventTimeUs) {
                if case .burst = injection { produceOne() } else { produceForced(injection) }
            }
            guard isMade else { return (orders, true) }
            takeInjected(next.index)
            orders += 1
        }
        return (orders, false)
    }

    private func produceBacklog(atMost limit: Int64) -> Bool {
        let end = limit < stageEnd - slot ? slot + limit : stageEnd
        while slot < end {
            let plain = boundary.isActive ? 0 : min(nextPick, end) - slot
            if plain > 0 {
                let stopUs = min(boundary.stopUs, latestUs + 1)
                let made = generator.fill(
                    Int(plain), beforeEventTimeUs: stopUs, into: blocks)
                if made == plain { continue }
                if generator.nextEventTimeUs < stopUs { return false }
            }
            guard produceSpecial() else { return false }
        }
        return slot < stageEnd || emitDuplicatesAtEnd()
    }

    private func produceOne() -> Bool {
        let stopUs = min(boundary.stopUs, latestUs + 1)
        if slot < nextPick, !boundary.isActive, generator.nextEventTimeUs < stopUs {
            return generator.fill(1, into: blocks) == 1
        }
        return produceSpecial()
    }

    /// Makes one order that may be picked by the mix, after the duplicates due before it.
    private func produceSpecial() -> Bool {
        let slot = self.slot
        guard let partition = beginSpecial() else { return false }
        var draft = generator.next()
        var fate = OrderFate.normal
        let newest = blocks.latestEventTimeUs(of: partition)
        if let us = boundary.eventTime(slot: slot, clockUs: draft.eventTimeUs) {
            draft.eventTimeUs = us
            fate = .boundary
        }
        draft.eventTimeUs = min(draft.eventTimeUs, latestUs)
        let isRejected = reject(draft, slot: slot, partition: partition, fate: fate)
        delay(&draft, slot: slot, newestUs: newest, fate: &fate)
        if !isRejected { write(draft, slot: slot, partition: partition, fate: fate) }
        updateNextPick()
        return true
    }

    /// Makes the duplicates that are due before the next order.
    ///
    /// - Returns: the order's partition; nil when the blocks are full.
    func beginSpecial() -> Int? {
        let slot = self.slot
        while let duplicate = pending.first, duplicate.dueSlot <= slot {
            guard emit(duplicate) else { return nil }
            pending.removeFirst()
        }
        let partition = Int((generator.nextSequence - 1) % Int64(plan.partitions))
        guard hasRoom(in: partition) else {
            updateNextPick()
            return nil
        }
        return partition
    }

    /// Lets the picks of the mix pass by an order that was drawn for something else.
    func passPicks(of draft: OrderDraft) {
        let slot = draft.sequence - plan.firstSequence
        _ = boundary.eventTime(slot: slot, clockUs: draft.eventTimeUs)
        if late.next == slot { late.advance() }
        if outOfOrder.next == slot { outOfOrder.advance() }
        if invalid.next == slot { invalid.advance() }
        if duplicates.next == slot { duplicates.advance() }
        updateNextPick()
    }

    /// Moves an order back in event time when `late` or `out_of_order` picks it.
    ///
    /// Each kind draws whenever it picks, also when another kind goes first.
    private func delay(
        _ draft: inout OrderDraft, slot: Int64, newestUs: Int64, fate: inout OrderFate
    ) {
        if late.next == slot {
            let mix = plan.mix.late
            let span = UInt64(mix.maxDelayMs - mix.minDelayMs) * 1_000 + 1
            let behind = mix.minDelayMs * 1_000 + Int64(late.stream.below(span))
            late.advance()
            let us = newestUs == .min ? -1 : newestUs - plan.watermarkDelayMs * 1_000 - behind
            if fate == .normal, us >= 0 {
                draft.eventTimeUs = us
                fate = .late
            }
        }
        if outOfOrder.next == slot {
            let span = UInt64(max(1, plan.mix.outOfOrder.maxDelayMs * 1_000))
            let behind = 1 + Int64(outOfOrder.stream.below(span))
            outOfOrder.advance()
            let us = newestUs == .min ? -1 : newestUs - behind
            if fate == .normal, us >= 0 {
                draft.eventTimeUs = us
                fate = .outOfOrder
            }
        }
    }

    /// Writes a record that is rejected when `invalid` picks the order.
    private func reject(
        _ draft: OrderDraft, slot: Int64, partition: Int, fate: OrderFate
    ) -> Bool {
        guard invalid.next == slot else { return false }
        let kinds = plan.mix.invalid.kinds
        let kind = kinds[Int(invalid.stream.below(UInt64(kinds.count)))]
        let order = OrderText(
            draft, catalogue: generator.catalogue, digits: plan.orderIDDigits)
        let record = invalidRecords.record(kind, of: order, &invalid.stream)
        invalid.advance()
        guard fate != .boundary else { return false }
        if duplicates.next == slot {
            _ = duplicates.stream.below(UInt64(plan.mix.duplicates.maxGap))
            duplicates.advance()
        }
        note(draft.sequence, .invalid, kind)
        blocks.append(record, to: partition)
        return true
    }

    private func write(_ draft: OrderDraft, slot: Int64, partition: Int, fate: OrderFate) {
        if fate != .normal { note(draft.sequence, fate, nil) }
        let record = generator.write(draft, to: partition, of: blocks)
        blocks.note(eventTimeUs: draft.eventTimeUs, in: partition)
        guard duplicates.next == slot else { return }
        let gap = 1 + Int64(duplicates.stream.below(UInt64(plan.mix.duplicates.maxGap)))
        duplicates.advance()
        let copy = PendingDuplicate(
            dueSlot: slot + gap, sequence: draft.sequence, record: Array(record))
        let place = pending.firstIndex { $0.dueSlot > copy.dueSlot } ?? pending.count
        pending.insert(copy, at: place)
    }

    func note(_ sequence: Int64, _ fate: OrderFate, _ kind: InvalidKind?) {
        exceptions.append(
            Exception(index: blocks.records, sequence: sequence, fate: fate, kind: kind))
    }

    private func emit(_ duplicate: PendingDuplicate) -> Bool {
        let partition = Int((duplicate.sequence - 1) % Int64(plan.partitions))
        guard hasRoom(in: partition) else { return false }
        note(duplicate.sequence, .duplicate, nil)
        blocks.append(duplicate.record, to: partition)
        return true
    }

    /// After the last order of the last stage the duplicates that are still to come follow.
    private func emitDuplicatesAtEnd() -> Bool {
        guard isLastStage else { return true }
        while let duplicate = pending.first {
            guard emit(duplicate) else { return false }
            if schedule != nil { dueNs.append(lastDueNs) }
            pending.removeFirst()
        }
        return true
    }

    private func hasRoom(in partition: Int) -> Bool {
        blocks.room(in: partition) > max(roomNeeded, generator.maxLineBytes)
            && blocks.records < blocks.maxRecords
    }

    private func updateNextPick() {
        nextPick = min(
            outOfOrder.next, late.next, duplicates.next, invalid.next,
            pending.first?.dueSlot ?? .max)
    }
}
