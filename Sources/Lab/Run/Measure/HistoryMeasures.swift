internal import LoadGen

/// What the generator's history says about its sending, and what became of each order.
struct HistoryMeasures {
    /// What the history is compared with.
    struct Basis {
        /// The stages that have a schedule, by their place in the plan, and how long it is.
        var pacedStagesMs: [Int: Int64]
        var cuts: TimeCuts
        var commits: CommitTimes
        /// Nil when nobody subscribed.
        var subscription: SubscriptionLog?
    }

    /// Scheduled to actual send, and scheduled send to acknowledgement, of stages with a schedule.
    /// Both belong to the moment at which the order was due.
    private(set) var scheduleDelay: LatencySeries
    private(set) var ackLatency: LatencySeries
    private(set) var latency: LatencyMeasures?
    /// Records that were sent, and those of them made to be rejected.
    private(set) var sent: Int64 = 0
    private(set) var invalid: Int64 = 0
    /// Orders with a schedule that were due, and that were sent, in each stretch of time.
    private(set) var due: [Int64]
    private(set) var started: [Int64]
    /// The orders of each paced stage.
    private(set) var stages: [Int: StageSending] = [:]
    private let cuts: TimeCuts

    /// One stage's schedule against what was done.
    struct StageSending: Equatable, Sendable {
        /// An order that was sent this late at most was sent as scheduled.
        static let graceNs: Int64 = 50_000_000

        /// The end of the schedule, and that time.
        var deadlineNs: Int64
        var orders: Int64 = 0
        var inTime: Int64 = 0

        /// Sent by the end of the schedule ÷ scheduled.
        var achievedRatio: Double { orders > 0 ? Double(inTime) / Double(orders) : 1 }
    }

    private init(_ basis: Basis) {
        cuts = basis.cuts
        scheduleDelay = LatencySeries(cuts: basis.cuts)
        ackLatency = LatencySeries(cuts: basis.cuts)
        due = Array(repeating: 0, count: basis.cuts.count)
        started = due
        latency = basis.subscription.map {
            LatencyMeasures(subscription: $0, commits: basis.commits, cuts: basis.cuts)
        }
    }

    /// Reads the whole history.
    static func read(_ path: String, _ basis: Basis) throws -> HistoryMeasures {
        var found = HistoryMeasures(basis)
        var dueAt = 0
        var sentAt = 0
        try HistoryReader(path: path).forEach { entry in
            found.sent += 1
            if entry.fate == .invalid { found.invalid += 1 }
            guard let durationMs = basis.pacedStagesMs[entry.stage] else { return }
            dueAt = basis.cuts.index(of: entry.scheduledNs, near: dueAt)
            sentAt = basis.cuts.index(of: entry.sentNs, near: sentAt)
            found.due[dueAt] += 1
            found.started[sentAt] += 1
            found.note(entry, durationMs: durationMs)
            found.scheduleDelay.add(entry.sentNs - entry.scheduledNs, atNs: entry.scheduledNs)
            guard entry.outcome == .acknowledged else { return }
            found.ackLatency.add(
                entry.acknowledgedNs - entry.scheduledNs, atNs: entry.scheduledNs)
            found.latency?.add(entry)
        }
        return found
    }

    private mutating func note(_ entry: borrowing LoadGen.HistoryEntry, durationMs: Int64) {
        let deadlineNs = entry.scheduledNs + durationMs * 1_000_000 + StageSending.graceNs
        var stage = stages[entry.stage] ?? StageSending(deadlineNs: deadlineNs)
        stage.orders += 1
        if entry.sentNs <= stage.deadlineNs { stage.inTime += 1 }
        stages[entry.stage] = stage
    }

    /// Orders acknowledged and not committed, just after each commit.
    static func backlogAfterCommit(_ path: String, _ commits: CommitTimes) throws -> [Int64] {
        // Those acknowledged after the commit before and until this one; the last is after all.
        var acknowledged = [Int64](repeating: 0, count: commits.commitsNs.count + 1)
        var at = 0
        try HistoryReader(path: path).forEach { entry in
            guard entry.outcome == .acknowledged else { return }
            at = commits.index(atOrAfter: entry.acknowledgedNs, near: at)
            acknowledged[at] += 1
        }
        var sum: Int64 = 0
        return commits.totals.indices.map { index in
            sum += acknowledged[index]
            return sum - commits.totals[index]
        }
    }

    /// Puts what was offered and what was sent in time into the store.
    func fillRates(_ metrics: inout MetricStore) {
        guard due.contains(where: { $0 > 0 }) else { return }
        metrics.remove("offered_rate")
        metrics.remove("achieved_ratio")
        for index in due.indices where due[index] > 0 || started[index] > 0 {
            let at = max(cuts.start(of: index), 0)
            metrics.append("offered_rate", atNs: at, value: Double(due[index]))
            metrics.appendRate(
                "achieved_ratio", atNs: at, part: Double(started[index]), whole: Double(due[index]))
        }
    }
}
