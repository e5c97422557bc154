import ASEEDSystem
import Testing

@testable import Lab

@Suite struct JSONSchemaTests {
    static func fits(_ schema: String, _ value: String) throws -> Bool {
        let checker = JSONSchema(root: try JSONParser.parse(schema))
        return try checker.mistakes(in: try JSONParser.parse(value)).isEmpty
    }

    @Test(arguments: [
        (#"{"type":"integer"}"#, "1", "1.5"), (#"{"type":["string","null"]}"#, "null", "1"),
        (#"{"enum":[1,"a"]}"#, #""a""#, #""b""#), (#"{"const":{"a":1}}"#, #"{"a":1.0}"#, "{}"),
        (#"{"pattern":"^a+$"}"#, #""aa""#, #""ab""#), (#"{"minLength":1}"#, #""a""#, #""""#),
        (#"{"minimum":1}"#, "1", "0.9"),
        (#"{"maximum":9223372036854775806}"#, "9223372036854775806", "9223372036854775807"),
        (#"{"items":{"type":"null"}}"#, "[null]", "[1]"), (#"{"minItems":1}"#, "[1]", "[]"),
        (
            #"{"prefixItems":[{"type":"null"}],"items":{"type":"string"}}"#, #"[null,"a"]"#,
            "[null,1]"
        ),
        (#"{"maxItems":1}"#, "[1]", "[1,2]"), (#"{"uniqueItems":true}"#, "[1,2]", "[1,1.0]"),
        (#"{"properties":{"a":{"type":"null"}}}"#, #"{"a":null}"#, #"{"a":1}"#),
        (#"{"properties":{"a":true},"additionalProperties":false}"#, #"{"a":1}"#, #"{"b":1}"#),
        (
            #"{"patternProperties":{"^x-":true},"additionalProperties":{"type":"null"}}"#,
            #"{"x-a":1,"b":null}"#, #"{"b":1}"#
        ),
        (#"{"propertyNames":{"pattern":"^a"}}"#, #"{"ab":1}"#, #"{"b":1}"#),
        (#"{"required":["a"]}"#, #"{"a":1}"#, "{}"), (#"{"minProperties":1}"#, #"{"a":1}"#, "{}"),
        (#"{"anyOf":[{"type":"null"},{"minimum":5}]}"#, "5", "4"),
        (#"{"oneOf":[{"minimum":5},{"minimum":6}]}"#, "5", "6"),
        (#"{"allOf":[{"minimum":5},{"maximum":6}]}"#, "5", "7"),
        (#"{"if":{"minimum":5},"then":{"maximum":6},"else":{"minimum":1}}"#, "2", "7"),
        (##"{"$ref":"#/$defs/a","$defs":{"a":{"type":"null"}}}"##, "null", "1"),
    ])
    func knowsTheKeyword(schema: String, good: String, bad: String) throws {
        #expect(try Self.fits(schema, good))
        #expect(try !Self.fits(schema, bad))
    }

    @Test func anUnknownKeywordIsNotIgnored() throws {
        #expect(throws: JSONSchema.BadSchema.self) { try Self.fits(#"{"maxProp":1}"#, "{}") }
    }

    @Test(arguments: ["scenario", "result"])
    func theSchemasUseKnownKeywordsAndDescribeThemselves(name: String) throws {
        let root = try ProjectFiles.json("scenarios/\(name).schema.json")
        try JSONSchema(root: root).checkKeywords()
        for property in root["properties"]?.members ?? [] {
            #expect(property.value["description"]?.string != nil, "\(property.name)")
        }
    }

    /// The defaults that the schema tells are those that the reader fills in.
    @Test func theSchemasDefaultsAreTheReaders() throws {
        let schema = try ProjectFiles.scenarioSchema().root
        let resolved = try JSONParser.parse(
            try scenario(
                """
                {"seed":1,"load":[{"executor":"backlog","orders":1},
                {"executor":"constant-arrival-rate","rate":1,"duration":"1s"}],
                "data":{"out_of_order":{"fraction":0},"late":{"fraction":0},
                "duplicates":{"fraction":0}}}
                """
            ).resolvedJSON())
        let stages = try #require(resolved["load"]?.elements)
        let first = try #require(schema["$defs"]?["firstStage"]?["oneOf"]?.elements)
        var compared = 0
        compared += Self.compareDefaults(schema, resolved)
        compared += Self.compareDefaults(first[0], stages[0])
        let rated = try #require(schema["$defs"]?["laterStage"]?["oneOf"]?.elements)[1]
        compared += Self.compareDefaults(rated, stages[1])
        #expect(compared > 35)
    }

    private static func compareDefaults(_ schema: JSONValue, _ value: JSONValue) -> Int {
        var compared = 0
        for property in schema["properties"]?.members ?? [] {
            guard let actual = value[property.name] else { continue }
            if property.value["properties"] != nil {
                compared += compareDefaults(property.value, actual)
            } else if let fallback = property.value["default"] {
                compared += 1
                #expect(
                    PrettyJSON.text(fallback) == PrettyJSON.text(actual), "\(property.name)")
            }
        }
        return compared
    }
}
