/// The last accepted complete result of one query.
struct StoredSnapshot: Sendable {
    var version: Version
    var watermark: String?
    var positions: [Int64]
    /// The message as received; numbers are never touched.
    var body: [UInt8]
    var parts: SnapshotParts
}

/// Where a run's window results stand.
struct WindowMark: Equatable, Sendable {
    var version: Version
    var watermark: String?
    var positions: [Int64]

    init(_ envelope: Envelope) {
        version = envelope.version
        watermark = envelope.watermark
        positions = envelope.positions
    }

    init(version: Version, watermark: String?, positions: [Int64]) {
        self.version = version
        self.watermark = watermark
        self.positions = positions
    }
}

/// A final window and the batch in which it became final.
struct FinalRow: Equatable, Sendable {
    var row: WindowRow
    var batchID: Int64
}

/// One accepted message, as the verifier judges their order (C9).
struct Acceptance: Equatable, Sendable {
    var query: QueryName
    var mode: OutputMode
    var version: Version
}

/// Refusals that a run has seen.
struct RunCounters: Equatable, Sendable {
    var stale: Int64 = 0
    var fenced: Int64 = 0
    var conflicts: Int64 = 0
    /// Final windows over the limit that are no longer kept.
    var finalsDropped: Int64 = 0
    /// Acceptances over the limit that are no longer kept.
    var acceptancesDropped: Int64 = 0
    /// Wall time of the last accepted message.
    var updatedNs: Int64 = 0
}

/// Everything held of one run.
struct RunState: Sendable {
    var snapshots: [QueryName: StoredSnapshot] = [:]
    var open: [WindowKey: WindowRow] = [:]
    /// The last accepted message of open windows.
    var openMark: WindowMark?
    var finals: [WindowKey: FinalRow] = [:]
    /// The newest batch whose final windows came.
    var finalMark: WindowMark?
    var acceptances: [Acceptance] = []
    var counters = RunCounters()

    /// The newest result of all: what the run as a whole shows.
    var newest: WindowMark? {
        let marks =
            snapshots.values.map {
                WindowMark(
                    version: $0.version, watermark: $0.watermark, positions: $0.positions)
            } + [openMark, finalMark].compactMap { $0 }
        return marks.max { $0.version < $1.version }
    }
}

/// One thing that an accepted or refused message changed; the store writes exactly these.
enum StateChange: Sendable {
    case epoch(Int64)
    case counters(run: String, RunCounters)
    case snapshot(run: String, QueryName, StoredSnapshot)
    case openMark(run: String, WindowMark)
    case finalMark(run: String, WindowMark)
    case openCleared(run: String)
    case open(run: String, WindowRow)
    case openRemoved(run: String, WindowKey)
    case final(run: String, FinalRow)
    case finalRemoved(run: String, WindowKey)
    case acceptance(run: String, sequence: Int64, Acceptance)
    case acceptancesRemoved(run: String, below: Int64)
    case runRemoved(String)
}
