internal import ASEEDSystem
internal import Glibc

/// Runs beside a live run: takes keys, does the faults, has everything proved again and again, and
/// shows it all.
final class LiveDirector: RunCompanion {
    /// What the command line says.
    struct Settings {
        var rate: Double
        var seed: Int64
        var durationMs: Int64
        var log: String
        /// Called with the dashboard's address when it is up; the answer is shown.
        var open: ((String) -> String?)?
    }

    /// The first Ctrl-C ends the load; everything is drained and verified then.
    let takenInterrupts = 1

    private static let noticeNs: Int64 = 6_000_000_000
    private static let maxStories = 100

    private let settings: Settings
    private let output: LiveOutput
    private var keys: KeyInput
    private var model = LiveModel()
    private var series = LiveSeries()
    private var latency: LiveLatency?
    private var proofs: ProofLoop?
    private var subscriber: SubscriptionClient?
    private var log: (any RunLog)?
    /// The newest last, as they happened.
    private var stories: [FaultStory] = []

    private var takenBatches = 0
    private var takenEntries = 0
    private var takenRefusals = 0
    private var lastReport: LoadReport?
    private var noticeUntilNs: Int64 = 0
    private var wantsEnd = false
    private var isStopSent = false
    private var faultCount = 0

    init(_ settings: Settings, output: LiveOutput) {
        self.settings = settings
        self.output = output
        if case .screen = output {
            keys = KeyInput(takesTerminal: true)
        } else {
            keys = KeyInput(takesTerminal: false)
        }
        model.rate = settings.rate
        model.seed = settings.seed
        model.log = settings.log
        model.durationMs = settings.durationMs
        model.sizes = LiveFaultSizes(rate: settings.rate)
    }

    /// The faults that were done, for the end.
    var told: [FaultStory] { stories }

    func connected(
        dashboard url: String, _ subscriber: SubscriptionClient, log: any RunLog
    ) {
        model.url = url
        self.log = log
        self.subscriber = subscriber
        if let notice = settings.open?(url) { say(notice) }
    }

    func beat(_ monitor: RunMonitor) throws {
        let nowNs = SystemClock.monotonicNs()
        takeProgress(monitor, nowNs)
        takeKeys(monitor, nowNs)
        endWhenAsked(monitor)
        updateStories(monitor)
        try prove(monitor, nowNs)
        fill(monitor, nowNs)
        output.show(model)
    }

    // MARK: - What is measured

    private func takeProgress(_ monitor: RunMonitor, _ nowNs: Int64) {
        let recorder = monitor.recorder
        if latency == nil { latency = LiveLatency(partitions: monitor.partitions) }
        for batch in recorder.batches[min(takenBatches, recorder.batches.count)...] {
            series.take(batch)
            latency?.take(batch)
            model.facts.rejected += batch.rejected
            model.facts.late += batch.lateRecords
            model.facts.batchID = batch.batchID
        }
        takenBatches = recorder.batches.count
        if let report = recorder.load, report != lastReport {
            series.take(report)
            lastReport = report
        }
        let entries = subscriber?.entries(after: takenEntries) ?? []
        takenEntries += entries.count
        for entry in entries { latency?.take(receivedNs: entry.receivedNs, ends: entry.ends) }
        for sample in latency?.takeSamples() ?? [] {
            series.take(sample)
            model.facts.latencyMs = sample.mostMs
            model.facts.shownBatch = sample.batchID
        }
        model.facts.nowNs = nowNs
        model.facts.wallUs = SystemClock.wallNs() / 1_000
        model.facts.committed = recorder.committed
        model.facts.acknowledged = recorder.load?.acknowledged ?? 0
        model.facts.processedRate = series.processedRate(nowNs: nowNs)
        if recorder.phase == LiveScenario.stage {
            series.advance(nowNs: nowNs, waitingMs: latency?.waitingMs(nowNs: nowNs))
        }
    }

