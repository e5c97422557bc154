internal import ASEEDSystem
internal import Glibc

/// Does a scenario's faults when they are due, and brings the services back.
///
/// Belongs to the runner's thread; `act` never waits.
final class FaultInjector {
    /// How long a service may take to end, and to be ready again.
    static let limitMs: Int64 = 30_000

    private(set) var occurrences: [FaultOccurrence] = []
    private let faults: [Fault]
    /// Those that were done by hand.
    private(set) var added: [Fault] = []
    private let seed: Int64
    private let lengthMs: Int64
    private let services: ServiceGroup
    private let recorder: RunRecorder
    private let planFile: String
    private var nextBatch = 0
    private var isOver = false
    /// Starts the next process of a service; set by whoever knows its command line.
    var restart: (String) throws -> Void = { _ in }

    /// - Parameter planFile: where the engine notes the batch that it begins.
    init(scenario: Scenario, services: ServiceGroup, recorder: RunRecorder, planFile: String) {
        faults = scenario.faults
        seed = scenario.seed
        lengthMs = scenario.load.durationMs
        self.services = services
        self.recorder = recorder
        self.planFile = planFile
    }

    /// The load (nil) or a phase begins: times that count from it are known now.
    func begin(phase: String?, atNs: Int64) {
        for fault in faults where fault.phase == phase {
            for (index, ms) in fault.times(seed: seed, lengthMs: lengthMs).enumerated() {
                occurrences.append(
                    FaultOccurrence(
                        fault: fault, number: index + 1, dueNs: atNs + ms * 1_000_000))
            }
        }
    }

    /// A fault that nobody planned, such as one that a person asks for: done as soon as it can be.
    func add(_ fault: Fault, atNs: Int64) {
        guard !isOver else { return }
        added.append(fault)
        let number = 1 + occurrences.count { $0.fault.id == fault.id }
        occurrences.append(FaultOccurrence(fault: fault, number: number, dueNs: atNs))
    }

    /// No more faults from now on.
    func end() { isOver = true }

    /// Whether every target works.
    var isSettled: Bool { !occurrences.contains(where: \.isActive) }

    /// What goes on now, for the terminal.
    var activeText: String? {
        let active = occurrences.filter(\.isActive)
        return active.isEmpty
            ? nil
            : active.map { "\($0.fault.target.rawValue) \($0.state)" }.joined(separator: ", ")
    }

    /// Faults that were not done: their ids, or the times of them that are missing (`kill #3`).
    var neverFired: [String] {
        faults.flatMap { fault -> [String] in
            let times = occurrences.filter { $0.fault.id == fault.id }
            guard times.contains(where: { $0.injectedNs != nil }) else { return [fault.id] }
            return times.filter { $0.injectedNs == nil }.map(\.name)
        }
    }

    /// When `act` has something to do next. A target that is not free is looked at now and then.
    var nextNs: Int64 {
        guard !isOver else { return .max }
        let pending = occurrences.filter { $0.state != .waiting || isFree($0.fault.target) }
        return pending.compactMap(\.nextNs).min() ?? .max
    }

    /// Whether a fault may be done to a service now.
    private func isFree(_ target: Fault.Target) -> Bool {
        !occurrences.contains { $0.isActive && $0.fault.target == target }
            && services.service(target.rawValue)?.isRunning == true
    }

    /// Does what is due.
    func act(nowNs: Int64) throws {
        guard !isOver else { return }
        for index in occurrences.indices {
            switch occurrences[index].state {
            case .waiting:
                if occurrences[index].dueNs <= nowNs { try inject(index) }
            case .down: try continueDown(index, nowNs)
            case .starting: try checkReady(index, nowNs)
            case .paused:
                if let next = occurrences[index].nextNs, next <= nowNs { try resume(index) }
            case .settled: break
            }
        }
    }

