/// A JSON value that keeps every number's digits and every value's place in the text.
///
/// The control plane uses it: scenarios, HTTP bodies, results. Orders have their own parser.
public struct JSONValue: Equatable, Sendable {
    /// What the value is.
    public indirect enum Kind: Equatable, Sendable {
        /// `null`
        case null
        /// `true` or `false`
        case bool(Bool)
        /// The digits as written, never rounded.
        case number(String)
        /// A string, unescaped.
        case string(String)
        /// The elements in order.
        case array([JSONValue])
        /// The members in the order of the text; names are unique.
        case object([Member])
    }

    /// A name and its value.
    public struct Member: Equatable, Sendable {
        /// The name, unescaped.
        public var name: String
        /// Where the name's opening quote stands in the text, in bytes.
        public var offset: Int
        /// The value.
        public var value: JSONValue

        /// Makes a member.
        public init(name: String, offset: Int = 0, value: JSONValue) {
            self.name = name
            self.offset = offset
            self.value = value
        }
    }

    /// What the value is.
    public var kind: Kind
    /// Where the value starts in the text, in bytes; 0 for values made in code.
    public var offset: Int

    /// Makes a value.
    public init(_ kind: Kind, offset: Int = 0) {
        self.kind = kind
        self.offset = offset
    }

    /// The member of that name, or nil when this is no object or has none.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = kind else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The members, or nil when this is no object.
    public var members: [Member]? {
        if case .object(let members) = kind { members } else { nil }
    }

    /// The elements, or nil when this is no array.
    public var elements: [JSONValue]? {
        if case .array(let elements) = kind { elements } else { nil }
    }

    /// The string, or nil when this is none.
    public var string: String? {
        if case .string(let text) = kind { text } else { nil }
    }

    /// The Boolean, or nil when this is none.
    public var bool: Bool? {
        if case .bool(let flag) = kind { flag } else { nil }
    }

    /// A number's digits as written, or nil when this is none.
    public var numberText: String? {
        if case .number(let digits) = kind { digits } else { nil }
    }

    /// The number as an integer; nil when this is none, has a fraction, or does not fit.
    public var integer: Int64? { numberText.flatMap { Int64($0) } }

    /// The number as a double; nil when this is none.
    public var double: Double? { numberText.flatMap { Double($0) } }

    /// Whether this is `null`.
    public var isNull: Bool { kind == .null }

    /// The type's name for messages: "an object", "a string", …
    public var typeName: String {
        switch kind {
        case .null: "null"
        case .bool: "a Boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
