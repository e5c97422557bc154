internal import ASEEDSystem
internal import Glibc

/// The phases of one run, in order. Throws `RunStop` at whatever ends it early.
final class RunSequence {
    private static let readyLimitMs: Int64 = 30_000
    private static let stopLimitMs: Int64 = 30_000
    /// A window query that nothing changed in the last batch sends nothing; then this long without
    /// a new message is taken for the end.
    private static let quietNs: Int64 = 1_000_000_000

    private let scenario: Scenario
    private let folder: RunFolder
    private let log: any RunLog
    private let monitor: RunMonitor
    /// As soon as the log has an address.
    private var commands: ServiceCommands {
        ServiceCommands(scenario: scenario, folder: folder, log: log.address)
    }
    private var recorder: RunRecorder { monitor.recorder }
    private var dashboardURL: String?
    private var engineIsUp = false

    /// Orders written before the engine started, and when it had committed them.
    private(set) var backlog: (orders: Int64, drainedNs: Int64)?
    /// Whether all was committed and shown.
    private(set) var isDrained = false
    private(set) var published: PublishedState?

    init(scenario: Scenario, folder: RunFolder, log: any RunLog, monitor: RunMonitor) {
        self.scenario = scenario
        self.folder = folder
        self.log = log
        self.monitor = monitor
    }

    /// Everything from the first service to the last one's end.
    func run() throws {
        try startServices()
        recorder.beginMeasuring()
        for (index, stage) in scenario.load.stages.enumerated() { try runStage(index, stage) }
        try endLoad()
        try drain()
        recorder.endMeasuring()
        try stop()
    }

    private func startServices() throws {
        try recorder.begin("setup")
        if scenario.services.monitor { try FileTree.make(folder.home.heartbeats) }
        try log.open(monitor)
        if scenario.services.dashboard {
            try start(ServiceName.dashboard, commands.dashboard)
            let ready = try awaitReadyLine(ServiceName.dashboard)
            guard let url = ready["url"]?.string else {
                throw RunStop.environment("the dashboard's ready line has no url")
            }
            dashboardURL = url
        }
        try start(ServiceName.loadgen, commands.loadgen, controlled: true)
        try monitor.wait(limitMs: Self.readyLimitMs, orThrow: { notReady(ServiceName.loadgen) }) {
            monitor.loadIsReady
        }
        if scenario.services.monitor {
            try start(ServiceName.monitor, commands.monitor(dashboard: dashboardURL))
            _ = try awaitReadyLine(ServiceName.monitor)
        }
    }

    private func runStage(_ index: Int, _ stage: LoadStage) throws {
        let isBacklog = if case .backlog = stage.executor { true } else { false }
        if !isBacklog { try startEngine() }
        let startNs = SystemClock.monotonicNs()
        try recorder.begin(stage.name)
        recorder.stageIsPaced = !isBacklog
        guard monitor.services.service(ServiceName.loadgen)?.send(line: "start") == true else {
            throw notReady(ServiceName.loadgen)
        }
        // A stage that is late by more than this has stopped sending.
        let limitMs = 60_000 + (isBacklog ? 0 : stage.durationMs)
        try monitor.wait(
            limitMs: limitMs, progress: { recorder.load?.acknowledged ?? 0 },
            orThrow: { .stalled(what: "load stage \(stage.name)", waitedMs: limitMs) },
            until: { monitor.stagesDone > index })
        let endNs = SystemClock.monotonicNs()
        recorder.setPhase(stage.name, startNs, endNs)
        if isBacklog, !engineIsUp {
            try drainBacklog()
            recorder.setPhase(stage.name, startNs, SystemClock.monotonicNs())
        }
        recorder.stageIsPaced = false
        if !isBacklog { notePhases(startNs, endNs) }
    }

    private func drainBacklog() throws {
        try startEngine()
        try recorder.begin("drain of backlog")
        try awaitCommitted(try log.ends(monitor))
        backlog = recorder.batches.last.map { ($0.totalRecords, $0.commitNs) }
    }

    /// Warm-up and measured time run from the first paced stage on.
    private func notePhases(_ startNs: Int64, _ endNs: Int64) {
        let first = recorder.pacedStartNs ?? startNs
        recorder.pacedStartNs = first
        let warm = first + scenario.phases.warmupMs * 1_000_000
        let measured = scenario.phases.measureMs.map { min(endNs, warm + $0 * 1_000_000) } ?? endNs
        if scenario.phases.warmupMs > 0 { recorder.setPhase("warmup", first, warm) }
        recorder.setPhase("measure", warm, measured)
    }

    /// The generator says its summary and ends by itself.
    private func endLoad() throws {
        monitor.mayEnd.insert(ServiceName.loadgen)
        let loadgen = monitor.services.service(ServiceName.loadgen)
        loadgen?.closeInput()
        try monitor.wait(
            limitMs: Self.stopLimitMs,
            orThrow: { .stalled(what: "end of the load generator", waitedMs: Self.stopLimitMs) },
            until: { monitor.loadSummary != nil && loadgen?.isRunning == false })
    }

