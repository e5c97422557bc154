/// What the generator's history says about its sending.
struct HistoryMeasures {
    /// Scheduled to actual send, and scheduled send to acknowledgement, of stages with a schedule.
    var scheduleDelay = LatencyBuckets()
    var ackLatency = LatencyBuckets()
    /// Records that the plan had sent, and those of them made to be rejected.
    var sent: Int64 = 0
    var invalid: Int64 = 0

    static func read(_ path: String) throws -> HistoryMeasures? { nil }
}
