internal import ASEEDSystem
internal import Glibc

/// What an engine that runs as a service tells of itself in its log.
final class EngineReport {
    /// Lines of progress come this far apart.
    private static let intervalNs: Int64 = 10_000_000_000

    private let engine: Engine
    private let log: Log
    private var lastNs = SystemClock.monotonicNs()
    private var lastRecords: Int64 = 0

    init(engine: Engine, log: Log) {
        self.engine = engine
        self.log = log
        lastRecords = engine.recordsRead
    }

    func begin(_ settings: EngineArguments) {
        guard log.path != nil else { return }
        log.info(
            "service.started",
            "reads \(settings.logName), epoch \(engine.epoch), \(lastRecords) records are in its "
                + "checkpoint",
            ["run_id": .text(engine.runID), "pid": .integer(Int64(getpid()))])
    }

    /// Called after each trigger.
    func show() {
        let nowNs = SystemClock.monotonicNs()
        guard nowNs - lastNs >= Self.intervalNs else { return }
        let records = engine.recordsRead
        if records > lastRecords, log.path != nil {
            let rate = Double(records - lastRecords) / (Double(nowNs - lastNs) / 1e9)
            log.info(
                "progress",
                "\(Figures.grouped(records)) records, \(Figures.rate(rate)), "
                    + "batch \(engine.lastBatchID ?? 0)")
        }
        (lastNs, lastRecords) = (nowNs, records)
    }

    func end() {
        guard log.path != nil else { return }
        log.info(
            "service.stopped",
            "stopped after batch \(engine.lastBatchID.map { "\($0)" } ?? "none"), "
                + "\(engine.recordsRead) records")
    }
}
