internal import ASEEDSystem
internal import Glibc

/// A broker that the lab starts on loopback and stops again: its processes belong to a group of
/// services, so that they are sampled, logged, and die with the lab. Nothing that it did not start
/// is ever touched.
final class ManagedBroker {
    let kind: BrokerKind
    /// Files of its own.
    let folder: String
    private let plan: BrokerPlan
    private let logs: String
    private let services: ServiceGroup
    private var processes: [ServiceProcess?]

    /// Plans a broker; nothing is started yet.
    ///
    /// - Parameters:
    ///   - folder: gets its files; made when it is not there.
    ///   - port: where it listens; nil takes a free one.
    ///   - logs: gets the output of its processes, as of every service of the group.
    init(
        _ kind: BrokerKind, folder: String, port: UInt16? = nil, logs: String,
        services: ServiceGroup, parts: KafkaParts? = .find(),
        environment: (String) -> String? = Environment.value
    ) throws(BrokerError) {
        self.kind = kind
        self.folder = folder
        self.logs = logs
        self.services = services
        plan = try BrokerPlan.make(
            kind, folder: folder, port: port, parts: parts, environment: environment)
        processes = plan.parts.map { _ in nil }
    }

    /// Where it listens on 127.0.0.1.
    var port: UInt16 { plan.port }
    /// Its address as clients take it.
    var address: String { "127.0.0.1:\(plan.port)" }
    /// The names of its processes in the group.
    var serviceNames: [String] { plan.parts.map(\.name) }
    /// The names of those that end by themselves when all is well.
    var brief: Set<String> {
        Set(plan.parts.filter { $0.readiness == .ended }.map(\.name))
    }

    /// Whether everything that must run does.
    var isRunning: Bool {
        zip(plan.parts, processes).allSatisfy { part, process in
            part.readiness == .ended || process?.isRunning == true
        }
    }

    /// What it calls itself: `tansu 0.6.0`; its kind alone where it does not say.
    var version: String {
        if let version = plan.version { return "\(kind.rawValue) \(version)" }
        let lines = SmallFile.text("\(logs)/\(ServiceName.broker).out") ?? ""
        let words = lines.prefix { !$0.isNewline }.split(separator: " ")
        let number = words.first { $0.first?.isNumber == true && $0.contains(".") }
        return number.map { "\(kind.rawValue) \($0)" } ?? kind.rawValue
    }

    /// Starts what does not run, part by part, each when the one before is ready.
    ///
    /// - Parameter pulse: called while waiting; throws to give up.
    func start(pulse: () throws -> Void) throws {
        for (index, part) in plan.parts.enumerated() where processes[index]?.isRunning != true {
            try start(index, part, pulse)
        }
    }

    private func start(_ index: Int, _ part: BrokerPart, _ pulse: () throws -> Void) throws {
        let process = try services.start(
            ServiceLaunch(
                name: part.name, program: part.program, words: part.words, logFolder: logs,
                environment: part.environment, title: part.title))
        processes[index] = process
        let startNs = SystemClock.monotonicNs()
        while true {
            if part.isReady(process) { break }
            if let exit = process.exit, !(part.readiness == .ended && exit.ending == .code(0)) {
                throw BrokerError.ended(
                    kind: kind, part: part.label, how: exit.text, log: process.logPath,
                    lines: told(process))
            }
            let waitedMs = (SystemClock.monotonicNs() - startNs) / 1_000_000
            guard waitedMs < kind.readyLimitMs else {
                throw BrokerError.notReady(
                    kind: kind, part: part.label, waitedMs: waitedMs, log: process.logPath,
                    lines: told(process))
            }
            try pulse()
        }
        // A stranger that took the port would have answered for a process that is gone.
        if part.readiness != .ended, let exit = process.exit {
            throw BrokerError.ended(
                kind: kind, part: part.label, how: exit.text, log: process.logPath,
                lines: told(process))
        }
    }

    /// What a process said last: some write errors to one stream, some to the other.
    private func told(_ process: ServiceProcess) -> [String] {
        let lines = process.lastLogLines()
        return lines.isEmpty
            ? TextTail.lastLines(of: "\(logs)/\(process.name).out", count: 5) : lines
    }

    /// Ends its processes, the last one first, each within the time; what does not end is killed.
    ///
    /// - Parameter hurry: asked now and then; true ends the waiting.
    func stop(graceMs: Int64 = 5_000, hurry: () -> Bool = { false }) {
        for (part, process) in zip(plan.parts, processes).reversed() {
            guard let process, process.isRunning else { continue }
            let deadline = SystemClock.monotonicNs() + graceMs * 1_000_000
            process.signal(part.stopSignal)
            // A stopped process takes SIGTERM only when it goes on.
            process.signal(SIGCONT)
            waitUntil(deadline, hurry) { !process.isRunning }
            process.killGroup()
            waitUntil(SystemClock.monotonicNs() + 5_000_000_000) { !process.isRunning }
        }
    }

    private func waitUntil(
        _ deadline: Int64, _ hurry: () -> Bool = { false }, until done: () -> Bool
    ) {
        while !done(), SystemClock.monotonicNs() < deadline, !hurry() {
            _ = services.events.takeAll(
                deadlineNs: min(deadline, SystemClock.monotonicNs() + 20_000_000))
        }
    }

    /// Kills one of its processes, as a fault does.
    func kill(_ name: String) {
        for (part, process) in zip(plan.parts, processes) where part.name == name {
            process?.signal(SIGKILL)
        }
    }

    /// Starts again what has ended. When that is the store, the broker on it starts anew as well: it
    /// keeps connections to the old store and fails on them for ever.
    func restart(pulse: () throws -> Void) throws {
        if kind == .tansuS3, processes[0]?.isRunning != true, let broker = processes[1] {
            broker.killGroup()
            waitUntil(SystemClock.monotonicNs() + 5_000_000_000) { !broker.isRunning }
        }
        try start(pulse: pulse)
    }
}
