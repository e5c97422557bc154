import ASEEDSystem
import Testing

@testable import Lab

/// What ends a run and what does not, with scripts in place of the services.
@Suite(.timeLimit(.minutes(15))) struct RunMonitorTests {
    private let results: TemporaryFolder
    private let folder: RunFolder
    private let monitor: RunMonitor
    private let interrupts = SignalWatch()

    init() throws {
        results = try TemporaryFolder()
        folder = try RunFolder.make(results: results.path, scenario: "sample")
        monitor = try RunMonitor(
            scenario: Samples.scenario(), folder: folder, pauses: PauseMeter(),
            view: RunView(style: .silent), interrupts: interrupts, totalMs: 1_000)
    }

    private func start(_ name: String, _ script: String) throws -> ServiceProcess {
        try monitor.services.start(
            ServiceLaunch(
                name: name, program: "/bin/sh", words: ["-c", script], logFolder: folder.logs,
                direct: true))
    }

    /// Waits until the monitor has told the end of a service, which comes after its last line.
    private func awaitEnd(_ service: ServiceProcess) throws {
        try monitor.wait(
            limitMs: 20_000, orThrow: { .stalled(what: "end of a script", waitedMs: 20_000) },
            until: {
                let events = try TextFile.read(folder.file("events.jsonl"))
                return String(decoding: events, as: UTF8.self).contains("service.ended")
            })
        #expect(!service.isRunning)
    }

    @Test func theGeneratorMayEndRightAfterItsLastStage() throws {
        let loadgen = try start(
            "loadgen",
            """
            echo '{"ready":"loadgen","pid":1}'
            echo '{"progress":{"scheduled":9,"sent":9,"acknowledged":9,"monotonic_ns":1}}'
            echo '{"stage":0,"state":"done"}'
            echo '{"summary":{"sent":9}}'
            """)
        try awaitEnd(loadgen)
        #expect(monitor.loadIsReady)
        #expect(monitor.stagesDone == 1)
        #expect(monitor.loadSummary?["sent"]?.integer == 9)
        #expect(monitor.recorder.load?.acknowledged == 9)
    }

    @Test func theGeneratorMustNotEndBefore() throws {
        let loadgen = try start("loadgen", "echo '{\"ready\":\"loadgen\",\"pid\":1}'")
        let stop = #expect(throws: RunStop.self) { try awaitEnd(loadgen) }
        guard case .ended(let service, let how, _, _)? = stop else {
            Issue.record("\(String(describing: stop))")
            return
        }
        #expect(service == "loadgen")
        #expect(how.ending == .code(0))
        #expect(stop?.exitCode == .unknown)
    }

    @Test(arguments: [
        (64 as Int32, ExitCode.internalBug), (69, .unavailable), (70, .internalBug),
        (74, .unavailable),
        (75, .unknown), (78, .internalBug),
    ])
    func aServicesCodeDecidesTheRuns(code: Int32, expected: ExitCode) throws {
        let engine = try start("engine", "echo 'no room in /x' >&2; exit \(code)")
        let stop = #expect(throws: RunStop.self) { try awaitEnd(engine) }
        #expect(stop?.exitCode == expected)
        #expect(stop?.description.contains("no room in /x") == true)
    }

    @Test func waitingNoticesInterruptsAndMissingProgress() throws {
        #expect(throws: RunStop.stalled(what: "nothing", waitedMs: 150)) {
            try monitor.wait(
                limitMs: 150, orThrow: { .stalled(what: "nothing", waitedMs: 150) },
                until: { false })
        }
        interrupts.note()
        #expect(throws: RunStop.interrupted) {
            try monitor.wait(
                limitMs: nil, orThrow: { .stalled(what: "nothing", waitedMs: 0) }, until: { false })
        }
        #expect(!monitor.isInterruptedTwice)
        interrupts.note()
        #expect(monitor.isInterruptedTwice)
    }

    @Test func readyLinesAreKept() throws {
        let dashboard = try start(
            "dashboard",
            "echo '{\"ready\":\"dashboard\",\"url\":\"http://127.0.0.1:1\"}'; exec sleep 60")
        try monitor.wait(
            limitMs: 20_000, orThrow: { .stalled(what: "ready line", waitedMs: 20_000) },
            until: { monitor.readyLines["dashboard"] != nil })
        #expect(monitor.readyLines["dashboard"]?["url"]?.string == "http://127.0.0.1:1")
        #expect(dashboard.isRunning)
        monitor.services.killAll()
    }
}
