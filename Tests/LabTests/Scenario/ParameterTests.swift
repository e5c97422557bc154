import Testing

@testable import Lab

@Suite struct ParameterTests {
    static let text = """
        {"seed": 1, "params": {"orders": 100, "size": "30s", "on": true}, "title": "${orders} of ${size}",
         "engine": {"windows": [{"size": "${size}"}]},
         "load": {"executor": "backlog", "orders": "${orders}", "day_shape": "${on}"}}
        """

    @Test func aWholeStringTakesTheParametersType() throws {
        let read = try scenario(Self.text)
        #expect(read.title == "100 of 30s")
        #expect(read.load.orders == 100)
        #expect(read.load.dayShape)
        #expect(read.engine.windows[0].sizeMs == 30_000)
    }

    @Test func theCommandLineWins() throws {
        let read = try scenario(
            Self.text, .init(params: [("orders", "1"), ("orders", "7"), ("size", "5s")]))
        #expect(read.title == "7 of 5s")
        #expect(read.load.orders == 7)
    }

    @Test func aMatrixMakesACellForEachCombination() throws {
        let read = try cells(
            """
            {"seed": 1, "params": {"orders": 5}, "matrix": {"workers": [1, 2], "trigger": ["1s", "2s", "3s"]},
             "engine": {"workers": "${workers}", "trigger": "${trigger}"},
             "load": {"executor": "backlog", "orders": "${orders}"}}
            """)
        #expect(
            read.map(\.label) == [
                "workers=1,trigger=1s", "workers=1,trigger=2s", "workers=1,trigger=3s",
                "workers=2,trigger=1s", "workers=2,trigger=2s", "workers=2,trigger=3s",
            ])
        #expect(read.map(\.scenario.engine.workers) == [1, 1, 1, 2, 2, 2])
        #expect(read[5].scenario.engine.trigger == .interval(ms: 3_000))
    }

    @Test func aParameterOfTheCommandLinePinsAnAxis() throws {
        let read = try cells(
            """
            {"seed": 1, "matrix": {"n": [1, 2, 3]},
             "load": {"executor": "backlog", "orders": "${n}"}}
            """, .init(params: [("n", "2")]))
        #expect(read.map(\.label) == ["n=2"])
    }

    @Test func mistakesOfValuesNameTheParameter() {
        #expect(
            mistakes(Self.text, .init(params: [("orders", "many")])) == [
                "test.json:3:44: load.orders is a whole number from 1 to 10,000,000,000, "
                    + "not \"many\" (value of ${orders})"
            ])
    }

    @Test(arguments: [
        (
            #"{"seed":1,"load":{"executor":"backlog","orders":"${ordres}"},"params":{"orders":1}}"#,
            [
                "test.json:1:50: no parameter \"ordres\"; did you mean ${orders}?",
                "test.json:1:49: load.orders is a whole number from 1 to 10,000,000,000, "
                    + "not \"${ordres}\"",
                "test.json:1:72: the parameter \"orders\" is used nowhere; write \"${orders}\" for it",
            ]
        ),
        (
            #"{"seed":1,"title":"${open","load":{"executor":"backlog","orders":1}}"#,
            ["test.json:1:20: \"${\" has no closing \"}\""]
        ),
        (
            #"{"seed":1,"params":{"a":[1]},"load":{"executor":"backlog","orders":1}}"#,
            ["test.json:1:25: params.a takes strings, numbers, true and false, not an array"]
        ),
        (
            #"{"seed":1,"params":{"a":"${b}"},"load":{"executor":"backlog","orders":1}}"#,
            ["test.json:1:25: params.a can't refer to another parameter"]
        ),
        (
            #"{"seed":1,"matrix":{"a":[]},"load":{"executor":"backlog","orders":1}}"#,
            ["test.json:1:25: matrix.a is an array of at least one value, not an array"]
        ),
    ])
    func tellsMistakesOfParameters(text: String, expected: [String]) {
        #expect(Set(mistakes(text)) == Set(expected))
    }

    @Test func anUnknownParameterOfTheCommandLineIsAMistake() {
        #expect(
            mistakes(Self.text, .init(params: [("order", "1")])) == [
                "test.json:1:1: --param order: no such parameter; did you mean orders?"
            ])
    }

    @Test func aMatrixHasABound() {
        let values = (0..<40).map(String.init).joined(separator: ",")
        let found = mistakes(
            """
            {"seed":1,"matrix":{"a":[\(values)],"b":[\(values)]},
             "load":{"executor":"backlog","orders":1}}
            """)
        #expect(found == ["test.json:1:20: matrix has more than 1000 cells"])
    }
}
