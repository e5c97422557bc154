internal import LoadGen

/// The latency of every scheduled order: from its scheduled send to the first message whose positions
/// cover it, and the hops on its way.
///
/// An order's times belong to the moment at which it was due, so that one that waited long is not
/// moved out of the phase that made it wait.
struct LatencyMeasures: Sendable {
    /// A part of the way.
    enum Hop: Int, CaseIterable, Sendable {
        /// Scheduled to actual send.
        case schedule
        /// Send to being in the log: acknowledged, or already committed by the engine.
        case log
        /// To the commit of the order's batch.
        case engine
        /// To the dashboard's acceptance of the message that covers it.
        case publish
        /// To that message at the subscriber.
        case dashboard

        /// `engine`
        var name: String { "\(self)" }
        /// `hop_engine_ms`
        var metric: String { "hop_\(name)_ms" }
    }

    static let metric = "e2e_latency_ms"
    /// Hops that are more than this out of order prove that some time is wrong.
    static let toleranceNs: Int64 = 1_000_000

    private let subscription: SubscriptionLog
    private let commits: CommitTimes
    private(set) var whole: LatencySeries
    private(set) var hops: [LatencySeries]
    /// Acknowledged orders that no message covered, or none that can be told.
    private(set) var uncovered: Int64 = 0
    /// Those of them whose position the log did not tell.
    private(set) var unplaced: Int64 = 0
    /// Orders that a message covered and no report of a batch holds.
    private(set) var uncommitted: Int64 = 0
    /// Orders whose hops do not follow each other.
    private(set) var disordered: Int64 = 0

    init(subscription: SubscriptionLog, commits: CommitTimes, cuts: TimeCuts) {
        self.subscription = subscription
        self.commits = commits
        whole = LatencySeries(cuts: cuts)
        hops = Hop.allCases.map { _ in LatencySeries(cuts: cuts) }
    }

    /// Adds an acknowledged order that had a schedule.
    mutating func add(_ entry: borrowing LoadGen.HistoryEntry) {
        guard entry.position >= 0 else {
            uncovered += 1
            unplaced += 1
            return
        }
        guard
            let cover = subscription.cover(partition: entry.partition, position: entry.position)
        else {
            uncovered += 1
            return
        }
        let wholeNs = cover.receivedNs - entry.scheduledNs
        whole.add(wholeNs, atNs: entry.scheduledNs)
        guard
            let commit = commits.commit(partition: entry.partition, position: entry.position)
        else {
            uncommitted += 1
            return
        }
        let committedNs =
            switch commit {
            case .at(let ns): ns
            case .notAfter(let ns): min(ns, cover.acceptedNs)
            }
        // A consumer can be faster than the producer's own receipt.
        let inLogNs = min(entry.acknowledgedNs, committedNs)
        let parts = [
            entry.sentNs - entry.scheduledNs, inLogNs - entry.sentNs, committedNs - inLogNs,
            cover.acceptedNs - committedNs, cover.receivedNs - cover.acceptedNs,
        ]
        let error = abs(parts.reduce(0, +) - wholeNs)
        if error > Self.toleranceNs || parts.contains(where: { $0 < -Self.toleranceNs }) {
            disordered += 1
        }
        for (hop, part) in parts.enumerated() { hops[hop].add(part, atNs: entry.scheduledNs) }
    }

    /// Why the latency can't be told; nil when it can.
    ///
    /// - Parameter excused: times at which a fault took the dashboard away.
    func unknown(excused: [MetricStore.Interval]) -> String? {
        if unplaced > 0 {
            return "the log told no position of \(unplaced) of \(uncovered + whole.count) orders"
        }
        if uncovered > 0 {
            return "no message covered \(uncovered) of \(uncovered + whole.count) orders"
        }
        if subscription.dropped > 0 {
            return "\(subscription.dropped) messages found no room in the subscriber's log"
        }
        let lost = subscription.gaps.first { gap in
            !excused.contains { $0.startNs <= gap.fromNs && gap.fromNs < $0.endNs }
        }
        if lost != nil { return "the subscriber lost its connection without a fault" }
        return nil
    }

    /// Why the hops can't be told; nil when they can.
    var unknownHops: String? {
        if uncommitted > 0 {
            return "the engine reported no batch that holds \(uncommitted) orders"
        }
        if disordered > 0 { return "the times of \(disordered) orders do not follow each other" }
        return nil
    }

    /// Messages that the subscriber got, and its times without a connection.
    var messages: Int64 { subscription.messages }
    var gaps: [(fromNs: Int64, untilNs: Int64?)] { subscription.gaps }

    /// Puts all into the store, or why it is not there.
    func fill(_ metrics: inout MetricStore, excused: [MetricStore.Interval]) {
        guard whole.count + uncovered > 0 else { return }
        metrics.set(Self.metric, whole)
        for hop in Hop.allCases { metrics.set(hop.metric, hops[hop.rawValue]) }
        let reason = unknown(excused: excused)
        if let reason { metrics.setUnknown(Self.metric, reason) }
        guard let hopReason = reason ?? unknownHops else { return }
        for hop in Hop.allCases { metrics.setUnknown(hop.metric, hopReason) }
    }
}
