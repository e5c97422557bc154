internal import LoadGen

/// What each fault cost, from the batches and the history of a finished run.
struct FaultMeasures {
    /// So many commits before a fault say which backlog was usual.
    static let usualCommits = 10

    private(set) var occurrences: [FaultOccurrence]

    /// - Parameters:
    ///   - history: the generator's history; without it only the first progress is known.
    init(
        _ occurrences: [FaultOccurrence], batches: [BatchProgress], commits: CommitTimes,
        history: String?
    ) throws {
        self.occurrences = occurrences
        guard let history, occurrences.contains(where: { $0.injectedNs != nil }) else { return }
        let backlog = try HistoryMeasures.backlogAfterCommit(history, commits)
        for index in self.occurrences.indices {
            self.occurrences[index].caughtUpNs = Self.caughtUp(
                self.occurrences[index], commits.commitsNs, backlog)
        }
        try countReplays(batches, history)
    }

    /// The first commit from the first progress on after which no more orders waited than were usual
    /// before; nil when there was none, or nothing to compare with.
    private static func caughtUp(
        _ occurrence: FaultOccurrence, _ commitsNs: [Int64], _ backlog: [Int64]
    ) -> Int64? {
        guard let injectedNs = occurrence.injectedNs, let progressNs = occurrence.firstProgressNs
        else { return nil }
        let before = commitsNs.firstIndex { $0 >= injectedNs } ?? commitsNs.count
        guard let usual = backlog[max(0, before - usualCommits)..<before].max() else { return nil }
        return commitsNs.indices.first {
            commitsNs[$0] >= progressNs && backlog[$0] <= max(usual, 0)
        }.map { commitsNs[$0] }
    }

    /// A batch that the engine had begun and not committed is read again by the next process.
    private mutating func countReplays(_ batches: [BatchProgress], _ history: String) throws {
        var lost: [Int: PlannedBatch] = [:]
        for (index, occurrence) in occurrences.enumerated() where occurrence.injectedNs != nil {
            occurrences[index].replayedOrders = 0
            guard occurrence.fault.target == .engine, occurrence.fault.action != .pause else {
                continue
            }
            guard let next = batches.first(where: occurrence.isProgress) else {
                occurrences[index].replayedOrders = nil
                continue
            }
            if let planned = occurrence.lostBatch {
                // A committed one is followed by the next number.
                if next.batchID <= planned.batchID { lost[index] = planned }
            } else if next.batchID > 0 {
                occurrences[index].replayedOrders = nil
            }
        }
        guard !lost.isEmpty else { return }
        var counts: [Int: Int64] = [:]
        try HistoryReader(path: history).forEach { entry in
            guard entry.outcome == .acknowledged else { return }
            for (index, planned) in lost
            where planned.holds(partition: entry.partition, position: entry.position) {
                counts[index, default: 0] += 1
            }
        }
        for (index, planned) in lost {
            occurrences[index].replayedOrders = min(counts[index] ?? 0, planned.maxRecords)
        }
    }

    /// Puts all into the store, or why it is not there.
    func fill(_ metrics: inout MetricStore) {
        for occurrence in occurrences {
            guard let injectedNs = occurrence.injectedNs else { continue }
            let tags = ["fault": occurrence.fault.id]
            let ends = [
                occurrence.caughtUpNs, occurrence.firstProgressNs, occurrence.readyNs,
                occurrence.restartedNs,
            ]
            metrics.addFault(
                occurrence.fault.id, startNs: injectedNs,
                endNs: ends.compactMap { $0 }.max() ?? metrics.run?.endNs ?? injectedNs)
            func add(_ name: String, _ value: Double?, or reason: String) {
                guard let value else { return metrics.setUnknown(name, reason) }
                metrics.append(name, atNs: injectedNs, value: value, tags: tags)
            }
            func since(_ ns: Int64?) -> Double? { ns.map { Double($0 - injectedNs) / 1e6 } }
            add(
                "outage_ms", since(occurrence.firstProgressNs),
                or: "no batch was committed after the fault \(occurrence.name)")
            add(
                "recovery_time_ms", since(occurrence.caughtUpNs),
                or: "the backlog did not come back to its level before the fault "
                    + "\(occurrence.name), or no batch was committed before it")
            add(
                "replayed_orders", occurrence.replayedOrders.map(Double.init),
                or: "nothing tells what the engine had begun before the fault \(occurrence.name)")
        }
    }

    /// Times at which the dashboard could not serve its subscribers.
    var dashboardOutages: [MetricStore.Interval] {
        occurrences.filter { $0.fault.target == .dashboard }.compactMap { occurrence in
            occurrence.injectedNs.map {
                .init(startNs: $0, endNs: occurrence.readyNs ?? occurrence.restartedNs ?? .max)
            }
        }
    }
}
