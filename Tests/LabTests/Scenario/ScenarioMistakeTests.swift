import ASEEDSystem
import Testing

@testable import Lab

@Suite struct ScenarioMistakeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var text: String
        var expected: [String]
        var testDescription: String { expected.first ?? "valid" }

        init(_ text: String, _ expected: String...) {
            self.text = text
            self.expected = expected
        }
    }

    static let load = #""load":{"executor":"backlog","orders":10}"#

    static let cases: [Case] = [
        Case("", "test.json:1:1: the text ends where a value is expected"),
        Case("[]", "test.json:1:1: a scenario is an object, not an array"),
        Case(
            "{\n  \"seed\": 1,\n  \"sed\": 2,\n  \(load)}",
            "test.json:3:3: unknown key \"sed\"; did you mean \"seed\"?"),
        Case(
            "{\(load)}",
            "test.json:1:1: seed is missing; every run needs one, for example \"seed\": 42"),
        Case(
            #"{"seed":1}"#,
            "test.json:1:1: load is missing; it says what is sent, how much and how fast"),
        Case(
            "{\"seed\":-1,\(load)}",
            "test.json:1:9: seed is a whole number from 0 to 9223372036854775807, not -1"),
        Case(
            "{\"seed\":1.5,\(load)}",
            "test.json:1:9: seed is a whole number from 0 to 9223372036854775807, not 1.5"),
        Case(
            "{\"seed\":1,\"log\":{\"partitions\":\"3\"},\(load)}",
            "test.json:1:31: log.partitions is a whole number from 1 to 1,024, not \"3\""),
        Case(
            "{\"seed\":1,\"log\":{\"partitons\":3},\(load)}",
            "test.json:1:18: unknown key \"partitons\" in log; did you mean \"partitions\"?"),
        Case(
            "{\"seed\":1,\"timeout\":\"10\",\(load)}",
            "test.json:1:21: timeout is a duration like \"250ms\", \"10s\" or \"2m\", not \"10\""),
        Case(
            "{\"seed\":1,\"timeout\":\"2d\",\(load)}",
            "test.json:1:21: timeout is a duration from 1s to 1d, not \"2d\""),
        Case(
            "{\"seed\":1,\"engine\":{\"trigger\":\"now\"},\(load)}",
            "test.json:1:31: engine.trigger is a duration like \"5s\", or \"available-now\", "
                + "not \"now\""),
        Case(
            "{\"seed\":1,\"engine\":{\"windows\":[{\"size\":\"1m\",\"slide\":\"2m\"}]},\(load)}",
            "test.json:1:32: engine.windows[0]: slide must not be longer than size"),
        Case(
            "{\"seed\":1,\"engine\":{\"policy\":\"recrod\"},\(load)}",
            "test.json:1:30: engine.policy is \"record\" or \"batch\", not \"recrod\"; "
                + "did you mean \"record\"?"),
        Case(
            #"{"seed":1,"load":{"executor":"backlog","orders":10,"rate":5}}"#,
            "test.json:1:52: load.rate belongs to the executor \"constant-arrival-rate\", "
                + "not to \"backlog\""),
        Case(
            #"{"seed":1,"load":{"executor":"backlog"}}"#,
            "test.json:1:18: load.orders is missing"),
        Case(
            #"{"seed":1,"load":[{"executor":"constant-arrival-rate","rate":0,"duration":"1s"}]}"#,
            "test.json:1:62: load[0].rate is a number from 0.001 to 100,000,000, not 0"),
        Case(
            #"{"seed":1,"load":[]}"#,
            "test.json:1:18: load is one stage or an array of 1 to 100 stages, not an array"),
        Case(
            #"""
            {"seed":1,"load":[{"executor":"backlog","orders":1},
            {"executor":"backlog","orders":1,"products":3}]}
            """#,
            "test.json:2:1: load[1]: two stages have the name \"backlog\"; give each its own",
            "test.json:2:1: load[1]: a backlog is the first stage; the engine starts after it",
            "test.json:2:34: load[1].products belongs to the first stage; it holds for the whole "
                + "run"),
        Case(
            #"{"seed":1,"load":{"executor":"backlog","orders":1,"name":"drain"}}"#,
            "test.json:1:58: load.name is 1 to 64 lower-case letters, digits, -, _ and ., and none "
                + "of warmup, measure, drain, not \"drain\""),
        Case(
            #"{"seed":1,"load":{"executor":"backlog","orders":1,"products":2,"categories":3}}"#,
            "test.json:1:77: load.categories (3) must not be more than products (2)"),
        Case(
            #"{"seed":1,"load":{"executor":"backlog","orders":1,"distribution":"zipf(99)"}}"#,
            "test.json:1:66: load.distribution is \"uniform\", \"zipf(EXPONENT)\" with an exponent "
                + "from 0.01 to 10, or \"hot(SHARE)\" with a share from 0.001 to 0.999, "
                + "not \"zipf(99)\""),
        Case(
            #"{"seed":1,"load":{"executor":"backlog","orders":1,"event_time_start":"2024-02-30T00:00:00Z"}}"#,
            "test.json:1:70: load.event_time_start is a UTC time like \"2024-01-15T00:00:00Z\", "
                + "not \"2024-02-30T00:00:00Z\""),
        Case(
            #"{"seed":1,"load":{"executor":"backlog","orders":10000000000,"event_rate":1}}"#,
            "test.json:1:18: event time must end (with a margin of 1h) before this machine's clock, "
                + "else the future bound is no constant; use an earlier event_time_start, a lower "
                + "event_time_speed or a higher event_rate"),
        Case(
            #"{"seed":1,"load":{"executor":"backlog","orders":3600000,"event_time_max":"2024-01-15T00:30:00Z"}}"#,
            "test.json:1:74: event_time_max is before the last planned event time, "
                + "2024-01-15T01:00:00.000000Z"),
        Case(
            #"""
            {"seed":1,"engine":{"trigger":"available-now"},
            "load":{"executor":"constant-arrival-rate","rate":1,"duration":"1s"}}
            """#,
            "test.json:2:8: load: with the trigger \"available-now\" the engine takes only a "
                + "backlog; use an interval, for example \"200ms\""),
        Case(
            "{\"seed\":1,\(load),\"data\":{\"late\":{\"fraction\":1.5}}}",
            "test.json:1:80: data.late.fraction is a number from 0 to 1, not 1.5"),
        Case(
            "{\"seed\":1,\(load),\"data\":{\"late\":{\"fraction\":0.6},\"invalid\":{\"fraction\":0.6}}}",
            "test.json:1:60: the fractions of data add up to 1.2, more than 1"),
        Case(
            "{\"seed\":1,\(load),\"data\":{\"invalid\":{\"fraction\":0.1,\"kinds\":[\"encodng\"]}}}",
            "test.json:1:96: data.invalid.kinds has no \"encodng\"; did you mean \"encoding\"?"),
        Case(
            "{\"seed\":1,\(load),\"thresholds\":{\"ack_latency\":[\"max < 1s\"]}}",
            "test.json:1:67: no metric \"ack_latency\"; did you mean \"ack_latency_ms\"?"),
        Case(
            "{\"seed\":1,\(load),\"thresholds\":{\"ack_latency_ms\":[\"p(99) < 10MiB\"]}}",
            "test.json:1:94: threshold on ack_latency_ms: \"10MiB\" is no limit for p(N) of "
                + "ack_latency_ms, which is in ms; write 250us, 100ms or 10s"),
        Case(
            "{\"seed\":1,\(load),\"thresholds\":{\"detect_time_ms\":[\"max < 1s\"]}}",
            "test.json:1:67: no detect_time_ms in this version; no monitor runs in scenarios"),
        Case(
            "{\"seed\":1,\(load),\"thresholds\":{\"rejected{cause:x}\":[\"count > 1\"]}}",
            "test.json:1:67: \"cause:x\" is no tag of rejected, which has the tag reason"),
        Case(
            "{\"seed\":1,\(load),\"verify\":{\"checks\":[\"C1\",\"C1\"]}}",
            "test.json:1:78: verify.checks has \"C1\" twice"),
    ]

    @Test(arguments: cases)
    func tellsWhatAndWhere(given: Case) {
        #expect(mistakes(given.text) == given.expected)
    }

    @Test func tellsAllMistakesAtOnce() {
        let found = mistakes(
            """
            {
              "sed": 1,
              "log": {"partitions": 0},
              "engine": {"workers": "two"},
              "load": {"executor": "backlog", "orders": -5},
              "thresholds": {"throughput": ["rat > 5"]}
            }
            """)
        #expect(
            found.map { $0.split(separator: ":")[1] } == ["1", "2", "3", "4", "5", "6"])
    }

    /// What a later version will have is a known word, refused with what there is.
    @Test(arguments: [
        (
            #""engine":{"kind":"spark"}"#,
            #""spark" is not available in this version; available: "native""#
        ),
        (
            #""engine":{"kind":"command","command":["x"]}"#,
            #""command" is not available in this version; available: "native""#
        ),
        (
            #""faults":[{"id":"k","action":"disk.full","target":"engine","at":"1s"}]"#,
            #"faults[0].action "disk.full" is not available in this version; available: one of "#
                + #""kill", "terminate", "pause", "restart""#
        ),
        (
            #""faults":[{"id":"k","action":"kill","target":"broker","at":"1s"}]"#,
            #"faults[0].target "broker" is not available in this version"#
        ),
        (
            #""faults":[{"id":"k","action":"kill","target":"engine","when":{"event":"x"}}]"#,
            "faults[0].when is not available in this version; give a time"
        ),
        (#""search":{"low":1}"#, "search is not available in this version"),
        (#""baseline":{"ref":"main"}"#, "baseline is not available in this version"),
        (#""exercise":{"goal":"x"}"#, "exercise is not available in this version"),
        (#""services":{"restart":true}"#, "services.restart: true is not available"),
        (#""services":{"dashboard":false}"#, "services.dashboard: false is not available"),
        (#""data":{"future":{"fraction":0.1}}"#, "data.future is not available in this version"),
        (
            #""data":{"idle_partitions":[{"partition":1}]}"#,
            "data.idle_partitions is not available in this version"
        ),
    ])
    func refusesHonestlyWhatIsNotThereYet(member: String, message: String) throws {
        let found = mistakes("{\"seed\":1,\(Self.load),\(member)}")
        #expect(try #require(found.first).contains(message))
    }

    @Test(arguments: [
        "ramping-arrival-rate", "sine-arrival-rate", "burst-arrival-rate", "replay",
        "max-throughput",
    ])
    func refusesTheOtherExecutors(name: String) {
        let found = mistakes(
            #"{"seed":1,"load":{"executor":"\#(name)","stages":[{"target":1}],"speed":2}}"#)
        #expect(
            found == [
                "test.json:1:30: load.executor \"\(name)\" is not available in this version; "
                    + "available: \"backlog\" or \"constant-arrival-rate\""
            ])
    }

    @Test func keysOfOnesOwnAreFree() {
        let found = mistakes(
            """
            {"seed":1,"x-note":{"any":[1]},"log":{"x-a":1},\(Self.load),
             "thresholds":{"x-later":["what ever"]},"params":{"x-p":[]}}
            """)
        #expect(found.isEmpty)
    }
}
