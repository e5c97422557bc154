internal import ASEEDSystem
internal import Glibc

/// Waits for what a run waits for, and meanwhile reads, samples, shows, and notices what ends it.
///
/// Everything the runner does between two waits is short, so this loop is the run's heart beat.
final class RunMonitor {
    /// How often progress is read and shown; a sample is taken every tenth time.
    private static let beatNs: Int64 = 100_000_000
    private static let sampleNs: Int64 = 1_000_000_000

    let services = ServiceGroup()
    let recorder: RunRecorder
    let faults: FaultInjector
    /// Messages of the generator that no wait has used yet.
    private(set) var stagesDone = 0
    private(set) var loadIsReady = false
    private(set) var loadSummary: JSONValue?
    /// Why orders could not be added to the load, in the order in which that was asked for.
    private(set) var refusedInjections: [String] = []
    /// The ready lines of services by name.
    private(set) var readyLines: [String: JSONValue] = [:]
    /// Services whose end is part of the plan.
    var mayEnd: Set<String> = []

    let folder: RunFolder
    private let scenario: Scenario
    private let view: RunView
    private let companion: (any RunCompanion)?
    private let interrupts: SignalWatch
    private let interruptsBefore: Int
    private let totalMs: Int64
    private let deadlineNs: Int64
    private var nextSampleNs: Int64

    init(
        scenario: Scenario, folder: RunFolder, pauses: PauseMeter, view: RunView,
        interrupts: SignalWatch, totalMs: Int64, companion: (any RunCompanion)? = nil
    ) throws(SystemError) {
        self.folder = folder
        self.scenario = scenario
        self.view = view
        self.interrupts = interrupts
        self.totalMs = totalMs
        self.companion = companion
        interruptsBefore = interrupts.count
        recorder = try RunRecorder(folder: folder, services: services, pauses: pauses)
        faults = FaultInjector(
            scenario: scenario, services: services, recorder: recorder,
            planFile: folder.plannedBatch)
        deadlineNs = recorder.startedNs + scenario.timeoutMs * 1_000_000
        nextSampleNs = recorder.startedNs + Self.sampleNs
    }

    /// Partitions of the order log.
    var partitions: Int { scenario.log.partitions }

    /// How often the run was asked to stop.
    var stopRequests: Int { interrupts.count - interruptsBefore }
    /// Whether the run is to stop.
    var isInterrupted: Bool { stopRequests > companion?.takenInterrupts ?? 0 }
    /// Whether it was asked once more, which means: at once.
    var isInterruptedTwice: Bool { stopRequests > 1 + (companion?.takenInterrupts ?? 0) }

    /// Tells the companion of the dashboard.
    func connected(
        dashboard url: String, _ subscriber: SubscriptionClient, log: any RunLog
    ) {
        companion?.connected(dashboard: url, subscriber, log: log)
    }

    /// A service starts anew: its next ready line counts.
    func forgetReady(_ service: String) { readyLines[service] = nil }

    /// Waits until `done`.
    ///
    /// - Parameter limit: how long `progress` may stay the same, and the error when it did.
    /// - Throws: `RunStop` for whatever ends the run first.
    func wait<Progress: Equatable>(
        limitMs: Int64?, progress: () -> Progress, orThrow late: () -> RunStop,
        until done: () throws -> Bool
    ) throws {
        var last = progress()
        var changedNs = SystemClock.monotonicNs()
        while true {
            if try done() { return }
            try beat()
            let now = SystemClock.monotonicNs()
            let current = progress()
            if current != last {
                last = current
                changedNs = now
            }
            if let limitMs, now - changedNs > limitMs * 1_000_000 { throw late() }
        }
    }

    /// Waits until `done`, at most `limitMs`.
    func wait(
        limitMs: Int64?, orThrow late: () -> RunStop, until done: () throws -> Bool
    ) throws {
        try wait(limitMs: limitMs, progress: { 0 }, orThrow: late, until: done)
    }