    private func drain() throws {
        try startEngine()
        let startNs = SystemClock.monotonicNs()
        try recorder.begin("drain")
        let ends = try log.ends(monitor)
        try awaitCommitted(ends)
        if let dashboardURL { try awaitPublished(dashboardURL, ends) }
        isDrained = true
        recorder.setPhase("drain", startNs, SystemClock.monotonicNs())
    }

    private func stop() throws {
        try recorder.begin("stop")
        try stopMonitor()
        if let engine = monitor.services.service(ServiceName.engine) {
            monitor.mayEnd.insert(ServiceName.engine)
            engine.signal(SIGTERM)
            try monitor.wait(
                limitMs: Self.stopLimitMs,
                orThrow: { .stalled(what: "end of the engine", waitedMs: Self.stopLimitMs) },
                until: { !engine.isRunning })
            try recorder.readProgress()
        }
        if let dashboardURL {
            let state = try fetch(dashboardURL)
            try TextFile.replace(folder.file("published.json"), with: state.body)
            published = state
        }
        monitor.mayEnd.insert(ServiceName.dashboard)
        let dashboard = monitor.services.service(ServiceName.dashboard)
        dashboard?.signal(SIGTERM)
        try monitor.wait(
            limitMs: Self.stopLimitMs,
            orThrow: { .stalled(what: "end of the dashboard", waitedMs: Self.stopLimitMs) },
            until: { dashboard?.isRunning != true })
        try recorder.sample()
    }

    /// First, so that it sees no service end that is meant to.
    private func stopMonitor() throws {
        guard let process = monitor.services.service(ServiceName.monitor) else { return }
        monitor.mayEnd.insert(ServiceName.monitor)
        process.signal(SIGTERM)
        try monitor.wait(
            limitMs: Self.stopLimitMs,
            orThrow: { .stalled(what: "end of the monitor", waitedMs: Self.stopLimitMs) },
            until: { !process.isRunning })
    }

    private func startEngine() throws {
        guard !engineIsUp else { return }
        engineIsUp = true
        if scenario.engine.trigger == .availableNow { monitor.mayEnd.insert(ServiceName.engine) }
        try start(ServiceName.engine, commands.engine(dashboard: dashboardURL))
        _ = try awaitReadyLine(ServiceName.engine)
    }

    private func start(_ name: String, _ words: [String], controlled: Bool = false) throws {
        let service = try monitor.services.start(
            ServiceLaunch(
                name: name, words: words, logFolder: folder.logs, controlled: controlled,
                environment: log.environment))
        try recorder.event(
            "service.started",
            [
                ("service", .text(name)), ("pid", .number(Int64(service.pid))),
                ("command", .text("lab " + words.joined(separator: " "))),
            ])
    }

    private func awaitReadyLine(_ name: String) throws -> JSONValue {
        try monitor.wait(limitMs: Self.readyLimitMs, orThrow: { notReady(name) }) {
            monitor.readyLines[name] != nil
        }
        guard let line = monitor.readyLines[name] else { throw notReady(name) }
        return line
    }

    private func notReady(_ name: String) -> RunStop {
        let service = monitor.services.service(name)
        return .notReady(
            service: name, waitedMs: Self.readyLimitMs, log: service?.logPath ?? folder.logs,
            lines: service?.lastLogLines() ?? [])
    }

    private func awaitCommitted(_ ends: [Int64]) throws {
        let limitMs = scenario.phases.drainMs
        try monitor.wait(
            limitMs: limitMs, progress: { recorder.batches.count },
            orThrow: { .stalled(what: "committing the log's end", waitedMs: limitMs) },
            until: {
                let done = recorder.batches.last?.ends ?? [:]
                return ends.enumerated().allSatisfy { done[$0.offset, default: 0] >= $0.element }
            })
    }

    private func awaitPublished(_ dashboard: String, _ ends: [Int64]) throws {
        let limitMs = scenario.phases.drainMs
        var accepted = -1
        var changedNs = SystemClock.monotonicNs()
        var nextNs = changedNs
        try monitor.wait(
            limitMs: limitMs, progress: { accepted },
            orThrow: { .stalled(what: "publishing the log's end", waitedMs: limitMs) },
            until: {
                let begunNs = SystemClock.monotonicNs()
                guard begunNs >= nextNs else { return false }
                let state = try fetch(dashboard)
                let now = SystemClock.monotonicNs()
                // A long answer is asked for more rarely, so that asking costs the run little.
                nextNs = now + 5 * (now - begunNs)
                if state.acceptances != accepted {
                    accepted = state.acceptances
                    changedNs = now
                }
                guard state.snapshotsCover(ends) || recorder.batches.isEmpty else { return false }
                return state.windowsCover(ends) || now - changedNs >= Self.quietNs
            })
    }

    private func fetch(_ dashboard: String) throws -> PublishedState {
        var configuration = HTTPClient.Configuration()
        configuration.timeoutMs = 30_000
        configuration.maxResponseBytes = 1 << 30
        let client = try HTTPClient(configuration: configuration)
        return try PublishedState.fetch(client, dashboard: dashboard, runID: folder.id)
    }
}
