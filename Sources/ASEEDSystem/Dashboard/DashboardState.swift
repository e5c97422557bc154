/// What the dashboard holds, and the rules by which messages change it (R61–R63).
///
/// A value without clock, files or network: the same messages always give the same state.
struct DashboardState: Sendable {
    /// What is kept at most; the oldest goes first, and is counted.
    struct Limits: Sendable {
        var runs = 16
        var finalsPerRun = 200_000
        var acceptancesPerRun = 200_000
    }

    /// What became of a message.
    enum Verdict: Equatable, Sendable {
        case accepted
        /// As new a result is held already (R62).
        case stale
        /// A higher epoch has written (R61).
        case fenced
        /// A final window is held with another value (R63).
        case conflict(String)
        /// Open windows changed, but nothing is held that they could be changes of (R64).
        case incomplete

        /// For counting.
        var word: String {
            switch self {
            case .accepted: "accepted"
            case .stale: "stale"
            case .fenced: "fenced"
            case .conflict: "conflict"
            case .incomplete: "incomplete"
            }
        }
    }

    /// New at each start of the dashboard (R64).
    let instanceID: String
    let limits: Limits
    /// The highest epoch seen in a message; 0 before the first (R61).
    private(set) var epoch: Int64
    private(set) var runs: [String: RunState]
    /// The runs, the one that was written last at the end.
    private(set) var recency: [String]

    init(
        instanceID: String, limits: Limits = Limits(), epoch: Int64 = 0,
        runs: [String: RunState] = [:]
    ) {
        self.instanceID = instanceID
        self.limits = limits
        self.epoch = epoch
        self.runs = runs
        recency = runs.sorted {
            ($0.value.counters.updatedNs, $0.key) < ($1.value.counters.updatedNs, $1.key)
        }.map(\.key)
    }

    /// The run that was written last.
    var newestRun: (id: String, state: RunState)? {
        recency.last.flatMap { id in runs[id].map { (id, $0) } }
    }

    /// Takes or refuses a message.
    ///
    /// - Parameter nowNs: wall time, only ever shown.
    /// - Returns: the verdict, and what it changed.
    mutating func receive(
        _ message: DashboardMessage, nowNs: Int64
    ) -> (verdict: Verdict, changes: [StateChange]) {
        let id = message.envelope.runID
        var changes: [StateChange] = []
        guard message.envelope.epoch >= epoch else {
            count(\.fenced, id, &changes)
            return (.fenced, changes)
        }
        if message.envelope.epoch > epoch {
            epoch = message.envelope.epoch
            changes.append(.epoch(epoch))
        }
        let verdict = judge(message, runs[id])
        switch verdict {
        case .accepted: accept(message, nowNs, &changes)
        case .stale: count(\.stale, id, &changes)
        case .conflict: count(\.conflicts, id, &changes)
        case .fenced, .incomplete: break
        }
        return (verdict, changes)
    }

    private func judge(_ message: DashboardMessage, _ run: RunState?) -> Verdict {
        let version = message.envelope.version
        switch message.content {
        case .complete:
            guard let held = run?.snapshots[message.query] else { return .accepted }
            return version > held.version ? .accepted : .stale
        case .open(_, let full):
            guard let held = run?.openMark else { return full ? .accepted : .incomplete }
            return version > held.version ? .accepted : .stale
        case .final(let rows):
            for row in rows {
                guard let held = run?.finals[row.key], held.row != row else { continue }
                return .conflict(
                    "window \(row.key.text) is final with \(Self.text(held.row)), "
                        + "the message says \(Self.text(row))")
            }
            return .accepted
        }
    }

    private static func text(_ row: WindowRow) -> String {
        String(decoding: row.json, as: UTF8.self)
    }

    private mutating func count(
        _ counter: WritableKeyPath<RunCounters, Int64>, _ id: String, _ changes: inout [StateChange]
    ) {
        guard var run = runs.removeValue(forKey: id) else { return }
        run.counters[keyPath: counter] += 1
        changes.append(.counters(run: id, run.counters))
        runs[id] = run
    }

