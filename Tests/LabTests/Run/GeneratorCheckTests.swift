import ASEEDSystem
import LoadGen
import Testing

@testable import Lab

/// A generator that fell behind proves nothing about the system.
@Suite struct GeneratorCheckTests {
    private static func saturation(
        _ history: MadeHistory, warmupMs: Int64 = 0, faults: String = ""
    ) throws -> String? {
        let scenario = try scenario(
            """
            {"seed":3,"load":{"name":"steady","executor":"constant-arrival-rate","rate":2000,
             "duration":"2s"}\(faults)}
            """)
        var metrics = MetricStore()
        let start: Int64 = 1_000_000_000
        metrics.run = .init(startNs: start, endNs: start + 2_500_000_000)
        metrics.setPhase("steady", startNs: start, endNs: start + 2_400_000_000)
        if warmupMs > 0 {
            metrics.setPhase("warmup", startNs: start, endNs: start + warmupMs * 1_000_000)
        }
        let cuts = TimeCuts(run: metrics.run, intervals: metrics.intervals([]))
        return GeneratorCheck.saturation(scenario, metrics, try history.measures(cuts: cuts))
    }

    @Test func oneThatKeepsTheScheduleIsFine() throws {
        let history = try MadeHistory(rate: 2_000, durationMs: 2_000)
        #expect(history.entries.count == 4_000)
        #expect(try Self.saturation(history) == nil)
    }

    @Test func aLongStallMakesOnePerCentLate() throws {
        let history = try MadeHistory(rate: 2_000, durationMs: 2_000, stall: (500, 200))
        // No order was skipped.
        #expect(history.entries.count == 4_000)
        let why = try #require(try Self.saturation(history))
        #expect(why.hasPrefix("stage steady was "))
        #expect(why.contains("ms late or more with 1 % of its orders"))
        // What happens in the warm-up does not count.
        #expect(try Self.saturation(history, warmupMs: 1_000) == nil)
        // A stall that the scenario asks for is no weakness of the generator.
        let asked = """
            ,"faults":[{"id":"a","action":"pause","target":"loadgen","at":"500ms",
             "duration":"200ms"}]
            """
        #expect(try Self.saturation(history, faults: asked) == nil)
    }

    @Test func aShortStallIsMeasuredAndForgiven() throws {
        let history = try MadeHistory(rate: 2_000, durationMs: 2_000, stall: (500, 55))
        #expect(try Self.saturation(history) == nil)
        #expect(try history.measures().scheduleDelay.histogram().maxNs >= 54_000_000)
    }

    @Test func oneThatDoesNotReachTheEndInTimeSentTooFew() throws {
        let history = try MadeHistory(rate: 2_000, durationMs: 2_000, stall: (1_900, 300))
        let why = try #require(try Self.saturation(history))
        #expect(why.contains("sent only 9"), "\(why)")
        #expect(why.contains("% of its orders in the time of its schedule"))
    }

    /// Offered and achieved rates come from the schedule itself.
    @Test func ratesAreCountedFromTheHistory() throws {
        let history = try MadeHistory(rate: 2_000, durationMs: 2_000, stall: (500, 200))
        let start: Int64 = 1_000_000_000
        var metrics = MetricStore()
        metrics.run = .init(startNs: start, endNs: start + 2_500_000_000)
        metrics.setPhase("measure", startNs: start, endNs: start + 2_000_000_000)
        metrics.setPhase("stalled", startNs: start + 500_000_000, endNs: start + 700_000_000)
        metrics.append("offered_rate", atNs: start, value: 1)
        let cuts = TimeCuts(run: metrics.run, intervals: metrics.intervals([]))
        try history.measures(cuts: cuts).fillRates(&metrics)
        func value(_ metric: String, _ phase: String, _ aggregation: Threshold.Aggregation) throws
            -> Double
        {
            let kind = try #require(MetricRegistry.definition(metric)).kind
            let found = metrics.aggregate(
                MetricSelector(name: metric), aggregation, kind: kind, in: metrics.phases[phase])
            guard case .value(let value, _) = found else { return .nan }
            return value
        }
        #expect(try value("offered_rate", "measure", .sum) == 4_000)
        #expect(try value("offered_rate", "stalled", .rate) == 2_000)
        // Orders are sent together once a millisecond: the last ones just after the end.
        #expect(try value("achieved_ratio", "measure", .rate) >= 0.999)
        #expect(try value("achieved_ratio", "stalled", .rate) < 0.02)
    }
}
