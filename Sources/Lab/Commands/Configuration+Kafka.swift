extension Configuration {
    /// Variables that Apache Kafka's own scripts read, and no properties of a client.
    private static let ofApacheScripts: Set<String> = [
        "KAFKA_DEBUG", "KAFKA_GC_LOG_OPTS", "KAFKA_HEAP_OPTS", "KAFKA_JMX_OPTS",
        "KAFKA_JVM_PERFORMANCE_OPTS", "KAFKA_LOG4J_OPTS", "KAFKA_OPTS",
    ]

    /// The setting of any other variable that starts with `KAFKA_`; nil for what does not.
    static func kafkaSetting(_ name: String) -> Setting? {
        guard name.hasPrefix("KAFKA_"), name.utf8.count > 6 else { return nil }
        let meaning =
            if name == "KAFKA_HOME" {
                "folder of the distribution of Apache Kafka for `--managed apache`"
            } else if ofApacheScripts.contains(name) {
                "read by the scripts of `--managed apache`"
            } else {
                "librdkafka's property \(kafkaProperty(name))"
            }
        return Setting(
            name: name, fallback: "", meaning: meaning, mistake: { _ in nil },
            shown: isSecret(name) ? { _ in "***" } : { $0 })
    }

    /// The client property that a variable sets: `KAFKA_SASL_USERNAME` is `sasl.username`.
    static func kafkaProperty(_ variable: String) -> String {
        String(variable.dropFirst(6).lowercased().map { $0 == "_" ? "." : $0 })
    }

    /// Whether a variable of this name holds what nobody should read over a shoulder. The places of
    /// key files may be seen.
    static func isSecret(_ name: String) -> Bool {
        let name = name.uppercased()
        guard !name.hasSuffix("_LOCATION") else { return false }
        return ["PASSWORD", "SECRET", "TOKEN", "KEY", "JAAS", "OAUTHBEARER_CONFIG"].contains {
            name.contains($0)
        }
    }
}
