import ASEEDSystem
import Testing

@testable import LoadGen

@Suite struct LoadPlanTests {
    private func plan(_ text: String) throws -> LoadPlan {
        try LoadPlan(json: try JSONParser.parse(text))
    }

    @Test("the whole form is read, and written again the same")
    func wholeForm() throws {
        let text = """
            {"seed":-7,"partitions":2,"fsync":"always","products":100,"categories":5,
             "distribution":{"kind":"hot","share":0.5},"customers":10,"day_shape":true,
             "promotions":true,"segments":true,"event_time_start":"2024-01-15T00:00:00.000000Z",
             "event_time_speed":2.5,"window_ms":30000,"slide_ms":10000,
             "watermark_delay_ms":60000,"event_time_max":"2024-01-20T00:00:00.000000Z",
             "mix":{"out_of_order":{"fraction":0.1,"max_delay_ms":5},
               "late":{"fraction":0.2,"min_delay_ms":10,"max_delay_ms":20},"boundary":true,
               "duplicates":{"fraction":0.3,"max_gap":9},
               "invalid":{"fraction":0.4,"kinds":["empty","price_scale"]}},
             "stages":[{"name":"a","executor":"backlog","orders":1000,"event_rate":10},
               {"name":"b","executor":"constant-arrival-rate","rate":50,"duration_ms":2000,
                "pacing":"poisson"}], "x-note":"free"}
            """
        let plan = try plan(text)
        #expect(plan.seed == -7 && plan.partitions == 2 && plan.fsync == .always)
        #expect(plan.popularity == .hot(share: 0.5))
        #expect(plan.eventTimeStartUs == 1_705_276_800_000_000)
        #expect(plan.mix.late.minDelayMs == 10 && plan.mix.duplicates.maxGap == 9)
        #expect(plan.mix.invalid.kinds == [.empty, .priceScale])
        #expect(plan.orders == 1_100)
        var json = JSONWriter()
        plan.write(to: &json)
        #expect(try LoadPlan(json: JSONParser.parse(json.bytes)) == plan)
    }

    @Test("fractions of 0 and no kinds are as good as left out")
    func zeroFractions() throws {
        let read = try plan(
            """
            {"seed":1,"event_time_max":null,"mix":{"out_of_order":{"fraction":0,"max_delay_ms":0},
             "late":{"fraction":0,"min_delay_ms":0,"max_delay_ms":0},"boundary":false,
             "duplicates":{"fraction":0,"max_gap":0},"invalid":{"fraction":0,"kinds":[]}},
             "stages":[{"name":"a","executor":"backlog","orders":1,"event_rate":1}]}
            """)
        #expect(read.mix == QualityMix())
    }

    @Test(
        "a wrong value is named",
        arguments: [
            ("{}", "seed"), ("{\"seed\":1}", "stages"), ("{\"seed\":1,\"stages\":[]}", "stages"),
            ("{\"seed\":1.5,\"stages\":[]}", "seed"), ("[]", "an object"),
            ("{\"seed\":1,\"partitoins\":3,\"stages\":[]}", "did you mean \"partitions\""),
            ("{\"seed\":1,\"partitions\":0,\"stages\":[S]}", "partitions"),
            ("{\"seed\":1,\"fsync\":\"maybe\",\"stages\":[S]}", "never, always"),
            ("{\"seed\":1,\"products\":5,\"categories\":6,\"stages\":[S]}", "categories"),
            ("{\"seed\":1,\"slide_ms\":70000,\"stages\":[S]}", "slide_ms"),
            ("{\"seed\":1,\"distribution\":{\"kind\":\"flat\"},\"stages\":[S]}", "flat"),
            (
                "{\"seed\":1,\"mix\":{\"late\":{\"fraction\":2}},\"stages\":[S]}",
                "mix.late.fraction"
            ),
            (
                "{\"seed\":1,\"mix\":{\"late\":{\"min_delay_ms\":9,\"max_delay_ms\":8}},"
                    + "\"stages\":[S]}", "mix.late.max_delay_ms"
            ),
            (
                "{\"seed\":1,\"mix\":{\"invalid\":{\"kinds\":[\"odd\"]}},\"stages\":[S]}",
                "mix.invalid.kinds"
            ),
            ("{\"seed\":1,\"stages\":[{\"executor\":\"backlog\",\"orders\":1}]}", "event_rate"),
            ("{\"seed\":1,\"stages\":[{\"executor\":\"burst\"}]}", "stages[0].executor"),
            (
                "{\"seed\":1,\"event_time_max\":\"2024-01-15T00:00:01Z\",\"stages\":[S]}",
                "event_time_max"
            ),
            ("{\"seed\":1,\"event_time_start\":\"soon\",\"stages\":[S]}", "event_time_start"),
        ])
    func namesWrongValues(_ text: String, _ part: String) throws {
        let stage = "{\"executor\":\"backlog\",\"orders\":100,\"event_rate\":1}"
        let json = try JSONParser.parse(text.replacing("S", with: stage))
        let error = #expect(throws: PlanError.self) { try LoadPlan(json: json) }
        #expect(error.map { "\($0)".contains(part) } == true, "\(String(describing: error))")
    }
}
