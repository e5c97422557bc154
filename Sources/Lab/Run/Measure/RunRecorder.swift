internal import ASEEDSystem

/// Everything that is measured while a run goes on, written to its folder as it comes.
///
/// Belongs to the runner's thread.
final class RunRecorder {
    let startedNs = SystemClock.monotonicNs()
    var metrics = MetricStore()
    private(set) var timeline: [TimelinePoint] = []
    private(set) var batches: [BatchProgress] = []
    private(set) var load: LoadReport?
    private(set) var phase = "setup"
    /// Phases in order with their start and end, as charts and results show them.
    private(set) var phaseLog: [(name: String, startNs: Int64, endNs: Int64?)] = []
    /// The stage that runs has a schedule: rates of a backlog are no offered load.
    var stageIsPaced = false
    /// Between the start of the load and the end of the drain.
    private(set) var isMeasuring = false

    private let folder: RunFolder
    private let services: ServiceGroup
    private let pauses: PauseMeter
    private let timelineFile: JSONLinesFile
    private let eventFile: JSONLinesFile
    private var progressTail: LineTail
    private var previous: (ns: Int64, lab: Int64, host: HostSample, usage: [String: ProcessSample])
    private var previousCounts: (offered: Int64, acknowledged: Int64, committed: Int64) = (
        0, 0, 0
    )
    private let firstHost = HostSample.read()
    private var unreadableLines = 0
    /// Orders that a schedule had due.
    private var offered: Int64 = 0
    /// The largest event time that was committed.
    private var newestEventTime: Int64?

    init(folder: RunFolder, services: ServiceGroup, pauses: PauseMeter) throws(SystemError) {
        self.folder = folder
        self.services = services
        self.pauses = pauses
        timelineFile = try JSONLinesFile(folder.file("timeline.jsonl"))
        eventFile = try JSONLinesFile(folder.file("events.jsonl"))
        progressTail = LineTail(folder.progress)
        previous = (startedNs, SystemClock.processCPUNs(), firstHost, [:])
    }

    /// Orders in committed batches; one that is committed again after a restart counts once.
    private(set) var committed: Int64 = 0

    /// Milliseconds since the run began.
    func elapsedMs(_ nowNs: Int64 = SystemClock.monotonicNs()) -> Int64 {
        (nowNs - startedNs) / 1_000_000
    }

    /// Begins a phase and ends the one before.
    func begin(_ name: String) throws(SystemError) {
        let now = SystemClock.monotonicNs()
        endPhase(now)
        phase = name
        phaseLog.append((name, now, nil))
        try event("phase", [("name", .text(name))])
    }

    /// Ends the phase that runs.
    func endPhase(_ nowNs: Int64 = SystemClock.monotonicNs()) {
        if let last = phaseLog.indices.last, phaseLog[last].endNs == nil {
            phaseLog[last].endNs = nowNs
        }
    }

    /// The load starts: from now on samples belong to the run.
    func beginMeasuring() {
        let now = SystemClock.monotonicNs()
        metrics.run = .init(startNs: now, endNs: now)
        isMeasuring = true
    }

    /// Start of the first stage with a schedule, once it began.
    var pacedStartNs: Int64?

    /// Says when a phase that thresholds can name began and ended.
    func setPhase(_ name: String, _ startNs: Int64, _ endNs: Int64) {
        metrics.setPhase(name, startNs: startNs, endNs: endNs)
    }

    /// The drain is over.
    func endMeasuring() {
        guard isMeasuring else { return }
        metrics.extendRun(to: SystemClock.monotonicNs())
        isMeasuring = false
    }

    /// A value of an event.
    enum Detail {
        case text(String)
        case number(Int64)
    }

    /// Writes a line of `events.jsonl`.
    func event(_ name: String, _ details: [(String, Detail)] = []) throws(SystemError) {
        var line = JSONWriter()
        line.object { line in
            line.member("t_ms", elapsedMs())
            line.member("time", TimeText.iso(SystemClock.wallNs() / 1_000))
            line.member("event", name)
            for (key, value) in details {
                switch value {
                case .text(let text): line.member(key, text)
                case .number(let number): line.member(key, number)
                }
            }
        }
        try eventFile.append(line)
    }

