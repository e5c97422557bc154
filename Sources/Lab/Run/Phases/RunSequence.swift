internal import ASEEDSystem
internal import Glibc

/// The phases of one run, in order. Throws `RunStop` at whatever ends it early.
final class RunSequence {
    private static let readyLimitMs: Int64 = 30_000
    private static let stopLimitMs: Int64 = 30_000
    /// A window query that nothing changed in the last batch sends nothing; then this long without
    /// a new message is taken for the end.
    private static let quietNs: Int64 = 1_000_000_000
    /// From the last commit to the message about it at the subscriber.
    private static let messageLimitNs: Int64 = 5_000_000_000

    private let scenario: Scenario
    private let folder: RunFolder
    private let log: any RunLog
    private let monitor: RunMonitor
    /// As soon as the log has an address.
    private var commands: ServiceCommands {
        ServiceCommands(scenario: scenario, folder: folder, log: log.address)
    }
    private let port: Int
    private var recorder: RunRecorder { monitor.recorder }
    private var dashboardURL: String?
    private var engineIsUp = false
    private var subscriber: SubscriptionClient?
    /// The command lines of the services, to start them again.
    private var words: [String: [String]] = [:]

    /// Orders written before the engine started, and when it had committed them.
    private(set) var backlog: (orders: Int64, drainedNs: Int64)?
    /// Whether all was committed and shown.
    private(set) var isDrained = false
    private(set) var published: PublishedState?

    /// - Parameter port: the dashboard's; 0 is a free one.
    init(
        scenario: Scenario, folder: RunFolder, log: any RunLog, monitor: RunMonitor, port: Int = 0
    ) {
        self.scenario = scenario
        self.port = port
        self.folder = folder
        self.log = log
        self.monitor = monitor
    }

    /// What the lab's own subscriber saw; nil when there was none.
    var subscription: SubscriptionLog? { subscriber?.log }

    /// Everything from the first service to the last one's end.
    func run() throws {
        monitor.faults.restart = { [weak self] name in try self?.restart(name) }
        try startServices()
        recorder.beginMeasuring()
        monitor.faults.begin(phase: nil, atNs: SystemClock.monotonicNs())
        for (index, stage) in scenario.load.stages.enumerated() { try runStage(index, stage) }
        try endLoad()
        try drain()
        recorder.endMeasuring()
        try stop()
    }

    private func startServices() throws {
        try recorder.begin("setup")
        try log.open(monitor)
        if scenario.services.monitor { try FileTree.make(folder.home.heartbeats) }
        if scenario.services.dashboard {
            try start(ServiceName.dashboard, commands.dashboard(port: try dashboardPort()))
            let ready = try awaitReadyLine(ServiceName.dashboard)
            guard let url = ready["url"]?.string else {
                throw RunStop.environment("the dashboard's ready line has no url")
            }
            dashboardURL = url
            try subscribe(url)
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

    /// One that goes away and comes back needs a port of its own.
    private func dashboardPort() throws -> Int {
        port != 0
            ? port
            : scenario.faults.contains { $0.target == .dashboard && $0.action != .pause }
                ? try FreePort.find() : 0
    }

    /// Latency ends at a client of the dashboard; without a schedule there is none.
    private func subscribe(_ url: String) throws {
        guard scenario.load.durationMs > 0 else { return }
        let client = try SubscriptionClient(url: url, partitions: scenario.log.partitions)
        subscriber = client
        try monitor.wait(
            limitMs: Self.readyLimitMs,
            orThrow: {
                .environment(
                    "no WebSocket connection to \(url)/ws in "
                        + DurationText.text(milliseconds: Self.readyLimitMs)
                        + (client.failure.map { ": \($0)" } ?? ""))
            }, until: { client.isConnected })
        monitor.connected(dashboard: url, client, log: log)
    }

    private func restart(_ name: String) throws {
        guard let words = words[name] else { return }
        monitor.forgetReady(name)
        try start(name, words)
    }

    /// Waiting for a service that a fault took away is no stand-still.
    private func progress(_ value: Int64) -> Int64 {
        monitor.faults.isSettled ? value : SystemClock.monotonicNs()
    }

    private func runStage(_ index: Int, _ stage: LoadStage) throws {
        let isBacklog = if case .backlog = stage.executor { true } else { false }
        if !isBacklog { try startEngine() }
        let startNs = SystemClock.monotonicNs()
        try recorder.begin(stage.name)
        recorder.stageIsPaced = !isBacklog
        monitor.faults.begin(phase: stage.name, atNs: startNs)
        guard monitor.services.service(ServiceName.loadgen)?.send(line: "start") == true else {
            throw notReady(ServiceName.loadgen)
        }
        // A stage that is late by more than this has stopped sending.
        let limitMs = 60_000 + (isBacklog ? 0 : stage.durationMs)
        try monitor.wait(
            limitMs: limitMs, progress: { progress(recorder.load?.acknowledged ?? 0) },
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
        monitor.faults.begin(phase: "drain", atNs: startNs)
        let ends = try log.ends(monitor)
        try awaitCommitted(ends)
        if let dashboardURL {
            try awaitSubscriber(ends)
            try awaitPublished(dashboardURL, ends)
        }
        isDrained = true
        monitor.faults.end()
        recorder.setPhase("drain", startNs, SystemClock.monotonicNs())
    }

    private func stop() throws {
        try recorder.begin("stop")
        subscriber?.stop()
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
        self.words[name] = words
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
            limitMs: limitMs, progress: { progress(Int64(recorder.batches.count)) },
            orThrow: { .stalled(what: "committing the log's end", waitedMs: limitMs) },
            until: {
                guard monitor.faults.isSettled else { return false }
                let done = recorder.batches.last?.ends ?? [:]
                return ends.enumerated().allSatisfy { done[$0.offset, default: 0] >= $0.element }
            })
    }

    /// The last messages are on their way when the engine has committed; what does not come makes the
    /// latency unknown, not the run.
    private func awaitSubscriber(_ ends: [Int64]) throws {
        guard let subscriber else { return }
        let deadlineNs = SystemClock.monotonicNs() + Self.messageLimitNs
        try monitor.wait(
            limitMs: nil, progress: { 0 }, orThrow: { .interrupted },
            until: {
                let nowNs = SystemClock.monotonicNs()
                return subscriber.log.covers(ends)
                    || nowNs > deadlineNs && monitor.faults.isSettled
            })
    }

    private func awaitPublished(_ dashboard: String, _ ends: [Int64]) throws {
        let limitMs = scenario.phases.drainMs
        var accepted = -1
        var changedNs = SystemClock.monotonicNs()
        var nextNs = changedNs
        try monitor.wait(
            limitMs: limitMs, progress: { progress(Int64(accepted)) },
            orThrow: { .stalled(what: "publishing the log's end", waitedMs: limitMs) },
            until: {
                let begunNs = SystemClock.monotonicNs()
                guard begunNs >= nextNs, monitor.faults.isSettled else { return false }
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
