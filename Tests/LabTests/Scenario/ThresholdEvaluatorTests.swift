import ASEEDSystem
import Testing

@testable import Lab

@Suite struct ThresholdEvaluatorTests {
    static let second: Int64 = 1_000_000_000

    static func store(
        warmupEnd: Int64 = 0, _ fill: (inout MetricStore) -> Void
    ) -> MetricStore {
        var store = MetricStore()
        store.run = .init(startNs: 0, endNs: 20 * second)
        store.setPhase("warmup", startNs: 0, endNs: warmupEnd)
        store.setPhase("measure", startNs: warmupEnd, endNs: 10 * second)
        store.setPhase("steady", startNs: 5 * second, endNs: 10 * second)
        fill(&store)
        return store
    }

    static func evaluate(_ metric: String, _ text: String, _ store: MetricStore) throws
        -> ThresholdOutcome
    {
        ThresholdEvaluator.evaluate(
            try ThresholdParserTests.parse(metric, text, faults: ["a", "b"]), in: store)
    }

    @Test func comparesCountersOverThePhase() throws {
        let store = Self.store { store in
            for i in 0..<10 { store.append("throughput", atNs: Int64(i) * Self.second, value: 100) }
        }
        let all = try Self.evaluate("throughput", "count == 1000", store)
        #expect(all.status == .pass)
        #expect(all.measured == 1_000)
        let rate = try Self.evaluate("throughput", "rate > 100/s during steady", store)
        #expect(rate.status == .fail)
        #expect(rate.measured == 100)
        #expect(rate.limit == 100)
        #expect(rate.unit == "orders/s")
        let whole = try Self.evaluate("throughput", "rate == 50/s", store)
        #expect(whole.status == .pass)
    }

