/// Runs an engine by its trigger until it is told to stop (R50).
public struct EngineService {
    private let engine: Engine
    private let trigger: EngineOptions.Trigger
    private let stop: TerminationSignal
    /// Called after each trigger.
    private let report: () -> Void
    private let heartbeat: HeartbeatWriter?
    /// How often a trigger of 0 looks for new records when there were none.
    private static let pollNs: Int64 = 2_000_000
    /// How long available-now waits for records that the log has and does not give.
    private static let patienceNs: Int64 = 60_000_000_000

    /// An engine that is ready to run.
    ///
    /// - Parameters:
    ///   - heartbeat: told before and after each batch.
    ///   - report: called after each trigger, for example to tell of failed publications.
    public init(
        engine: Engine, trigger: EngineOptions.Trigger, stop: TerminationSignal,
        heartbeat: HeartbeatWriter? = nil, report: @escaping () -> Void = {}
    ) {
        self.engine = engine
        self.trigger = trigger
        self.stop = stop
        self.report = report
        self.heartbeat = heartbeat
    }

    /// Runs to the log's end (available-now) or until a signal comes. The batch under way is always
    /// finished.
    public func run() throws(EngineError) {
        switch trigger {
        case .availableNow: try drain()
        case .interval(let ms): try follow(intervalNs: ms * 1_000_000)
        }
    }

    private func drain() throws(EngineError) {
        var ends = try engine.logEnds()
        var quietSinceNs = engine.clock.monotonicNs()
        while !stop.isRaised {
            note(.running, nextNs: 0)
            let didWork = try engine.runBatch(upTo: ends)
            let nowNs = engine.clock.monotonicNs()
            if didWork {
                quietSinceNs = nowNs
                continue
            }
            // A log that seemed to go on may end earlier: at a transaction that is not decided.
            let now = try engine.logEnds()
            for (partition, end) in now.enumerated() where partition < ends.count {
                ends[partition] = min(ends[partition], end)
            }
            guard let unread = engine.firstUnread(before: ends) else { return }
            let waitedNs = nowNs - quietSinceNs
            guard waitedNs < Self.patienceNs else {
                throw .log(
                    .stalled(
                        log: engine.log.identity, partition: unread.partition,
                        position: unread.position, end: unread.end,
                        waitedMs: waitedNs / 1_000_000))
            }
            _ = stop.wait(untilNs: nowNs + Self.pollNs)
        }
    }

    private func note(_ state: Heartbeat.State, nextNs: Int64) {
        heartbeat?.note(
            state, records: engine.recordsRead, batchID: engine.lastBatchID, nextNs: nextNs)
    }

    private func follow(intervalNs: Int64) throws(EngineError) {
        let startNs = engine.clock.monotonicNs()
        var dueNs = startNs
        while true {
            note(.idle, nextNs: dueNs)
            guard !stop.wait(untilNs: dueNs) else { return }
            note(.running, nextNs: 0)
            let didWork = try engine.runBatch(upTo: try engine.logEnds())
            if !didWork { engine.offerHeldBack() }
            engine.renewPublications()
            report()
            let nowNs = engine.clock.monotonicNs()
            guard intervalNs > 0 else {
                dueNs = didWork ? nowNs : nowNs + Self.pollNs
                continue
            }
            let next = startNs + ((dueNs - startNs) / intervalNs + 1) * intervalNs
            // After an overrun the next batch starts at once; missed triggers are not made up.
            dueNs = next > nowNs ? next : nowNs
        }
    }
}

extension Engine {
    /// Records that are in the committed state: valid, rejected and late ones.
    public var recordsRead: Int64 { state.profile.records }
    /// The last batch that was committed; nil before the first.
    public var lastBatchID: Int64? { state.nextBatchID > 0 ? state.nextBatchID - 1 : nil }
}