    private func fill(_ monitor: RunMonitor, _ nowNs: Int64) {
        let recorder = monitor.recorder
        model.folder = monitor.folder.path
        model.phase = recorder.phase
        model.elapsedMs = recorder.elapsedMs(nowNs)
        model.isEnding = wantsEnd || !["setup", LiveScenario.stage].contains(recorder.phase)
        if nowNs > noticeUntilNs { model.notice = nil }
        model.offeredRate = series.offeredRate
        model.backlog = recorder.backlog
        model.watermarkLagMs = recorder.timeline.last?.watermarkLagMs
        model.points = series.points
        model.stories = stories.reversed()
        model.proof.last = proofs?.last
        model.proof.lastProved = proofs?.lastProved
        model.proof.count = proofs?.count ?? 0
        model.proof.ageMs = proofs?.lastProved.map { (nowNs - $0.takenNs) / 1_000_000 } ?? 0
        model.proof.nextInMs = proofs?.nextAtNs.map { max(0, $0 - nowNs) / 1_000_000 }
        model.services = services(monitor)
    }

    private func services(_ monitor: RunMonitor) -> [LiveModel.Service] {
        monitor.services.names.compactMap { name in
            guard let process = monitor.services.service(name) else { return nil }
            let used = monitor.recorder.timeline.last?.services.first { $0.name == name }
            let isPaused = monitor.faults.occurrences.contains {
                $0.fault.target.rawValue == name && $0.state == .paused
            }
            return LiveModel.Service(
                name: name == ServiceName.loadgen ? "load generator" : name,
                state: process.isRunning
                    ? isPaused ? .paused : .running
                    : monitor.mayEnd.contains(name) ? .ended : .down,
                pid: process.pid, cpuPercent: (used?.cpuCores ?? 0) * 100,
                memoryBytes: used?.rssBytes ?? 0,
                starts: monitor.services.services.filter { $0.name == name }.count)
        }
    }

    // MARK: - Keys and faults

    private func takeKeys(_ monitor: RunMonitor, _ nowNs: Int64) {
        for key in keys.take() {
            switch key {
            case "?", "h": model.showsHelp.toggle()
            case "q", "Q": wantsEnd = true
            default:
                guard let fault = LiveFault(key: key) else {
                    say("no key \"\(key)\"; ? shows the keys")
                    continue
                }
                start(fault, monitor, nowNs)
            }
        }
    }

    private func start(_ fault: LiveFault, _ monitor: RunMonitor, _ nowNs: Int64) {
        guard monitor.recorder.phase == LiveScenario.stage, !wantsEnd else {
            return say("\(fault.label): only while the load runs")
        }
        if let running = stories.last(where: { $0.fault == fault && $0.state == .happening }) {
            return say("\(running.fault.label): still going on")
        }
        guard faultCount < Self.maxStories else {
            return say("\(Self.maxStories) faults are enough for one run")
        }
        model.showsHelp = false
        faultCount += 1
        let (text, command) = order(fault, monitor, nowNs)
        var story = FaultStory(fault, number: faultCount, facts: model.facts, text: text)
        if let command, monitor.services.service(ServiceName.loadgen)?.send(line: command) != true {
            story.refuse("the load generator takes no commands")
        }
        stories.append(story)
        series.mark(fault.key)
        output.told(story)
    }

    /// Does a fault to a process, or gives the line that makes the generator do it.
    private func order(
        _ fault: LiveFault, _ monitor: RunMonitor, _ nowNs: Int64
    ) -> (text: String, command: String?) {
        let sizes = model.sizes
        switch fault {
        case .killEngine, .pauseDashboard:
            monitor.faults.add(processFault(fault, monitor, nowNs), atNs: nowNs)
            return (fault == .killEngine ? "engine killed" : "dashboard paused", nil)
        case .burst:
            let rate = sizes.burstOrders * 1_000 / sizes.burstMs
            return (
                "burst of \(Figures.grouped(sizes.burstOrders)) orders",
                "inject burst \(sizes.burstOrders) \(rate)"
            )
        case .late:
            return (
                "\(Figures.grouped(sizes.lateOrders)) late orders sent",
                "inject late \(sizes.lateOrders)"
            )
        case .poison:
            return (
                "\(Figures.grouped(sizes.poisonOrders)) poison orders sent",
                "inject invalid \(sizes.poisonOrders)"
            )
        }
    }