    @Test func noDataIsUnknownNotZero() throws {
        let empty = Self.store { _ in }
        #expect(try Self.evaluate("rejected", "count == 0", empty).status == .unknown)
        let observed = Self.store { $0.observe("rejected") }
        #expect(try Self.evaluate("rejected", "count == 0", observed).status == .pass)
        #expect(try Self.evaluate("e2e_latency_ms", "max < 1s", empty).reason == "no samples")
        var never = MetricStore()
        never.append("throughput", atNs: 1, value: 1)
        #expect(
            try Self.evaluate("throughput", "count > 0", never).reason == "the load never started")
        #expect(
            try Self.evaluate("throughput", "count > 0 during backlog", store100()).reason
                == "the run never reached backlog")
    }

    private func store100() -> MetricStore {
        Self.store { $0.append("throughput", atNs: 1, value: 100) }
    }

    @Test func trendsLeaveTheWarmUpOut() throws {
        let store = Self.store(warmupEnd: 2 * Self.second) { store in
            store.append("batch_duration_ms", atNs: Self.second, value: 5_000)
            store.append("batch_duration_ms", atNs: 3 * Self.second, value: 10)
            store.append("checkpoint_bytes", atNs: Self.second, value: 5_000)
        }
        #expect(try Self.evaluate("batch_duration_ms", "max < 11ms", store).status == .pass)
        #expect(try Self.evaluate("checkpoint_bytes", "max == 5000", store).status == .pass)
    }

    /// A percentile needs n ≥ 10 / (1 − q).
    @Test(arguments: [(99.0, 1_000), (99.9, 10_000), (50.0, 20), (90.0, 100), (95.0, 200)])
    func percentilesNeedEnoughSamples(percent: Double, needed: Int64) throws {
        #expect(Quantile.samplesNeeded(percent: percent) == Double(needed))
        for (count, status) in [(needed - 1, ThresholdOutcome.Status.unknown), (needed, .pass)] {
            let store = Self.store { store in
                store.append("batch_duration_ms", atNs: 1, value: 7, count: count)
            }
            let text = "p(\(NumberText.text(percent))) == 7"
            let outcome = try Self.evaluate("batch_duration_ms", text, store)
            #expect(outcome.status == status)
        }
    }

    @Test func ratesArePartsOfTheWhole() throws {
        let store = Self.store { store in
            store.appendRate("achieved_ratio", atNs: 6 * Self.second, part: 90, whole: 100)
            store.appendRate("achieved_ratio", atNs: 7 * Self.second, part: 900, whole: 900)
        }
        let outcome = try Self.evaluate("achieved_ratio", "rate >= 0.99 during steady", store)
        #expect(outcome.measured == 0.99)
        #expect(outcome.status == .pass)
    }

    @Test func everyStretchMustHold() throws {
        let store = Self.store { store in
            for i in 0..<10 {
                store.append(
                    "throughput", atNs: Int64(i) * Self.second, value: i == 7 ? 10 : 100)
            }
        }
        let outcome = try Self.evaluate("throughput", "rate >= 60/s over 2s", store)
        #expect(outcome.status == .fail)
        #expect(outcome.measured == 55)
        #expect(outcome.reason == "at 6 s of measure")
        #expect(try Self.evaluate("throughput", "rate >= 50/s over 2s", store).status == .pass)
        #expect(try Self.evaluate("throughput", "rate >= 1/s over 1m", store).status == .unknown)
    }

    @Test func eachFaultIsJudgedAlone() throws {
        let store = Self.store { store in
            store.append("outage_ms", atNs: 1, value: 500, tags: ["fault": "a"])
            store.append("outage_ms", atNs: 2, value: 1_500, tags: ["fault": "b"])
        }
        let outcome = try Self.evaluate("outage_ms", "max < 1s each fault", store)
        #expect(outcome.status == .fail)
        #expect(outcome.reason == "at b")
        #expect(try Self.evaluate("outage_ms", "max < 2s each fault", store).status == .pass)
    }

    @Test func expectedComesFromThePlan() throws {
        var store = Self.store { $0.append("acknowledged_orders", atNs: 1, value: 100) }
        let text = "value == expected"
        #expect(try Self.evaluate("acknowledged_orders", text, store).status == .unknown)
        store.setExpected("acknowledged_orders", 100)
        #expect(try Self.evaluate("acknowledged_orders", text, store).status == .pass)
        store.append("lost_orders", atNs: 1, value: 1)
        #expect(try Self.evaluate("lost_orders", text, store).status == .fail)
    }

    @Test func tagsChooseSamples() throws {
        let store = Self.store { store in
            store.append("rejected", atNs: 1, value: 2, tags: ["reason": "empty"])
            store.append("rejected", atNs: 1, value: 3, tags: ["reason": "encoding"])
        }
        var threshold = try ThresholdParserTests.parse("rejected", "count == 3")
        threshold.metric.tags = ["reason": "encoding"]
        #expect(ThresholdEvaluator.evaluate(threshold, in: store).status == .pass)
        #expect(try Self.evaluate("rejected", "count == 5", store).status == .pass)
    }

    @Test func abortsOnlyAfterTheDelay() throws {
        let store = Self.store { $0.append("throughput", atNs: 1, value: 1) }
        var threshold = try ThresholdParserTests.parse("throughput", "count < 1")
        #expect(ThresholdEvaluator.abort([threshold], in: store, nowNs: 0) == nil)
        threshold.abortOnFail = true
        threshold.delayAbortEvalMs = 3_000
        #expect(ThresholdEvaluator.abort([threshold], in: store, nowNs: 2 * Self.second) == nil)
        let aborted = ThresholdEvaluator.abort([threshold], in: store, nowNs: 3 * Self.second)
        #expect(aborted?.status == .fail)
    }

    @Test func outcomesAreWrittenAsTheSchemaSays() throws {
        let store = Self.store { $0.append("throughput", atNs: 1, value: 1) }
        let outcomes = [
            try Self.evaluate("throughput", "count < 1", store),
            try Self.evaluate("throughput", "count > 0", store),
            try Self.evaluate("e2e_latency_ms", "max < 1s", store),
        ]
        var json = JSONWriter()
        json.array { json in for outcome in outcomes { outcome.writeJSON(to: &json) } }
        let schema = try ProjectFiles.resultSchema().root["properties"]?["thresholds"]
        let checker = JSONSchema(root: try #require(schema))
        #expect(try checker.mistakes(in: try JSONParser.parse(json.bytes)) == [])
    }
}
