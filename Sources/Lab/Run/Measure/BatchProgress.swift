internal import ASEEDSystem

/// One line of `progress.jsonl`: a batch that is committed.
struct BatchProgress: Equatable, Sendable {
    var batchID: Int64
    var epoch: Int64
    var inputRows: Int64
    /// The whole trigger, and the commit in it.
    var triggerMs: Double
    var commitMs: Double
    /// UTC microseconds; nil before the first (R39).
    var watermark: Int64?
    /// Largest event time of the batch, UTC microseconds; nil without valid records.
    var eventTimeMax: Int64?
    var lateDropped: Int64
    /// Start, end and latest positions by partition.
    var starts: [Int: Int64]
    var ends: [Int: Int64]
    var latest: [Int: Int64]
    var valid: Int64
    var rejected: Int64
    var lateRecords: Int64
    var startNs: Int64
    var commitNs: Int64
    /// CPU time of the engine so far.
    var cpuNs: Int64
    var checkpointBytes: Int64
    /// Records of all batches so far.
    var totalRecords: Int64

    /// Reads a line.
    ///
    /// - Returns: nil when a field that the lab needs is missing or has another type.
    init?(_ line: JSONValue) {
        guard let batchID = line["batchId"]?.integer, let rows = line["numInputRows"]?.integer,
            let durations = line["durationMs"], let trigger = durations["triggerExecution"]?.double,
            let x = line["x"], let start = x["monotonic_start_ns"]?.integer,
            let commit = x["monotonic_commit_ns"]?.integer,
            let total = x["total_records"]?.integer
        else { return nil }
        self.batchID = batchID
        epoch = line["epoch"]?.integer ?? 0
        inputRows = rows
        triggerMs = trigger
        commitMs = durations["walCommit"]?.double ?? 0
        watermark = line["eventTime"]?["watermark"]?.string.flatMap(TimeText.since1970)
        eventTimeMax = line["eventTime"]?["max"]?.string.flatMap(TimeText.since1970)
        lateDropped = (line["stateOperators"]?.elements ?? []).reduce(0) {
            $0 + ($1["numRowsDroppedByWatermark"]?.integer ?? 0)
        }
        let source = line["sources"]?.elements?.first
        starts = Self.positions(source?["startOffset"])
        ends = Self.positions(source?["endOffset"])
        latest = Self.positions(source?["latestOffset"])
        valid = x["valid"]?.integer ?? 0
        rejected = x["rejected"]?.integer ?? 0
        lateRecords = x["late_records"]?.integer ?? 0
        startNs = start
        commitNs = commit
        cpuNs = x["cpu_ns"]?.integer ?? 0
        checkpointBytes = x["checkpoint_bytes"]?.integer ?? 0
        totalRecords = total
    }

    static func positions(_ value: JSONValue?) -> [Int: Int64] {
        var found: [Int: Int64] = [:]
        for member in value?.members ?? [] {
            if let partition = Int(member.name), let position = member.value.integer {
                found[partition] = position
            }
        }
        return found
    }
}
