import ASEEDSystem
import LoadGen
import Testing

@testable import Lab

/// Times over a run, cut where phases and faults begin and end.
@Suite struct LatencySeriesTests {
    private static func random(_ seed: UInt64, _ count: Int) -> [(ns: Int64, atNs: Int64)] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            (
                Int64.random(
                    in: 0..<(1 << Int64.random(in: 1...40, using: &random)), using: &random),
                Int64.random(in: 0..<10_000, using: &random)
            )
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func anIntervalBetweenCutsIsAnsweredExactly(seed: UInt64) throws {
        let intervals = [
            MetricStore.Interval(startNs: 1_000, endNs: 4_000),
            MetricStore.Interval(startNs: 3_333, endNs: 3_400),
            MetricStore.Interval(startNs: 0, endNs: 10_000),
        ]
        var series = LatencySeries(cuts: TimeCuts(run: nil, intervals: intervals))
        let times = Self.random(seed, 3_000)
        for time in times { series.add(time.ns, atNs: time.atNs) }
        for interval in intervals {
            let inside = times.filter { interval.contains($0.atNs) }.map(\.ns).sorted()
            let found = series.histogram(in: interval)
            #expect(found.count == Int64(inside.count), "seed \(seed)")
            #expect(found.maxNs == inside.last && found.minNs == inside.first)
            let exact = Double(inside[(inside.count + 1) / 2 - 1])
            let median = Double(found.percentileNs(0.5))
            #expect(median >= exact && median <= exact * 1.001 + 1)
        }
        #expect(series.histogram().count == 3_000)
        #expect(series.overTime.reduce(0) { $0 + $1.histogram.count } == 3_000)
    }

    @Test(arguments: [1, 2] as [UInt64])
    func everyMomentHasOneStretch(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let cuts = TimeCuts((0..<50).map { _ in Int64.random(in: 0..<1_000, using: &random) })
        var near = 0
        for moment in -5...1_005 as ClosedRange<Int64> {
            let index = cuts.index(of: moment, near: near)
            near = Int.random(in: 0..<cuts.count, using: &random)
            #expect(index == cuts.index(of: moment))
            #expect(cuts.start(of: index) <= moment)
            #expect(index + 1 == cuts.count || moment < cuts.start(of: index + 1))
        }
    }

    @Test func longRunsAreCutIntoABoundedNumberOfStretches() {
        let day: Int64 = 86_400_000_000_000
        let cuts = TimeCuts(run: .init(startNs: 0, endNs: day), intervals: [])
        #expect(cuts.count <= 520)
        let short = TimeCuts(run: .init(startNs: 0, endNs: 1_000_000_000), intervals: [])
        #expect(short.count == 12)
    }

    @Test func percentilesNeedSamplesEnough() {
        var histogram = HDRHistogram()
        #expect(histogram.aggregate(.max) == .unknown("no samples"))
        for _ in 0..<999 { histogram.add(ns: 2_000_000) }
        #expect(
            histogram.aggregate(.percentile(99))
                == .unknown("999 samples; p(99) needs at least 1000"))
        histogram.add(ns: 7_000_000)
        #expect(histogram.aggregate(.percentile(99)) == .value(2.000895, samples: 1_000))
        #expect(histogram.aggregate(.max) == .value(7, samples: 1_000))
        #expect(histogram.aggregate(.avg) == .value(2.005, samples: 1_000))
        guard case .unknown = histogram.aggregate(.slope) else {
            Issue.record("a distribution has no slope")
            return
        }
    }

    @Test func thresholdsTakeTheStretchThatTheyName() throws {
        var store = MetricStore()
        store.run = .init(startNs: 0, endNs: 1_000)
        store.setPhase("warmup", startNs: 0, endNs: 200)
        store.setPhase("steady", startNs: 0, endNs: 1_000)
        store.addFault("stop", startNs: 500, endNs: 600)
        var series = LatencySeries(
            cuts: TimeCuts(run: store.run, intervals: store.intervals([])))
        series.add(900_000_000, atNs: 100)
        series.add(10_000_000, atNs: 300)
        series.add(500_000_000, atNs: 599)
        series.add(20_000_000, atNs: 600)
        store.set("e2e_latency_ms", series)
        func measured(_ text: String) throws -> Double? {
            let threshold = try ThresholdParserTests.parse(
                "e2e_latency_ms", text, faults: ["stop"])
            return ThresholdEvaluator.evaluate(threshold, in: store).measured
        }
        #expect(try measured("max < 1s") == 500)
        #expect(try measured("max < 1s during steady") == 900)
        #expect(try measured("max < 1s during stop") == 500)
        #expect(try measured("max < 1s each fault") == 500)
        #expect(try measured("count > 0 during stop") == 1)
        #expect(MetricSummary.all(store).first?["max"] == 500)
        store.setUnknown("e2e_latency_ms", "no message covered 3 orders")
        let outcome = ThresholdEvaluator.evaluate(
            try ThresholdParserTests.parse("e2e_latency_ms", "max < 1s"), in: store)
        #expect(outcome.status == .unknown)
        #expect(outcome.reason == "no message covered 3 orders")
        #expect(MetricSummary.all(store).isEmpty)
    }
}
