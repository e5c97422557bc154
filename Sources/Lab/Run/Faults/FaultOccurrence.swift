/// One time that a fault is done: when it was due, and what came of it. Times are monotonic.
struct FaultOccurrence: Equatable, Sendable {
    /// Where it is on its way.
    enum State: Equatable, Sendable {
        /// Its time has not come, or its target does not run yet.
        case waiting
        /// The target's process is on its way out, or away.
        case down
        /// The next process was started and has not said that it is ready.
        case starting
        case paused
        /// The target works again.
        case settled
    }

    let fault: Fault
    /// From 1; of a fault that is done again and again.
    let number: Int
    var dueNs: Int64
    var state = State.waiting

    /// Just before the signal was sent, and just after: its effect may be seen between the two.
    var injectedNs: Int64?
    var signalledNs: Int64?
    /// The process's end was seen.
    var endedNs: Int64?
    /// The next process was started, or the paused one told to go on.
    var restartedNs: Int64?
    var readyNs: Int64?
    /// The first batch that was committed after the injection, by an engine that went through it.
    var firstProgressNs: Int64?
    /// The first commit after which no more orders waited than before the fault.
    var caughtUpNs: Int64?
    /// Epoch of the last batch before it.
    var epochBefore: Int64 = 0
    /// The batch that the engine had begun when it was taken away.
    var lostBatch: PlannedBatch?
    /// Orders that were read a second time.
    var replayedOrders: Int64?

    /// `kill-engine`, or `kill-engine #2` of several.
    var name: String { number > 1 ? "\(fault.id) #\(number)" : fault.id }

    /// Whether it is done to its target now.
    var isActive: Bool { state == .down || state == .starting || state == .paused }

    /// When something is to be done next; nil when only an event can bring it on.
    var nextNs: Int64? {
        guard let injectedNs else { return state == .waiting ? dueNs : nil }
        switch state {
        case .down where endedNs != nil: return injectedNs + fault.restartAfterMs * 1_000_000
        case .paused: return injectedNs + fault.durationMs * 1_000_000
        default: return nil
        }
    }

    /// Whether a batch shows that work went on after the fault.
    func isProgress(_ batch: BatchProgress) -> Bool {
        guard let signalledNs, batch.commitNs > signalledNs else { return false }
        // A process that was asked to end still commits what it had begun.
        let isNewProcess = fault.target != .engine || fault.action == .pause
        return isNewProcess || batch.epoch > epochBefore
    }
}

/// A batch as the engine had planned it: from where to where it was going to read.
struct PlannedBatch: Equatable, Sendable {
    var batchID: Int64
    var starts: [Int: Int64]
    var ends: [Int: Int64]
    /// It reads no more records than this.
    var maxRecords: Int64
}