    /// Takes a progress line of the generator.
    func take(_ progress: LoadReport) {
        let before = load
        load = progress
        let at = progress.monotonicNs
        metrics.append(
            "acknowledged_orders", atNs: at,
            value: Double(progress.acknowledged - (before?.acknowledged ?? 0)))
        if stageIsPaced {
            let due = Double(progress.scheduled - (before?.scheduled ?? 0))
            offered += Int64(due)
            metrics.append("offered_rate", atNs: at, value: due)
            metrics.appendRate(
                "achieved_ratio", atNs: at, part: Double(progress.sent - (before?.sent ?? 0)),
                whole: due)
        }
        let committedThen = batches.last { $0.commitNs <= at }?.totalRecords ?? 0
        metrics.append(
            "backlog_orders", atNs: at, value: Double(progress.acknowledged - committedThen))
    }

    /// Reads what the engine reported since the last call.
    func readProgress() throws(SystemError) {
        for bytes in try progressTail.takeLines() {
            guard let value = try? JSONParser.parse(bytes), let batch = BatchProgress(value) else {
                // A later engine may write lines the lab does not know; they are counted and told.
                unreadableLines += 1
                if unreadableLines == 1 {
                    try event("progress.unreadable", [("line", .text(Self.shown(bytes)))])
                }
                continue
            }
            take(batch)
        }
    }

    private static func shown(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(200), as: UTF8.self)
    }

    private func take(_ batch: BatchProgress) {
        batches.append(batch)
        newestEventTime = [newestEventTime, batch.eventTimeMax].compactMap { $0 }.max()
        let at = batch.commitNs
        metrics.append(
            "throughput", atNs: at, value: Double(max(0, batch.totalRecords - committed)))
        committed = max(committed, batch.totalRecords)
        metrics.append("batch_duration_ms", atNs: at, value: batch.triggerMs)
        metrics.append("checkpoint_duration_ms", atNs: at, value: batch.commitMs)
        metrics.append("checkpoint_bytes", atNs: at, value: Double(batch.checkpointBytes))
        metrics.append("late_dropped", atNs: at, value: Double(batch.lateDropped))
        if let lag = watermarkLagMs { metrics.append("watermark_lag_ms", atNs: at, value: lag) }
        if load != nil {
            metrics.append("backlog_orders", atNs: at, value: Double(backlog))
        }
    }

    /// Acknowledged and not yet committed.
    var backlog: Int64 { max(0, (load?.acknowledged ?? 0) - committed) }

    private var watermarkLagMs: Double? {
        guard let watermark = batches.last?.watermark, let newest = newestEventTime else {
            return nil
        }
        return Double(newest - watermark) / 1_000
    }

    /// Adds a point of the timeline: all since the last one.
    func sample() throws(SystemError) {
        let now = SystemClock.monotonicNs()
        let seconds = max(1e-3, Double(now - previous.ns) / 1e9)
        let host = HostSample.read()
        let lab = SystemClock.processCPUNs()
        let pauseMs = pauses.takeMaxMs()
        var usage: [String: ProcessSample] = [:]
        let used = services.names.map { name in
            let sample = services.usage(of: name)
            usage[name] = sample
            let before = previous.usage[name] ?? ProcessSample()
            return TimelinePoint.Service(
                name: name, running: services.service(name)?.isRunning ?? false,
                cpuCores: max(0, Double(sample.cpuNs - before.cpuNs) / 1e9 / seconds),
                rssBytes: sample.rssBytes,
                diskWriteBytes: max(0, sample.diskWriteBytes - before.diskWriteBytes))
        }
        let counts = (offered, load?.acknowledged ?? 0, committed)
        let point = TimelinePoint(
            atMs: elapsedMs(now), spanMs: Int64(seconds * 1_000), phase: phase,
            scheduled: load?.scheduled ?? 0, acknowledged: counts.1, committed: counts.2,
            offeredRate: Double(counts.0 - previousCounts.offered) / seconds,
            acknowledgedRate: Double(counts.1 - previousCounts.acknowledged) / seconds,
            processedRate: Double(counts.2 - previousCounts.committed) / seconds, backlog: backlog,
            watermark: batches.last?.watermark, watermarkLagMs: watermarkLagMs, services: used,
            labCPUCores: Double(lab - previous.lab) / 1e9 / seconds, labPauseMaxMs: pauseMs,
            stealPercent: host.stealPercent(since: previous.host),
            busyPercent: host.busyPercent(since: previous.host))
        timeline.append(point)
        metrics.append("lab_pause_max_ms", atNs: now, value: pauseMs)
        metrics.append("steal_pct", atNs: now, value: point.stealPercent)
        metrics.append("lab_cpu_cores", atNs: now, value: point.labCPUCores)
        previous = (now, lab, host, usage)
        previousCounts = counts
        try timelineFile.append(point.json)
    }
}