    /// A service that does not run yet, or is still in the hands of another fault, is waited for.
    private func inject(_ index: Int) throws {
        let fault = occurrences[index].fault
        guard isFree(fault.target), let service = services.service(fault.target.rawValue) else {
            return
        }
        occurrences[index].epochBefore = recorder.batches.map(\.epoch).max() ?? 0
        occurrences[index].injectedNs = SystemClock.monotonicNs()
        switch fault.action {
        case .kill: service.signal(SIGKILL)
        case .terminate, .restart: service.signal(SIGTERM)
        case .pause: service.signal(SIGSTOP)
        }
        occurrences[index].signalledNs = SystemClock.monotonicNs()
        occurrences[index].state = fault.action == .pause ? .paused : .down
        try note("injected", index)
    }

    private func continueDown(_ index: Int, _ nowNs: Int64) throws {
        let name = occurrences[index].fault.target.rawValue
        guard let next = occurrences[index].nextNs else {
            let since = nowNs - (occurrences[index].injectedNs ?? nowNs)
            guard since <= Self.limitMs * 1_000_000 else {
                throw RunStop.stalled(
                    what: "end of \(name) by the fault \(occurrences[index].name)",
                    waitedMs: Self.limitMs)
            }
            return
        }
        guard next <= nowNs else { return }
        if occurrences[index].fault.target == .engine {
            occurrences[index].lostBatch = PlannedBatch.read(planFile)
        }
        try restart(name)
        occurrences[index].restartedNs = SystemClock.monotonicNs()
        occurrences[index].state = .starting
        try note("restarted", index)
    }

    private func checkReady(_ index: Int, _ nowNs: Int64) throws {
        let name = occurrences[index].fault.target.rawValue
        guard nowNs - (occurrences[index].restartedNs ?? nowNs) > Self.limitMs * 1_000_000 else {
            return
        }
        let service = services.service(name)
        throw RunStop.notReady(
            service: name, waitedMs: Self.limitMs, log: service?.logPath ?? "its log",
            lines: service?.lastLogLines() ?? [])
    }

    private func resume(_ index: Int) throws {
        services.service(occurrences[index].fault.target.rawValue)?.signal(SIGCONT)
        occurrences[index].restartedNs = SystemClock.monotonicNs()
        occurrences[index].state = .settled
        try note("resumed", index)
    }
}

/// What the runner sees, told to the injector.
extension FaultInjector {
    /// A service's process ended.
    ///
    /// - Returns: whether a fault brought it about: a service that is asked to end has to end well.
    func ended(_ service: String, _ ending: ExitRecord.Ending) -> Bool {
        guard
            let index = occurrences.firstIndex(where: {
                $0.state == .down && $0.endedNs == nil && $0.fault.target.rawValue == service
            }),
            ending == (occurrences[index].fault.action == .kill ? .signal(SIGKILL) : .code(0))
        else { return false }
        occurrences[index].endedNs = SystemClock.monotonicNs()
        return true
    }

    /// A service said that it is ready.
    func ready(_ service: String) throws {
        guard
            let index = occurrences.firstIndex(where: {
                $0.state == .starting && $0.fault.target.rawValue == service
            })
        else { return }
        occurrences[index].readyNs = SystemClock.monotonicNs()
        occurrences[index].state = .settled
        try note("ready", index)
    }

    /// Looks for the first progress in the batches that came since the last call.
    func readProgress() throws {
        for batch in recorder.batches[min(nextBatch, recorder.batches.count)...] {
            for index in occurrences.indices where occurrences[index].firstProgressNs == nil {
                guard occurrences[index].isProgress(batch) else { continue }
                occurrences[index].firstProgressNs = batch.commitNs
                try note("first_progress", index, atNs: batch.commitNs)
            }
        }
        nextBatch = recorder.batches.count
    }

    private func note(_ mark: String, _ index: Int, atNs: Int64? = nil) throws {
        let occurrence = occurrences[index]
        var details: [(String, RunRecorder.Detail)] = [
            ("fault", .text(occurrence.fault.id)), ("number", .number(Int64(occurrence.number))),
            ("action", .text(occurrence.fault.action.rawValue)),
            ("target", .text(occurrence.fault.target.rawValue)),
        ]
        if let atNs { details.append(("at_ms", .number(recorder.elapsedMs(atNs)))) }
        try recorder.event("fault.\(mark)", details)
    }
}
