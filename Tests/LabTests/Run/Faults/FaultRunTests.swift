import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// Faults in whole runs of the real binary: what they cost is measured, and the output stays exact.
@Suite(.serialized, .timeLimit(.minutes(15))) struct FaultRunTests {
    private static func run(_ faults: String, rate: Int = 2_000) throws -> RunResult {
        let lab = try RunningLab(
            scenario: """
                {"name":"faulty","seed":5,"timeout":"1m","engine":{"trigger":"50ms"},
                 "load":{"name":"steady","executor":"constant-arrival-rate","rate":\(rate),
                 "duration":"3s"},
                 "data":{"out_of_order":{"fraction":0.05,"max_delay":"30s"},
                 "invalid":{"fraction":0.01}},
                 "faults":[\(faults)]}
                """)
        _ = try lab.awaitEnd()
        return RunResult(lab: lab, value: try lab.result())
    }

    private struct RunResult: CustomTestStringConvertible {
        var testDescription: String { "this run" }

        /// Its folder lasts as long as this.
        let lab: RunningLab
        let value: JSONValue
        var output: String { lab.output }

        func expectExact() throws {
            #expect(value["verification"]?["verdict"]?.string == "passed", "\(output)")
            #expect(value["latency"]?["uncovered"]?.integer == 0, "\(output)")
            #expect(value["load"]?["sent"]?.integer == value["load"]?["acknowledged"]?.integer)
            #expect(try ProjectFiles.resultSchema().mistakes(in: value) == [])
            for name in ["mismatched_results", "lost_orders", "doubled_orders"] {
                #expect(metric(name, "value") == 0, "\(name)")
            }
        }

        func metric(_ name: String, _ number: String) -> Double? {
            value["metrics"]?.elements?.first { $0["metric"]?.string == name }?["values"]?[number]?
                .double
        }
    }

    @Test func anEngineThatStopsShowsInTheTail() throws {
        let result = try Self.run(
            #"{"id":"stop","action":"pause","target":"engine","at":"1s","duration":"500ms"}"#)
        try result.expectExact()
        // Orders that were due in the first part of the stop waited for the rest of it: 16 % of all
        // waited 20 ms or more, some almost all of it.
        let max = try #require(result.metric("e2e_latency_ms", "max"))
        let p99 = try #require(result.metric("e2e_latency_ms", "p(99)"))
        #expect(max >= 490, "\(max)")
        #expect(p99 >= 400, "\(p99)")
        let outage = try #require(result.metric("outage_ms", "max"))
        #expect(outage >= 490)
        #expect(result.metric("replayed_orders", "sum") == 0)
        // The time was lost in the engine, and nowhere else.
        #expect(try #require(result.metric("hop_engine_ms", "max")) >= 450)
        let hgrm = try TextFile.read(result.lab.runFolder().file("latency.hgrm"))
        #expect(String(decoding: hgrm, as: UTF8.self).contains("#[Max     ="))
    }

    @Test func aKilledEngineLosesAndDoublesNothing() throws {
        let result = try Self.run(
            #"""
            {"id":"kill","action":"kill","target":"engine","every":"700ms","jitter":"100ms",
             "count":3,"restart_after":"50ms"}
            """#)
        try result.expectExact()
        let fault = try #require(result.value["faults"]?.elements?.first?["done"]?.elements)
        #expect(fault.count == 3)
        for done in fault {
            let injected = try #require(done["injected_ms"]?.integer)
            #expect(try #require(done["restarted_ms"]?.integer) >= injected + 49)
            #expect(try #require(done["first_progress_ms"]?.integer) >= injected + 49)
            #expect(done["replayed_orders"]?.integer != nil)
        }
        // Every order counts once, however often its batch was begun.
        #expect(result.metric("throughput", "sum") == 6_000)
    }

    @Test func aKilledDashboardComesBackWithTheSameNumbers() throws {
        let result = try Self.run(
            #"{"id":"away","action":"kill","target":"dashboard","at":"1s","restart_after":"1s"}"#)
        try result.expectExact()
        // The engine does not wait for it.
        #expect(try #require(result.metric("outage_ms", "max")) < 900)
        let gap = try #require(result.value["latency"]?["gaps"]?.elements?.first)
        #expect(result.value["latency"]?["gaps"]?.elements?.count == 1)
        let length = try #require(gap["until_ms"]?.integer) - (gap["from_ms"]?.integer ?? 0)
        #expect(length >= 950)
        #expect(try #require(result.metric("e2e_latency_ms", "max")) >= 950)
        #expect(try #require(result.metric("hop_engine_ms", "max")) < 900)
    }

    /// An order's latency counts from when it was due: a generator that stalls hides nothing.
    @Test func aStoppedGeneratorCatchesUpAndTheDelayCounts() throws {
        let result = try Self.run(
            #"{"id":"stall","action":"pause","target":"loadgen","at":"1s","duration":"400ms"}"#)
        try result.expectExact()
        #expect(result.value["load"]?["sent"]?.integer == 6_000)
        #expect(try #require(result.metric("hop_schedule_ms", "max")) >= 390)
        #expect(try #require(result.metric("e2e_latency_ms", "max")) >= 390)
        #expect(try #require(result.metric("e2e_latency_ms", "p(99)")) >= 300)
        let reasons = result.value["reasons"]?.elements?.compactMap(\.string) ?? []
        #expect(!reasons.contains { $0.contains("generator saturated") }, "it was asked to stop")
    }

    @Test func aFaultThatNeverComesMakesTheRunUnknown() throws {
        let lab = try RunningLab(
            scenario: """
                {"name":"late","seed":5,"timeout":"1m","engine":{"trigger":"50ms"},
                 "load":{"executor":"constant-arrival-rate","rate":200,"duration":"500ms"},
                 "faults":[{"id":"never","action":"kill","target":"engine","at":"1h"}]}
                """)
        #expect(try lab.awaitEnd() == .code(ExitCode.unknown.rawValue), "\(lab.output)")
        #expect(lab.output.contains("fault never never fired"))
        let result = try lab.result()
        #expect(result["verification"]?["verdict"]?.string == "passed")
        #expect(result["faults"]?.elements?.first?["done"]?.elements?.isEmpty == true)
    }
}
