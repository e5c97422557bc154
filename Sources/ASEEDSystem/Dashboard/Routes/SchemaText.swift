/// Fields as JSON Schema 2020-12.
enum SchemaText {
    static func object(_ fields: [Field], text: String? = nil, into json: inout JSONWriter) {
        json.object { json in
            objectMembers(fields, types: ["object"], text: text, into: &json)
        }
    }

    private static func objectMembers(
        _ fields: [Field], types: [String], text: String? = nil, into json: inout JSONWriter
    ) {
        type(types, into: &json)
        if let text { json.member("description", text) }
        json.name("properties")
        json.object { json in
            for field in fields {
                json.name(field.name)
                write(field, into: &json)
            }
        }
        let required = fields.filter(\.required)
        guard !required.isEmpty else { return }
        json.name("required")
        json.array { json in for field in required { json.string(field.name) } }
    }

    private static func write(_ field: Field, into json: inout JSONWriter) {
        // A field that may be missing may be null, too.
        let isNullable = field.nullable || !field.required
        json.object { json in write(field.kind, isNullable, into: &json) }
    }

    private static func type(_ types: [String], into json: inout JSONWriter) {
        json.name("type")
        if types.count == 1 {
            json.string(types[0])
        } else {
            json.array { json in for type in types { json.string(type) } }
        }
    }

    private static func write(_ kind: FieldKind, _ isNullable: Bool, into json: inout JSONWriter) {
        func types(_ name: String) -> [String] { isNullable ? [name, "null"] : [name] }
        switch kind {
        case .text:
            type(types("string"), into: &json)
            // In bytes of UTF-8 the limit is 1,024.
            json.member("maxLength", FieldCheck.maxTextBytes)
        case .identifier:
            type(types("string"), into: &json)
            json.member("pattern", "^[!-~]{1,\(MessageParser.maxRunIDBytes)}$")
        case .count:
            type(types("integer"), into: &json)
            json.member("minimum", 0)
        case .number64(let least):
            type(types("integer"), into: &json)
            json.member("format", "int64")
            json.member("minimum", least)
            json.member("maximum", Int64.max)
        case .amount:
            type(types("number"), into: &json)
            json.member("minimum", 0)
        case .price:
            type(types("number"), into: &json)
            json.member("minimum", 0)
            json.member("maximum", FieldCheck.maxPrice)
        case .number: type(types("number"), into: &json)
        case .time:
            type(types("string"), into: &json)
            json.member(
                "pattern",
                "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$")
        case .flag: type(types("boolean"), into: &json)
        case .counts:
            type(types("object"), into: &json)
            json.name("additionalProperties")
            json.object { json in write(.count, false, into: &json) }
        case .counted:
            type(types("array"), into: &json)
            json.name("items")
            json.object { json in write(.number64(from: 0), false, into: &json) }
            json.member("maxItems", MessageParser.maxPartitions)
        case .choice(let words):
            json.name("enum")
            json.array { json in
                for word in words { json.string(word) }
                if isNullable { json.null() }
            }
        case .object(let fields):
            objectMembers(fields, types: types("object"), into: &json)
        case .named(let fields):
            type(types("object"), into: &json)
            json.name("additionalProperties")
            object(fields, into: &json)
            json.member("maxProperties", 64)
        case .rows(let fields):
            type(types("array"), into: &json)
            json.name("items")
            object(fields, into: &json)
        }
    }
}
