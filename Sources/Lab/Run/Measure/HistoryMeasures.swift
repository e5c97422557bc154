internal import LoadGen

/// What the generator's history says about its sending.
struct HistoryMeasures {
    /// Scheduled to actual send, and scheduled send to acknowledgement, of stages with a schedule.
    private(set) var scheduleDelay = LatencyBuckets()
    private(set) var ackLatency = LatencyBuckets()
    /// Records that were sent, and those of them made to be rejected.
    private(set) var sent: Int64 = 0
    private(set) var invalid: Int64 = 0

    /// Reads the whole history.
    ///
    /// - Parameter pacedStages: the stages that have a schedule, by their place in the plan.
    static func read(_ path: String, pacedStages: Set<Int>) throws -> HistoryMeasures {
        var found = HistoryMeasures()
        try HistoryReader(path: path).forEach { entry in
            found.sent += 1
            if entry.fate == .invalid { found.invalid += 1 }
            guard pacedStages.contains(entry.stage) else { return }
            found.scheduleDelay.add(entry.sentNs - entry.scheduledNs, atNs: entry.sentNs)
            if entry.outcome == .acknowledged {
                found.ackLatency.add(
                    entry.acknowledgedNs - entry.scheduledNs, atNs: entry.acknowledgedNs)
            }
        }
        return found
    }
}
