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
    /// Messages of the generator that no wait has used yet.
    private(set) var stagesDone = 0
    private(set) var loadIsReady = false
    private(set) var loadSummary: JSONValue?
    /// The ready lines of services by name.
    private(set) var readyLines: [String: JSONValue] = [:]
    /// Services whose end is part of the plan.
    var mayEnd: Set<String> = []

    private let scenario: Scenario
    private let view: RunView
    private let interrupts: SignalWatch
    private let interruptsAtStart: Int
    private let totalMs: Int64
    private let deadlineNs: Int64
    private var nextSampleNs: Int64

    init(
        scenario: Scenario, folder: RunFolder, pauses: PauseMeter, view: RunView,
        interrupts: SignalWatch, totalMs: Int64
    ) throws(SystemError) {
        self.scenario = scenario
        self.view = view
        self.interrupts = interrupts
        self.totalMs = totalMs
        interruptsAtStart = interrupts.count
        recorder = try RunRecorder(folder: folder, services: services, pauses: pauses)
        deadlineNs = recorder.startedNs + scenario.timeoutMs * 1_000_000
        nextSampleNs = recorder.startedNs + Self.sampleNs
    }

    /// Whether the run was asked to stop.
    var isInterrupted: Bool { interrupts.count > interruptsAtStart }
    /// Whether it was asked a second time, which means: at once.
    var isInterruptedTwice: Bool { interrupts.count > interruptsAtStart + 1 }

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
        for event in services.events.takeAll(deadlineNs: now + Self.beatNs) { try take(event) }
        try recorder.readProgress()
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
        if later > deadlineNs {
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
                watermark: recorder.batches.last?.watermark))
    }

    private func take(_ event: ServiceEvent) throws {
        switch event {
        case .line(let service, let text): try takeLine(service, text)
        case .ended(let name):
            guard let service = services.service(name), let how = service.exit else { return }
            try recorder.event(
                "service.ended", [("service", .text(name)), ("how", .text(how.text))])
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
            }
        }
        if readyLines[service] == nil, let value = try? JSONParser.parse(text),
            value["ready"]?.string == service
        {
            readyLines[service] = value
            try recorder.event(
                "service.ready",
                [("service", .text(service)), ("pid", .number(value["pid"]?.integer ?? 0))])
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