    private func processFault(
        _ fault: LiveFault, _ monitor: RunMonitor, _ nowNs: Int64
    ) -> Fault {
        let startNs = monitor.recorder.metrics.run?.startNs ?? nowNs
        var made = Fault(
            id: FaultStory.id(fault, faultCount), action: .kill, target: .engine,
            schedule: .at(ms: max(0, nowNs - startNs) / 1_000_000), phase: nil)
        if fault == .killEngine {
            made.restartAfterMs = model.sizes.restartAfterMs
        } else {
            made.action = .pause
            made.target = .dashboard
            made.durationMs = model.sizes.pauseMs
        }
        return made
    }

    private func updateStories(_ monitor: RunMonitor) {
        let refusals = monitor.refusedInjections
        for reason in refusals[min(takenRefusals, refusals.count)...] {
            // Refusals come at once, in the order of the requests.
            let index = stories.lastIndex { $0.isInjection && $0.state == .happening }
            if let index {
                stories[index].refuse(reason)
                output.told(stories[index])
            }
        }
        takenRefusals = refusals.count
        for index in stories.indices where !stories[index].isTold {
            let before = stories[index].state
            let occurrence = monitor.faults.occurrences.first {
                $0.fault.id == stories[index].id
            }
            stories[index].update(
                model.facts, model.sizes, occurrence,
                firstBatch: occurrence.flatMap { occurrence in
                    monitor.recorder.batches.last(where: occurrence.isProgress) == nil
                        ? nil : monitor.recorder.batches.first(where: occurrence.isProgress)
                })
            guard stories[index].state != before else { continue }
            output.told(stories[index])
            proofs?.hurry(model.facts.nowNs)
        }
    }

    // MARK: - Proofs

    private func prove(_ monitor: RunMonitor, _ nowNs: Int64) throws {
        guard [LiveScenario.stage, "drain"].contains(monitor.recorder.phase) else {
            proofs?.stop()
            return
        }
        guard let url = model.url else { return }
        let loop =
            proofs
            ?? ProofLoop(
                ServiceLaunch(
                    name: "proof",
                    words: ["prove", monitor.folder.path, "--dashboard", url] + logWords,
                    logFolder: monitor.folder.logs, environment: log?.environment ?? [:]),
                firstNs: nowNs + 3_000_000_000,
                scratch: { [folder = monitor.folder] in folder.scratch(of: $0) })
        proofs = loop
        guard let proof = try loop.beat(nowNs) else { return }
        output.proved(proof)
        try monitor.recorder.event(
            "proof",
            [
                ("state", .text(proof.state.rawValue)), ("orders", .number(proof.orders)),
                ("text", .text(proof.text)), ("cpu_ms", .number(proof.cpuMs)),
            ])
        for index in stories.indices where stories[index].state == .over {
            stories[index].take(proof)
            if stories[index].isTold { output.told(stories[index]) }
        }
    }

    /// Where the log is when it is not in the run's folder.
    private var logWords: [String] {
        guard let log, log.summary.kind == .kafka else { return [] }
        return ["--log", log.address]
    }

    // MARK: - The end

    private func endWhenAsked(_ monitor: RunMonitor) {
        if monitor.stopRequests > 0 { wantsEnd = true }
        guard wantsEnd, !isStopSent, monitor.recorder.phase == LiveScenario.stage,
            let loadgen = monitor.services.service(ServiceName.loadgen)
        else { return }
        isStopSent = loadgen.send(line: "stop")
    }

    private func say(_ text: String) {
        model.notice = text
        noticeUntilNs = SystemClock.monotonicNs() + Self.noticeNs
    }
}
