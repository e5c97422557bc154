/// How far the engine is, for people who watch; not part of the results.
struct EngineProgress {
    var batchID: Int64
    /// From the start of the batch to its commit.
    var batchNs: Int64
    var inputRecords: Int64
    /// What the log held unread when the batch ended, in the unit of its positions.
    var backlog: Int64
    var unit: PositionUnit
    /// The largest event time of valid records so far; `Int64.min` before the first.
    var latestEventUs: Int64

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("batch_id", batchID)
            json.member("batch_duration_ms", Double(batchNs) / 1e6)
            json.member("input_records", inputRecords)
            json.member("backlog", backlog)
            json.member("backlog_unit", unit.rawValue)
            json.member(
                "latest_event_time", latestEventUs == .min ? nil : TimeText.iso(latestEventUs))
        }
    }
}

extension Engine {
    func measureProgress(
        _ changes: BatchChanges, _ times: BatchTimes
    ) throws(LogError) -> EngineProgress {
        var backlog: Int64 = 0
        for (partition, place) in state.partitions.enumerated() {
            backlog += max(0, try log.endPosition(of: partition) - place.position)
        }
        return EngineProgress(
            batchID: changes.batchID, batchNs: times.committedNs - times.startNs,
            inputRecords: changes.records, backlog: backlog, unit: log.unit,
            latestEventUs: state.partitions.map(\.highUs).max() ?? .min)
    }
}