    /// One turn: takes events for up to a tenth of a second, reads progress, samples, shows.
    func beat() throws {
        let now = SystemClock.monotonicNs()
        let deadlineNs = min(now + Self.beatNs, max(now, faults.nextNs))
        for event in services.events.takeAll(deadlineNs: deadlineNs) { try take(event) }
        try faults.act(nowNs: SystemClock.monotonicNs())
        try recorder.readProgress()
        try faults.readProgress()
        try companion?.beat(self)
        let later = SystemClock.monotonicNs()
        if later >= nextSampleNs {
            try recorder.sample()
            // A late sample covers a longer span; it is not followed by a burst.
            nextSampleNs = max(nextSampleNs + Self.sampleNs, later)
            if recorder.isMeasuring { recorder.metrics.extendRun(to: later) }
            if let outcome = ThresholdEvaluator.abort(
                scenario.thresholds, in: recorder.metrics, nowNs: later)
            {
                throw RunStop.aborted(
                    threshold: "\(outcome.threshold.metric.text): \(outcome.threshold.text)")
            }
        }
        show()
        if isInterrupted { throw RunStop.interrupted }
        if later > self.deadlineNs {
            throw RunStop.timedOut(limitMs: scenario.timeoutMs, phase: recorder.phase)
        }
    }

    private func show() {
        let last = recorder.timeline.last
        view.show(
            LiveStatus(
                name: scenario.name, phase: recorder.phase, elapsedMs: recorder.elapsedMs(),
                totalMs: max(totalMs, recorder.elapsedMs()),
                offeredRate: last.flatMap { $0.offeredRate > 0 ? $0.offeredRate : nil },
                processedRate: last.flatMap { $0.committed > 0 ? $0.processedRate : nil },
                backlog: recorder.backlog, committed: recorder.committed,
                watermark: recorder.batches.last?.watermark, fault: faults.activeText))
    }

    private func take(_ event: ServiceEvent) throws {
        switch event {
        case .line(let service, let text): try takeLine(service, text)
        case .ended(let name):
            guard let service = services.service(name), let how = service.exit else { return }
            try recorder.event(
                "service.ended", [("service", .text(name)), ("how", .text(how.text))])
            if faults.ended(name, how.ending) { return }
            if !(mayEnd.contains(name) && how.ending == .code(0)) {
                throw RunStop.ended(
                    service: name, how: how, log: service.logPath, lines: service.lastLogLines())
            }
        }
    }

    private func takeLine(_ service: String, _ text: String) throws {
        if service == ServiceName.loadgen, let message = LoadMessage(line: text) {
            switch message {
            case .ready: loadIsReady = true
            case .stageDone:
                stagesDone += 1
                // After the last one it ends by itself, maybe before anybody asks for the count.
                if stagesDone == scenario.load.stages.count { mayEnd.insert(service) }
            case .progress(let progress): recorder.take(progress)
            case .summary(let summary): loadSummary = summary
            case .injection(let refusal):
                if let refusal { refusedInjections.append(refusal) }
            }
        }
        if readyLines[service] == nil, let value = try? JSONParser.parse(text),
            value["ready"]?.string == service
        {
            readyLines[service] = value
            try recorder.event(
                "service.ready",
                [("service", .text(service)), ("pid", .number(value["pid"]?.integer ?? 0))])
            try faults.ready(service)
        }
    }
}

/// Names of the services in messages, files and metrics.
enum ServiceName {
    static let dashboard = "dashboard"
    static let engine = "engine"
    static let loadgen = "loadgen"
    static let monitor = "monitor"
    static let broker = "broker"
    static let brokerStore = "broker-store"
    static let brokerFormat = "broker-format"
    static let brokerZooKeeper = "broker-zookeeper"

    /// The processes that a managed broker may have.
    static let brokers: Set<String> = [broker, brokerStore, brokerFormat, brokerZooKeeper]
}

extension MetricStore {
    /// Moves the end of the run, once it began.
    mutating func extendRun(to nowNs: Int64) {
        if let run { self.run = Interval(startNs: run.startNs, endNs: max(run.endNs, nowNs)) }
    }
}
