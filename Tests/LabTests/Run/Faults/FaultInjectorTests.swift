import ASEEDSystem
import Testing

@testable import Lab

/// What is done to services and when, with scripts in place of the services.
@Suite(.timeLimit(.minutes(15))) struct FaultInjectorTests {
    private let results: TemporaryFolder
    private let folder: RunFolder
    private let monitor: RunMonitor

    private static let faults = #"""
        ,"faults":[
        {"id":"kill","action":"kill","target":"engine","at":"20ms","restart_after":"100ms"},
        {"id":"pause","action":"pause","target":"dashboard","at":"0ms","duration":"150ms"},
        {"id":"later","action":"restart","target":"engine","at":"1h"}]
        """#

    init() throws {
        results = try TemporaryFolder()
        folder = try RunFolder.make(results: results.path, scenario: "sample")
        monitor = try RunMonitor(
            scenario: Samples.scenario(Self.faults), folder: folder, pauses: PauseMeter(),
            view: RunView(style: .silent), interrupts: SignalWatch(), totalMs: 1_000)
    }

    private func start(_ name: String) throws {
        _ = try monitor.services.start(
            ServiceLaunch(
                name: name, program: "/bin/sh",
                words: ["-c", "echo '{\"ready\":\"\(name)\"}'; exec sleep 60"],
                logFolder: folder.logs, direct: true))
    }

    private func wait(_ done: () throws -> Bool) throws {
        try monitor.wait(
            limitMs: 20_000, orThrow: { .stalled(what: "the test", waitedMs: 20_000) }, until: done)
    }

    /// The state of a process: `S` sleeping, `T` stopped.
    private func state(_ service: String) throws -> Character? {
        let pid = try #require(monitor.services.service(service)).pid
        return SmallFile.text("/proc/\(pid)/stat")?.split(separator: ")").last?
            .first { $0 != " " }
    }

    private func occurrence(_ id: String) throws -> FaultOccurrence {
        try #require(monitor.faults.occurrences.first { $0.fault.id == id })
    }

    @Test func aKilledServiceIsStartedAgainAndTheRunGoesOn() throws {
        monitor.faults.restart = { name in
            monitor.forgetReady(name)
            try start(name)
        }
        try start("engine")
        try start("dashboard")
        try wait { monitor.readyLines.count == 2 }
        let first = try #require(monitor.services.service("engine")).pid
        let startNs = SystemClock.monotonicNs()
        monitor.faults.begin(phase: nil, atNs: startNs)
        try wait { try occurrence("kill").state == .settled }
        let kill = try occurrence("kill")
        let injectedNs = try #require(kill.injectedNs)
        let restartedNs = try #require(kill.restartedNs)
        #expect(injectedNs >= startNs + 20_000_000)
        #expect(restartedNs >= injectedNs + 100_000_000)
        #expect(try #require(kill.endedNs) <= restartedNs)
        #expect(try #require(kill.readyNs) >= restartedNs)
        let second = try #require(monitor.services.service("engine"))
        #expect(second.pid != first && second.isRunning)

        try wait { try occurrence("pause").state == .settled }
        let pause = try occurrence("pause")
        #expect(
            try #require(pause.restartedNs) >= (try #require(pause.injectedNs)) + 150_000_000)
        try wait { try state("dashboard") == "S" }
        #expect(monitor.faults.isSettled)
        #expect(monitor.faults.neverFired == ["later"])
        let events = String(
            decoding: try TextFile.read(folder.file("events.jsonl")), as: UTF8.self)
        for mark in ["injected", "restarted", "ready", "resumed"] {
            #expect(events.contains("\"event\":\"fault.\(mark)\""), "\(mark)")
        }
        monitor.services.killAll()
    }

    @Test func aPausedServiceIsStopped() throws {
        try start("dashboard")
        try wait { monitor.readyLines.count == 1 }
        monitor.faults.begin(phase: nil, atNs: SystemClock.monotonicNs())
        try wait { try state("dashboard") == "T" }
        #expect(try occurrence("pause").isActive)
        #expect(monitor.faults.activeText == "dashboard paused")
        monitor.services.killAll()
    }

    @Test func aServiceThatEndsByItselfIsNoFault() throws {
        _ = try monitor.services.start(
            ServiceLaunch(
                name: "engine", program: "/bin/sh", words: ["-c", "exit 3"],
                logFolder: folder.logs, direct: true))
        let stop = #expect(throws: RunStop.self) { try wait { false } }
        guard case .ended(let service, _, _, _)? = stop else {
            Issue.record("\(String(describing: stop))")
            return
        }
        #expect(service == "engine")
    }

    @Test func aServiceThatEndsBadlyWhenItIsAskedToEndsTheRun() throws {
        _ = try monitor.services.start(
            ServiceLaunch(
                name: "engine", program: "/bin/sh",
                words: [
                    "-c",
                    "trap 'exit 70' TERM; echo '{\"ready\":\"engine\"}'; while :; do sleep 0.01; done",
                ], logFolder: folder.logs, direct: true))
        try wait { monitor.readyLines.count == 1 }
        let fault = Fault(id: "stop", action: .terminate, target: .engine, schedule: .at(ms: 0))
        monitor.faults.add(fault, atNs: SystemClock.monotonicNs())
        let stop = #expect(throws: RunStop.self) { try wait { false } }
        guard case .ended(let service, _, _, _)? = stop else {
            Issue.record("\(String(describing: stop))")
            return
        }
        #expect(service == "engine")
    }

    @Test func aFaultThatComesBackBrokenEndsTheRun() throws {
        monitor.faults.restart = { name in
            _ = try monitor.services.start(
                ServiceLaunch(
                    name: name, program: "/bin/sh", words: ["-c", "echo 'no port' >&2; exit 69"],
                    logFolder: folder.logs, direct: true))
        }
        try start("engine")
        try wait { monitor.readyLines.count == 1 }
        monitor.faults.begin(phase: nil, atNs: SystemClock.monotonicNs())
        let stop = #expect(throws: RunStop.self) { try wait { false } }
        #expect(stop?.exitCode == .unavailable)
        #expect(stop?.description.contains("no port") == true)
    }

    /// A fault that a person asks for while the run goes on.
    @Test func aFaultCanBeAddedAtAnyTime() throws {
        try start("dashboard")
        try wait { monitor.readyLines.count == 1 }
        let fault = Fault(
            id: "freeze", action: .pause, target: .dashboard, schedule: .at(ms: 0), durationMs: 10)
        for number in 1...2 {
            monitor.faults.add(fault, atNs: SystemClock.monotonicNs())
            try wait { monitor.faults.occurrences.count { $0.state == .settled } == number }
        }
        #expect(monitor.faults.occurrences.map(\.name) == ["freeze", "freeze #2"])
        #expect(monitor.faults.isSettled)
        monitor.services.killAll()
    }

    @Test func nothingIsDoneAfterTheEnd() throws {
        try start("engine")
        try wait { monitor.readyLines.count == 1 }
        monitor.faults.begin(phase: nil, atNs: SystemClock.monotonicNs() - 1_000_000_000)
        monitor.faults.end()
        try monitor.faults.act(nowNs: SystemClock.monotonicNs())
        #expect(monitor.faults.nextNs == .max)
        #expect(try occurrence("kill").injectedNs == nil)
        monitor.services.killAll()
    }
}