    private mutating func accept(
        _ message: DashboardMessage, _ nowNs: Int64, _ changes: inout [StateChange]
    ) {
        let id = message.envelope.runID
        // Taken out of the table, so that its collections are changed in place.
        var run = runs.removeValue(forKey: id) ?? RunState()
        switch message.content {
        case .complete(let parts):
            let snapshot = StoredSnapshot(
                version: message.envelope.version, watermark: message.envelope.watermark,
                positions: message.envelope.positions, body: message.body, parts: parts)
            run.snapshots[message.query] = snapshot
            changes.append(.snapshot(run: id, message.query, snapshot))
        case .open(let rows, let full):
            run.takeOpen(rows, full: full, message.envelope, id, &changes)
        case .final(let rows):
            run.takeFinal(rows, message.envelope, limit: limits.finalsPerRun, id, &changes)
        }
        run.note(
            Acceptance(
                query: message.query, mode: message.envelope.mode,
                version: message.envelope.version),
            limit: limits.acceptancesPerRun, id, &changes)
        run.counters.updatedNs = max(nowNs, run.counters.updatedNs)
        changes.append(.counters(run: id, run.counters))
        runs[id] = run
        if recency.last != id {
            recency.removeAll { $0 == id }
            recency.append(id)
        }
        while recency.count > limits.runs {
            let oldest = recency.removeFirst()
            runs[oldest] = nil
            changes.append(.runRemoved(oldest))
        }
    }
}

extension RunState {
    /// Replaces or merges open windows. A window that is final stays so, whatever an older message
    /// says of it.
    fileprivate mutating func takeOpen(
        _ rows: [WindowRow], full: Bool, _ envelope: Envelope, _ id: String,
        _ changes: inout [StateChange]
    ) {
        if full {
            open.removeAll()
            changes.append(.openCleared(run: id))
        }
        for row in rows where finals[row.key] == nil {
            open[row.key] = row
            changes.append(.open(run: id, row))
        }
        let mark = WindowMark(envelope)
        openMark = mark
        changes.append(.openMark(run: id, mark))
    }

    /// Stores final windows; the same value again changes nothing (R63).
    fileprivate mutating func takeFinal(
        _ rows: [WindowRow], _ envelope: Envelope, limit: Int, _ id: String,
        _ changes: inout [StateChange]
    ) {
        for row in rows {
            if open.removeValue(forKey: row.key) != nil {
                changes.append(.openRemoved(run: id, row.key))
            }
            guard finals[row.key] == nil else { continue }
            let final = FinalRow(row: row, batchID: envelope.batchID)
            finals[row.key] = final
            changes.append(.final(run: id, final))
        }
        if finalMark.map({ $0.version < envelope.version }) ?? true {
            let mark = WindowMark(envelope)
            finalMark = mark
            changes.append(.finalMark(run: id, mark))
        }
        // Sorting is paid for once in a tenth of the limit.
        guard finals.count > limit + limit / 10 else { return }
        for key in finals.keys.sorted().prefix(finals.count - limit) {
            finals[key] = nil
            counters.finalsDropped += 1
            changes.append(.finalRemoved(run: id, key))
        }
    }

    fileprivate mutating func note(
        _ acceptance: Acceptance, limit: Int, _ id: String, _ changes: inout [StateChange]
    ) {
        let sequence = counters.acceptancesDropped + Int64(acceptances.count)
        acceptances.append(acceptance)
        changes.append(.acceptance(run: id, sequence: sequence, acceptance))
        guard acceptances.count > limit + limit / 10 else { return }
        let surplus = acceptances.count - limit
        acceptances.removeFirst(surplus)
        counters.acceptancesDropped += Int64(surplus)
        changes.append(.acceptancesRemoved(run: id, below: counters.acceptancesDropped))
    }
}
