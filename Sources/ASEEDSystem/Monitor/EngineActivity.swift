/// Whether the engine reads what is written, from both heartbeats over time.
struct EngineActivity: Sendable {
    /// So long it may read nothing while orders are written, besides its own trigger.
    static let patienceNs: Int64 = 60_000_000_000

    private var process: ProcessIdentity?
    private var records: Int64 = -1
    private var changedNs: Int64 = 0
    private var writtenThen: Int64 = 0

    /// Judges a look at the heartbeats.
    mutating func health(
        engine: (state: SystemStatus.State, heartbeat: Heartbeat?, detail: String),
        written: Int64?, nowNs: Int64
    ) -> SystemStatus.Health {
        func answer(_ grade: SystemStatus.Health.Grade, _ detail: String) -> SystemStatus.Health {
            .init(check: "engine", grade: grade, detail: detail)
        }
        guard engine.state == .running, let heartbeat = engine.heartbeat else {
            return answer(engine.state == .unknown ? .unknown : .fail, engine.detail)
        }
        if heartbeat.records != records || heartbeat.process != process {
            process = heartbeat.process
            records = heartbeat.records
            changedNs = nowNs
            writtenThen = written ?? 0
        }
        let idleNs = nowNs - changedNs
        if let written, written > writtenThen, idleNs > Self.patienceNs {
            return answer(
                .fail,
                "\(written - writtenThen) orders were written, but none was read for "
                    + ServiceProbes.seconds(idleNs))
        }
        let batch = heartbeat.batchID.map { "batch \($0)" } ?? "no batch yet"
        return answer(.ok, "\(heartbeat.records) records read, \(batch)")
    }
}
