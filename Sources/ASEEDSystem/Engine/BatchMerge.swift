/// What one batch changed, for the checkpoint and the publications.
struct BatchChanges {
    var batchID: Int64 = 0
    var parts: [PartitionBatch] = []
    var context = BatchContext()
    /// F(n), `Int64.min` for −∞.
    var watermarkUs = Int64.min
    var groups: [Int32] = []
    var categories: Set<Int32> = []
    var windows: Set<EngineState.WindowKey> = []
    /// Window × category rows that changed.
    var windowRows = 0
    /// Windows that became final in this batch, in order; they are no longer in the state.
    var finals: [(key: EngineState.WindowKey, window: EngineState.Window)] = []
    var deadLetters: [DeadLetter] = []
    var latestChanged = false
    let windowSpecs: [WindowSpec]

    var records: Int64 { parts.reduce(0) { $0 + $1.scan.records } }
    var valid: Int64 { parts.reduce(0) { $0 + $1.scan.valid } }
    var rejected: Int64 { parts.reduce(0) { $0 + $1.scan.rejected } }
    var latePairs: Int64 { parts.reduce(0) { $0 + $1.scan.latePairs } }
    var lateRecords: Int64 { parts.reduce(0) { $0 + $1.scan.lateRecords } }
}

/// A worker's ids, and the state's ids for them.
struct WorkerIDs {
    var groups: [Int32] = []
    var categories: [Int32] = []
}

extension EngineState {
    /// Adds what a worker summed in a batch.
    mutating func merge(
        _ scanner: OrderScanner, ids: inout WorkerIDs, changes: inout BatchChanges
    ) {
        for name in scanner.groups.newCategories { ids.categories.append(categoryID(name)) }
        for group in scanner.groups.newGroups {
            let key = ProductKey(
                id: group.productID, name: group.productName, category: group.category)
            ids.groups.append(groupID(key))
        }
        mergeGroups(scanner, ids, &changes)
        mergePanes(scanner, ids, &changes)
        mergeProfile(scanner)
        changes.deadLetters.append(contentsOf: scanner.deadLetters)
        profile.deadLettersDropped += scanner.deadLettersDropped
    }

    private mutating func mergeGroups(
        _ scanner: OrderScanner, _ ids: WorkerIDs, _ changes: inout BatchChanges
    ) {
        for index in 0..<scanner.touchedCount {
            let local = scanner.touched[index]
            let id = ids.groups[Int(local)]
            groups[Int(id)].sums.add(scanner.sums[Int(local)])
            if let more = scanner.large.groups[local] { groups[Int(id)].sums.revenue += more }
            changes.groups.append(id)
        }
    }

    private mutating func mergePanes(
        _ scanner: OrderScanner, _ ids: WorkerIDs, _ changes: inout BatchChanges
    ) {
        var deltas: [WindowKey: [Int32: ExactSums]] = [:]
        let grid = scanner.grid
        scanner.forEachPane { paneStart, localCategory, sums in
            let category = ids.categories[Int(localCategory)]
            categories[Int(category)].sums.add(sums)
            changes.categories.insert(category)
            profile.add(sums, paneStart: paneStart)
            for (index, spec) in grid.windows.enumerated() {
                var start = spec.lastStart(at: paneStart)
                while start + spec.sizeUs > paneStart {
                    let key = WindowKey(spec: index, startUs: start)
                    deltas[key, default: [:]][category, default: ExactSums()].add(sums)
                    start -= spec.slideUs
                }
            }
        }
        for (key, sums) in scanner.late.sums {
            let window = WindowKey(spec: key.spec, startUs: key.windowStart)
            let category = ids.categories[Int(key.category)]
            deltas[window]?[category]?.subtract(sums)
        }
        for (key, byCategory) in deltas {
            for (category, sums) in byCategory where sums.count > 0 {
                windows[key, default: Window()].categories[category, default: ExactSums()].add(sums)
                if windows[key]?.changedIn.updateValue(changes.batchID, forKey: category)
                    != changes.batchID
                {
                    changes.windowRows += 1
                }
                changes.windows.insert(key)
            }
        }
    }

