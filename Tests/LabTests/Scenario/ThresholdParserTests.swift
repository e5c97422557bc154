import Testing

@testable import Lab

@Suite struct ThresholdParserTests {
    static func parse(
        _ metric: String, _ text: String, faults: [String] = []
    ) throws -> Threshold {
        let definition = try #require(MetricRegistry.definition(metric))
        return try ThresholdParser.parse(
            text, metric: MetricSelector(name: metric), definition: definition,
            context: ThresholdContext(
                phases: ["backlog", "steady"] + PhaseSettings.reserved, faults: faults))
    }

    struct Case: Sendable {
        var metric: String
        var text: String
        var aggregation: Threshold.Aggregation
        var comparison: Threshold.Comparison
        var limit: Threshold.Limit
        var scope: Threshold.Scope

        init(
            _ metric: String, _ text: String, _ aggregation: Threshold.Aggregation,
            _ comparison: Threshold.Comparison, _ limit: Double,
            _ scope: Threshold.Scope = .run
        ) {
            self.metric = metric
            self.text = text
            self.aggregation = aggregation
            self.comparison = comparison
            self.limit = .number(limit)
            self.scope = scope
        }
    }

    @Test(arguments: [
        Case("e2e_latency_ms", "p(99) < 100ms", .percentile(99), .less, 100),
        Case(
            "e2e_latency_ms", "p(99.9)<=1.5s during steady", .percentile(99.9), .lessOrEqual, 1_500,
            .phase("steady")),
        Case("e2e_latency_ms", "  med   >  250us ", .med, .greater, 0.25),
        Case("e2e_latency_ms", "max != 5", .max, .notEqual, 5),
        Case("e2e_latency_ms", "count >= 1000", .count, .greaterOrEqual, 1_000),
        Case("e2e_latency_ms", "slope < 2ms/s", .slope, .less, 2),
        Case(
            "throughput", "rate > 12M/s during measure", .rate, .greater, 12e6, .phase("measure")),
        Case("throughput", "rate > 12M over 10s", .rate, .greater, 12e6, .over(durationMs: 10_000)),
        Case("throughput", "count == 5M", .count, .equal, 5e6),
        Case("drain_throughput", "value > 500k/s", .value, .greater, 5e5),
        Case("achieved_ratio", "rate >= 0.99", .rate, .greaterOrEqual, 0.99),
        Case("achieved_ratio", "rate >= 99%", .rate, .greaterOrEqual, 0.99),
        Case("checkpoint_bytes", "max < 64MiB", .max, .less, 67_108_864),
        Case("checkpoint_bytes", "slope < 1MB/s", .slope, .less, 1e6),
        Case("backlog_orders", "last == 0 during drain", .last, .equal, 0, .phase("drain")),
        Case("backlog_slope", "value < -5", .value, .less, -5),
        Case("steal_pct", "max < 5%", .max, .less, 5),
        Case("cpu_s_per_million_orders", "value < 250ms", .value, .less, 0.25),
    ])
    func readsTheGrammar(given: Case) throws {
        let read = try Self.parse(given.metric, given.text)
        #expect(read.aggregation == given.aggregation)
        #expect(read.comparison == given.comparison)
        #expect(read.limit == given.limit)
        #expect(read.scope == given.scope)
        #expect(read.text == given.text)
    }

    @Test func readsExpectedAndFaults() throws {
        #expect(try Self.parse("acknowledged_orders", "value == expected").limit == .expected)
        let each = try Self.parse("e2e_latency_ms", "max < 10s each fault", faults: ["kill"])
        #expect(each.scope == .eachFault)
        let one = try Self.parse("e2e_latency_ms", "max < 10s during kill", faults: ["kill"])
        #expect(one.scope == .fault("kill"))
    }

