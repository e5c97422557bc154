import ASEEDSystem
import Testing

@testable import Lab

/// Faults as a scenario writes them.
@Suite struct FaultReaderTests {
    private static let load =
        #""load":{"name":"steady","executor":"constant-arrival-rate","rate":10,"duration":"30s"}"#

    private static func read(
        _ faults: String, _ overrides: ScenarioFile.Overrides = .init()
    ) throws -> [Fault] {
        try scenario("{\"seed\":7,\(load),\"faults\":[\(faults)]}", overrides).faults
    }

    private static func mistake(_ fault: String) -> String {
        mistakes("{\"seed\":7,\(load),\"faults\":[\(fault)]}").first ?? "none"
    }

    @Test func readsEveryKindOfTime() throws {
        let faults = try Self.read(
            """
            {"id":"a","action":"kill","target":"engine","at":"2s"},
            {"id":"b","action":"pause","target":"loadgen","at":"0ms","duration":"500ms",
             "phase":"steady"},
            {"id":"c","action":"terminate","target":"dashboard","every":"5s","jitter":"1s",
             "count":3,"restart_after":"0s"},
            {"id":"d","action":"restart","target":"engine","every":"10s"}
            """)
        #expect(faults.map(\.id) == ["a", "b", "c", "d"])
        #expect(faults[0].restartAfterMs == Fault.defaultRestartMs)
        #expect(faults[1].durationMs == 500 && faults[1].phase == "steady")
        #expect(faults[2].restartAfterMs == 0)
        #expect(faults[2].schedule == .every(ms: 5_000, jitterMs: 1_000, count: 3))
        #expect(faults[3].times(seed: 7, lengthMs: 30_000) == [10_000, 20_000])
    }

    @Test func theScaleShortensEveryTime() throws {
        var overrides = ScenarioFile.Overrides()
        overrides.scale = 0.1
        let faults = try Self.read(
            """
            {"id":"a","action":"kill","target":"engine","at":"20s","restart_after":"5s"},
            {"id":"b","action":"kill","target":"engine","every":"5s"},
            {"id":"c","action":"pause","target":"engine","at":"1s","duration":"500ms"}
            """, overrides)
        #expect(faults[0].schedule == .at(ms: 2_000) && faults[0].restartAfterMs == 500)
        #expect(faults[1].schedule == .every(ms: 500, jitterMs: 0, count: nil))
        #expect(faults[1].restartAfterMs == 100)
        #expect(faults[2].durationMs == 50)
    }

    @Test func theJitterComesFromTheSeedAndTheIdAlone() throws {
        let fault = try Self.read(
            #"{"id":"a","action":"restart","target":"engine","every":"5s","jitter":"2s","count":9}"#
        )[0]
        var other = fault
        other.id = "b"
        let times = fault.times(seed: 7, lengthMs: 0)
        #expect(times == fault.times(seed: 7, lengthMs: 99))
        #expect(times != fault.times(seed: 8, lengthMs: 0))
        #expect(times != other.times(seed: 7, lengthMs: 0))
        for (index, time) in times.enumerated() {
            let from = Int64(index + 1) * 5_000
            #expect((from...(from + 2_000)).contains(time))
        }
        #expect(times.count == 9)
    }

    @Test func thresholdsCanNameThem() throws {
        let read = try scenario(
            """
            {"seed":7,\(Self.load),"faults":[{"id":"a","action":"restart","target":"engine",
             "at":"1s"}],"thresholds":{"outage_ms":["max < 1s each fault"],
             "e2e_latency_ms":["max < 1s during a"],"replayed_orders{fault:a}":["count == 0"]}}
            """)
        #expect(read.thresholds.map(\.scope) == [.eachFault, .fault("a"), .run])
    }

    @Test(arguments: [
        (#"{"action":"kill","target":"engine","at":"1s"}"#, "faults[0].id is missing"),
        (#"{"id":"a","target":"engine","at":"1s"}"#, "faults[0].action is missing"),
        (#"{"id":"a","action":"kill","at":"1s"}"#, "faults[0].target is missing"),
        (#"{"id":"A","action":"kill","target":"engine","at":"1s"}"#, "faults[0].id is 1 to 64"),
        (
            #"{"id":"a","action":"kil","target":"engine","at":"1s"}"#, #"did you mean "kill"?"#
        ),
        (#"{"id":"a","action":"kill","target":"engine"}"#, #"neither "at" and "every""#),
        (
            #"{"id":"a","action":"kill","target":"engine","at":"1s","every":"2s"}"#,
            #"both "at" and "every""#
        ),
        (
            #"{"id":"a","action":"kill","target":"engine","at":"1s","count":2}"#,
            #"faults[0].count belongs to "every""#
        ),
        (
            #"{"id":"a","action":"kill","target":"engine","at":"1s","duration":"2s"}"#,
            #"faults[0].duration has no effect on "kill""#
        ),
        (
            #"{"id":"a","action":"pause","target":"engine","at":"1s"}"#,
            "faults[0].duration is missing"
        ),
        (
            #"{"id":"a","action":"restart","target":"engine","at":"1s","restart_after":"1s"}"#,
            #"faults[0].restart_after has no effect on "restart""#
        ),
        (
            #"{"id":"a","action":"kill","target":"loadgen","at":"1s"}"#,
            #"a generator that ended can't go on with its load; "pause""#
        ),
        (
            #"{"id":"a","action":"kill","target":"engine","at":"1s","phase":"measure"}"#,
            #"faults[0].phase is "steady" or "drain", not "measure""#
        ),
        (
            #"{"id":"steady","action":"kill","target":"engine","at":"1s"}"#,
            #"has the name "steady" already"#
        ),
        (#"{"id":"a","action":"kill","target":"engine","at":"1s","after":"1s"}"#, "unknown key"),
    ])
    func tellsMistakes(fault: String, message: String) {
        #expect(Self.mistake(fault).contains(message), "\(Self.mistake(fault))")
    }

    @Test func twoFaultsNeedTwoNames() {
        let fault = #"{"id":"a","action":"restart","target":"engine","at":"1s"}"#
        #expect(Self.mistake("\(fault),\(fault)").contains(#"has the name "a" already"#))
    }
}
