/// Where a Kafka log is, and how it is reached: the address and the `KAFKA_*` variables.
///
/// `KAFKA_BOOTSTRAP_SERVERS`, `KAFKA_TOPIC` and `KAFKA_GROUP_ID` have names of their own. Every other
/// one is a property of librdkafka: `KAFKA_SASL_USERNAME` sets `sasl.username`.
public struct KafkaSettings: Equatable, Sendable {
    /// A property of librdkafka that a variable sets.
    public struct Property: Equatable, Sendable {
        /// The variable's name.
        public let variable: String
        /// librdkafka's name.
        public let name: String
        /// Its value.
        public let value: String
    }

    /// SEED's default of `KAFKA_BOOTSTRAP_SERVERS`.
    public static let defaultBrokers = "localhost:9092"
    /// SEED's default of `KAFKA_TOPIC`.
    public static let defaultTopic = "orders"
    /// The default of `KAFKA_GROUP_ID`.
    public static let defaultGroupID = "aseed-engine"

    /// Brokers and topic.
    public var address: KafkaAddress
    /// The consumer group whose committed offsets show where the engine is.
    public var groupID = KafkaSettings.defaultGroupID
    /// What other variables set.
    public var properties: [Property] = []

    /// Settings without further properties.
    public init(address: KafkaAddress) { self.address = address }

    /// Reads the name of a log (`kafka`, `kafka://BROKERS/TOPIC`) and the variables.
    ///
    /// - Parameters:
    ///   - names: the names of all variables that are set.
    ///   - value: a variable's value.
    public init(
        log: String, names: [String], value: (String) -> String?
    ) throws(LogError) {
        address = try KafkaAddress(
            parsing: log,
            defaultBrokers: value("KAFKA_BOOTSTRAP_SERVERS") ?? Self.defaultBrokers,
            defaultTopic: value("KAFKA_TOPIC") ?? Self.defaultTopic)
        groupID = value("KAFKA_GROUP_ID") ?? Self.defaultGroupID
        guard !groupID.isEmpty else {
            throw .kafka(.setting(name: "KAFKA_GROUP_ID", reason: "a group's name is expected"))
        }
        for variable in names.sorted() {
            guard let name = Self.property(of: variable), let value = value(variable) else {
                continue
            }
            properties.append(Property(variable: variable, name: name, value: value))
        }
    }

    /// The property that a variable sets; nil when it sets none.
    public static func property(of variable: String) -> String? {
        guard variable.hasPrefix("KAFKA_"), variable.count > 6, !others.contains(variable) else {
            return nil
        }
        return variable.dropFirst(6).lowercased().replacing("_", with: ".")
    }

    /// Whether a property's value must not be shown.
    public static func isSecret(_ property: String) -> Bool {
        ["password", "secret", "key.pem", "oauthbearer.config", "credentials"].contains {
            property.contains($0)
        }
    }

    /// Looks whether librdkafka knows every property and takes its value.
    public func check() throws(LogError) {
        let library = try KafkaLibrary.loaded()
        try KafkaConfiguration(library).apply(self)
    }

    /// Variables of that prefix that are no properties: ours, and those of Kafka's own scripts.
    private static let others: Set<String> = [
        "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_TOPIC", "KAFKA_GROUP_ID", "KAFKA_HOME", "KAFKA_OPTS",
        "KAFKA_HEAP_OPTS", "KAFKA_JVM_PERFORMANCE_OPTS", "KAFKA_LOG4J_OPTS", "KAFKA_GC_LOG_OPTS",
        "KAFKA_JMX_OPTS", "KAFKA_JMX_PORT", "KAFKA_CLUSTER_ID", "KAFKA_VERSION", "KAFKA_DEBUG",
    ]
}
