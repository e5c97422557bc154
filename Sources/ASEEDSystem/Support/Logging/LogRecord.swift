/// The value of a field of a log line.
public enum LogValue: Equatable, Sendable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case flag(Bool)
}

extension LogValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .integer(value) }
}

/// One line of a log.
struct LogRecord: Equatable, Sendable {
    struct Field: Equatable, Sendable {
        var name: String
        var value: LogValue
    }

    /// Microseconds since 1970.
    var timeUs: Int64
    var level: LogLevel
    var service: String
    /// What happened, in words that programs look for: `publish.failed`.
    var event: String
    /// The same for people.
    var message: String
    var fields: [Field] = []

    /// A JSON object and a line feed.
    var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("time", TimeText.iso(timeUs))
            json.member("level", level.name)
            json.member("service", service)
            json.member("event", event)
            json.member("message", message)
            for field in fields {
                switch field.value {
                case .text(let text): json.member(field.name, text)
                case .integer(let value): json.member(field.name, value)
                case .number(let value): json.member(field.name, value)
                case .flag(let value): json.member(field.name, value)
                }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