    @Test(arguments: [
        (
            "e2e_latency_ms", "", 0,
            "an aggregation is expected: count, last, min, max, avg, med, sum, slope, p(N)"
        ),
        (
            "e2e_latency_ms", "  mac < 1s", 2,
            "no aggregation \"mac\"; did you mean max?; those of e2e_latency_ms are count, last, "
                + "min, max, avg, med, sum, slope, p(N)"
        ),
        (
            "e2e_latency_ms", "rate < 1", 0,
            "e2e_latency_ms is a trend; rate is not defined for it, use one of count, last, min, "
                + "max, avg, med, sum, slope, p(N)"
        ),
        (
            "e2e_latency_ms", "p(100) < 1s", 0,
            "\"p(100)\" is no percentile; write p(N) with N above 0 and below 100, for example p(99)"
        ),
        (
            "e2e_latency_ms", "p(99) = 1s", 6,
            "an operator is expected here (<, <=, >, >=, ==, !=), not \"=\"; did you mean ==?"
        ),
        (
            "e2e_latency_ms", "p(99) 1s", 6,
            "an operator is expected here (<, <=, >, >=, ==, !=)"
        ),
        ("e2e_latency_ms", "max <", 5, "a limit is expected here, for example 250us, 100ms or 10s"),
        (
            "e2e_latency_ms", "max < 10kg", 6,
            "\"10kg\" is no limit for max of e2e_latency_ms, which is in ms; write 250us, 100ms or "
                + "10s"
        ),
        (
            "throughput", "count > 12M/s", 8,
            "\"12M/s\" is no limit for count of throughput, which is in orders; write 0, 500k or 5M"
        ),
        (
            "e2e_latency_ms", "max < 1s durign steady", 9,
            "\"during PHASE\", \"over DURATION\" or \"each fault\" may follow the limit, not "
                + "\"durign\"; did you mean during?"
        ),
        (
            "e2e_latency_ms", "max < 1s during stedy", 16,
            "no phase \"stedy\"; did you mean steady?; this scenario has backlog, steady, warmup, "
                + "measure, drain"
        ),
        (
            "e2e_latency_ms", "max < 1s during steady now", 23,
            "nothing may follow here, but there is \"now\""
        ),
        (
            "e2e_latency_ms", "max < 1s over ten", 14,
            "a duration like 500ms, 10s or 2m is expected after \"over\", not \"ten\""
        ),
        (
            "e2e_latency_ms", "max < 1s each fault", 9,
            "this scenario has no faults; leave out \"each fault\""
        ),
        (
            "drain_throughput", "value > 1M/s during steady", 26,
            "drain_throughput has one value a run; leave out \"during …\""
        ),
    ])
    func tellsWhatIsWrongAndWhere(
        metric: String, text: String, index: Int, message: String
    ) throws {
        let error = #expect(throws: ThresholdSyntaxError.self) { try Self.parse(metric, text) }
        #expect(error?.message == message)
        if metric != "drain_throughput" { #expect(error?.index == index) }
    }

    @Test func onlySomeMetricsHaveAnExpectedValue() throws {
        let error = #expect(throws: ThresholdSyntaxError.self) {
            try Self.parse("throughput", "count == expected")
        }
        #expect(error?.message.hasPrefix("no plan says what throughput should be") == true)
    }

    /// A phase that a run will not have is a mistake before the run, not unknown after it.
    @Test func onlyPhasesThatTheRunHasCanBeNamed() {
        func found(_ condition: String, _ more: String = "") -> [String] {
            mistakes(
                """
                {"seed":1,"load":{"executor":"backlog","orders":1},\(more)
                "thresholds":{"throughput":["\(condition)"]}}
                """)
        }
        #expect(found("rate > 1 during backlog") == [])
        #expect(found("rate > 1 during drain") == [])
        #expect(
            found("rate > 1 during measure") == [
                "test.json:2:46: threshold on throughput: no phase \"measure\"; this scenario has "
                    + "backlog, drain"
            ])
        #expect(
            found("rate > 1 over 1s") == [
                "test.json:2:39: threshold on throughput: \"over\" needs a measured phase, which a "
                    + "backlog alone does not have"
            ])
    }

    @Test func anObjectAddsOptions() throws {
        let read = try scenario(
            """
            {"seed":1,"load":{"executor":"constant-arrival-rate","rate":1,"duration":"1s"},
             "thresholds":{"rejected{reason:encoding}":[
               {"threshold":"count < 5","abort_on_fail":true,"delay_abort_eval":"2s","severity":"warn"}]}}
            """)
        let threshold = try #require(read.thresholds.first)
        #expect(threshold.metric == MetricSelector(name: "rejected", tags: ["reason": "encoding"]))
        #expect(threshold.metric.text == "rejected{reason:encoding}")
        #expect(threshold.abortOnFail)
        #expect(threshold.delayAbortEvalMs == 2_000)
        #expect(threshold.severity == .warn)
    }
}
