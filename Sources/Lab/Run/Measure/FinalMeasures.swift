internal import ASEEDSystem
internal import Verifier

/// What can be measured only when a run is over.
struct FinalMeasures {
    private let scenario: Scenario
    private let recorder: RunRecorder
    private let services: ServiceGroup
    private let backlog: (orders: Int64, drainedNs: Int64)?
    private var metrics: MetricStore
    private let atNs: Int64
    /// Why the generator did not send as scheduled; nil when it did.
    private(set) var saturation: String?
    private var faults: [FaultOccurrence]
    private let neverFired: [String]
    private var latency: LatencyReport?

    init(
        scenario: Scenario, monitor: RunMonitor, backlog: (orders: Int64, drainedNs: Int64)?
    ) {
        self.scenario = scenario
        recorder = monitor.recorder
        services = monitor.services
        self.backlog = backlog
        faults = monitor.faults.occurrences
        neverFired = monitor.faults.neverFired
        metrics = recorder.metrics
        atNs = metrics.run.map { max($0.startNs, $0.endNs - 1) } ?? SystemClock.monotonicNs()
        saturation = GeneratorCheck.saturation(scenario, metrics, nil)
    }

    /// Adds what the generator's history and the subscriber tell of every order.
    mutating func addHistory(_ path: String?, subscription: SubscriptionLog?) throws {
        let commits = CommitTimes(
            batches: recorder.batches, engineEndsNs: services.endsNs(of: ServiceName.engine),
            partitions: scenario.log.partitions)
        let costs = try FaultMeasures(
            faults, batches: recorder.batches, commits: commits, history: path)
        faults = costs.occurrences
        costs.fill(&metrics)
        for occurrence in faults {
            guard let caughtUpNs = occurrence.caughtUpNs else { continue }
            try recorder.event(
                "fault.caught_up",
                [
                    ("fault", .text(occurrence.fault.id)),
                    ("number", .number(Int64(occurrence.number))),
                    ("at_ms", .number(recorder.elapsedMs(caughtUpNs))),
                ])
        }
        guard let path else { return }
        var paced: [Int: Int64] = [:]
        for (index, stage) in scenario.load.stages.enumerated() where stage.durationMs > 0 {
            paced[index] = stage.durationMs
        }
        let history = try HistoryMeasures.read(
            path,
            HistoryMeasures.Basis(
                pacedStagesMs: paced,
                cuts: TimeCuts(run: metrics.run, intervals: metrics.intervals(scenario.thresholds)),
                commits: commits, subscription: subscription))
        history.fillRates(&metrics)
        if !paced.isEmpty {
            metrics.set("schedule_delay_ms", history.scheduleDelay)
            metrics.set("ack_latency_ms", history.ackLatency)
        }
        metrics.setExpected("acknowledged_orders", Double(history.sent))
        metrics.setExpected("rejected", Double(history.invalid))
        if let latency = history.latency {
            latency.fill(&metrics, excused: costs.dashboardOutages)
            self.latency = LatencyReport(latency, metrics, originNs: recorder.startedNs)
        }
        saturation = GeneratorCheck.saturation(scenario, metrics, history)
    }

    /// Adds the metrics whose value is known now.
    mutating func add(
        rejects: RejectCounts?, published: PublishedState?, verification: VerificationReport?
    ) {
        addRates()
        addCosts()
        if let rejects { addRejects(rejects, published) }
        if let verification { addCounts(verification) }
    }

    /// A count is known only when the checks that count it were done.
    private mutating func addCounts(_ report: VerificationReport) {
        func isDone(_ names: CheckName...) -> Bool {
            let asked = report.checks.filter { names.contains($0.name) }
            return !asked.isEmpty
                && asked.allSatisfy { if case .skipped = $0.outcome { false } else { true } }
        }
        let counts = report.counts
        if isDone(.results) { one("mismatched_results", Double(counts.mismatchedResults)) }
        if isDone(.results, .producer) {
            one("lost_orders", Double(counts.lostOrders))
            one("doubled_orders", Double(counts.doubledOrders))
        }
        if isDone(.account) { one("unaccounted_orders", Double(counts.unaccountedOrders)) }
    }