    private mutating func mergeProfile(_ scanner: OrderScanner) {
        let mid = Int128(scanner.midOrMore.revenue) + scanner.large.midOrMore
        let premium = Int128(scanner.premium.revenue) + scanner.large.premium
        var all = ExactSums()
        scanner.forEachPane { _, _, sums in all.add(sums) }
        profile.bands[PriceBand.budget.rawValue].count += all.count - scanner.midOrMore.count
        profile.bands[PriceBand.budget.rawValue].revenue += all.revenue - mid
        profile.bands[PriceBand.midRange.rawValue].count +=
            scanner.midOrMore.count - scanner.premium.count
        profile.bands[PriceBand.midRange.rawValue].revenue += mid - premium
        profile.bands[PriceBand.premium.rawValue].count += scanner.premium.count
        profile.bands[PriceBand.premium.rawValue].revenue += premium
        profile.totals.add(all)
        for reason in RejectReason.allCases {
            let index = Int(reason.rawValue)
            profile.rejects[index] += scanner.rejects[index]
        }
    }

    /// Takes over the ranges and counters of a batch, moves the watermark, and takes the windows
    /// out that are final now (R34–R36).
    ///
    /// - Parameter idle: partitions that are left out of the watermark.
    mutating func endBatch(_ changes: inout BatchChanges, idle: Set<Int>) {
        for part in changes.parts {
            let index = part.scan.partition
            partitions[index].position = part.end
            partitions[index].highUs = part.scan.highUs
            latestUs = max(latestUs, part.scan.highUs)
        }
        profile.records += changes.records
        profile.latePairs += changes.latePairs
        profile.lateRecords += changes.lateRecords
        let highs = partitions.indices.filter { !idle.contains($0) }.map { partitions[$0].highUs }
        changes.watermarkUs = watermark.endBatch(highs: highs, latestUs: latestUs)
        nextBatchID = changes.batchID + 1
        closeWindows(&changes)
    }

    private mutating func closeWindows(_ changes: inout BatchChanges) {
        let watermarkUs = changes.watermarkUs
        guard watermarkUs != .min else { return }
        let specs = changes.windowSpecs
        let closed = windows.keys.filter { $0.startUs + specs[$0.spec].sizeUs <= watermarkUs }
        for key in closed.sorted() {
            guard let window = windows.removeValue(forKey: key) else { continue }
            changes.finals.append((key, window))
        }
    }
}

extension OrderProfile {
    /// Adds a pane's sums to its hour and weekday.
    fileprivate mutating func add(_ sums: ExactSums, paneStart: Int64) {
        let hour = TimeText.hour(paneStart)
        hours[hour].count += sums.count
        hours[hour].revenue += sums.revenue
        let weekday = TimeText.weekday(paneStart) - 1
        weekdays[weekday].count += sums.count
        weekdays[weekday].revenue += sums.revenue
    }
}

extension OrderScanner {
    /// Every pane × category with orders in this batch, with all of its revenue.
    func forEachPane(
        _ body: (_ paneStart: Int64, _ category: Int32, _ sums: ExactSums) -> Void
    ) {
        func visit(_ paneStart: Int64, _ category: Int32, _ accumulator: Accumulator) {
            guard accumulator.count > 0 else { return }
            var sums = ExactSums()
            sums.add(accumulator)
            sums.revenue +=
                large.panes[.init(paneStart: paneStart, category: category)] ?? 0
            body(paneStart, category, sums)
        }
        for (row, paneStart) in panes.paneStarts.enumerated() {
            for category in 0..<min(panes.stride, groups.categoryCount) {
                visit(paneStart, Int32(category), panes.rows[row * panes.stride + category])
            }
        }
        for (key, accumulator) in panes.sparse { visit(key.paneStart, key.category, accumulator) }
    }
}
