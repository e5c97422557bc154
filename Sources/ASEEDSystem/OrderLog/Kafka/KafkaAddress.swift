/// Brokers and a topic: `kafka://HOST:PORT[,HOST:PORT…]/TOPIC`.
public struct KafkaAddress: Equatable, Sendable, CustomStringConvertible {
    /// `HOST:PORT[,HOST:PORT…]`, as librdkafka takes it.
    public let brokers: String
    /// The topic's name.
    public let topic: String

    /// An address of parts.
    public init(brokers: String, topic: String) throws(LogError) {
        let text = "kafka://\(brokers)/\(topic)"
        func wrong(_ reason: String) -> LogError { .kafka(.address(text: text, reason: reason)) }
        guard !brokers.isEmpty else { throw wrong("it names no broker") }
        for broker in brokers.split(separator: ",", omittingEmptySubsequences: false) {
            guard Self.isBroker(broker) else {
                throw wrong("\"\(broker)\" is no broker like localhost:9092")
            }
        }
        guard Self.isTopic(topic) else {
            throw wrong("a topic is 1 to 249 letters, digits, ., _ and -")
        }
        self.brokers = brokers
        self.topic = topic
    }

    /// Reads `kafka://BROKERS/TOPIC`, or `kafka` alone, which takes both from the arguments; so
    /// does `kafka://BROKERS` with the topic.
    public init(
        parsing text: String, defaultBrokers: String, defaultTopic: String
    ) throws(LogError) {
        guard text != "kafka" else {
            try self.init(brokers: defaultBrokers, topic: defaultTopic)
            return
        }
        guard text.hasPrefix(Self.scheme) else {
            throw .kafka(.address(text: text, reason: "it does not begin with kafka://"))
        }
        let rest = text.dropFirst(Self.scheme.count)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let topic = rest[slash...].dropFirst()
        try self.init(
            brokers: String(rest[..<slash]), topic: topic.isEmpty ? defaultTopic : String(topic))
    }

    /// Whether the name of a log means Kafka and no folder.
    public static func isKafka(_ text: String) -> Bool {
        text == "kafka" || text.hasPrefix(scheme)
    }

    /// The address as it can be given again.
    public var description: String { "\(Self.scheme)\(brokers)/\(topic)" }

    private static let scheme = "kafka://"

    private static func isBroker(_ text: Substring) -> Bool {
        guard let colon = text.lastIndex(of: ":") else { return false }
        let host = text[..<colon]
        let port = text[text.index(after: colon)...]
        return !host.isEmpty && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
            && !host.contains("/") && UInt16(port).map { $0 > 0 } == true
    }

    private static func isTopic(_ name: String) -> Bool {
        (1...249).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x61...0x7a).contains(byte) || byte == 0x2e || byte == 0x5f || byte == 0x2d
            }
    }
}