    /// Hands everything to the outcome.
    func fill(_ outcome: inout RunOutcome) {
        outcome.metrics = metrics
        outcome.timeline = recorder.timeline
        outcome.batches = recorder.batches
        outcome.originNs = recorder.startedNs
        outcome.saturated = saturation
        outcome.faults = faults
        outcome.neverFired = neverFired
        outcome.latency = latency
        outcome.phases = recorder.phaseLog.map { phase in
            RunOutcome.Phase(
                name: phase.name, startMs: recorder.elapsedMs(phase.startNs),
                endMs: recorder.elapsedMs(phase.endNs ?? SystemClock.monotonicNs()))
        }
        outcome.services = services.names.map { name in
            RunOutcome.Service(
                name: name, usage: services.usage(of: name),
                ending: services.service(name)?.exit?.text)
        }
    }

    private mutating func one(_ name: String, _ value: Double, _ tags: [String: String] = [:]) {
        metrics.append(name, atNs: atNs, value: value, tags: tags)
    }

    private mutating func addRates() {
        if let backlog, let first = recorder.batches.first {
            let seconds = Double(backlog.drainedNs - first.startNs) / 1e9
            if seconds > 0 { one("drain_throughput", Double(backlog.orders) / seconds) }
        }
        if let measure = metrics.phases["measure"] {
            let samples = metrics.selected(MetricSelector(name: "backlog_orders"))
                .filter { measure.contains($0.timeNs) }
            if let slope = TheilSen.slopePerSecond(samples) { one("backlog_slope", slope) }
        }
        let engineNs = services.usage(of: ServiceName.engine).cpuNs
        if recorder.committed > 0, engineNs > 0 {
            one("throughput_per_core", Double(recorder.committed) / (Double(engineNs) / 1e9))
        }
    }

    /// Per service, and of all together last: a selector without a service takes the last value.
    private mutating func addCosts() {
        let millions = Double(recorder.committed) / 1e6
        var allCPU = 0.0
        var allDisk = 0.0
        for name in services.names {
            let usage = services.usage(of: name)
            one("rss_peak_bytes", Double(usage.rssPeakBytes), ["service": name])
            guard millions > 0 else { continue }
            let cpu = Double(usage.cpuNs) / 1e9 / millions
            let disk = Double(usage.diskWriteBytes) / (millions * 1e6)
            one("cpu_s_per_million_orders", cpu, ["service": name])
            one("disk_write_bytes_per_order", disk, ["service": name])
            allCPU += cpu
            allDisk += disk
        }
        guard millions > 0 else { return }
        one("cpu_s_per_million_orders", allCPU, ["service": "all"])
        one("disk_write_bytes_per_order", allDisk, ["service": "all"])
    }

    /// By reason, at the commit of the batch; those no longer kept by the checkpoint at the end.
    private mutating func addRejects(_ rejects: RejectCounts, _ published: PublishedState?) {
        let commits = Dictionary(
            recorder.batches.map { ($0.batchID, $0.commitNs) }, uniquingKeysWith: { $1 })
        for (batch, reasons) in rejects.byBatch.sorted(by: { $0.key < $1.key }) {
            for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) {
                metrics.append(
                    "rejected", atNs: commits[batch] ?? atNs, value: Double(count),
                    tags: ["reason": reason])
            }
        }
        let kept = rejects.byReason
        for (reason, count) in published?.rejected ?? [:] where count > kept[reason, default: 0] {
            one("rejected", Double(count - kept[reason, default: 0]), ["reason": reason])
        }
        // Nothing rejected is the number 0, not a missing value.
        one("rejected", 0)
    }
}
