internal import ASEEDSystem

extension Configuration {
    /// The setting of any other variable that starts with `KAFKA_`; nil for what does not.
    static func kafkaSetting(_ name: String) -> Setting? {
        guard name.hasPrefix("KAFKA_"), name.utf8.count > 6 else { return nil }
        var setting = Setting(
            name: name, fallback: "", meaning: kafkaMeaning(name), mistake: { _ in nil })
        if isSecret(name) { setting.shown = { _ in "***" } }
        return setting
    }

    private static func kafkaMeaning(_ name: String) -> String {
        if let property = KafkaSettings.property(of: name) {
            return "librdkafka's property \(property)"
        }
        return name == "KAFKA_HOME"
            ? "folder of the distribution of Apache Kafka for `--managed apache`"
            : "read by Apache Kafka's own scripts (`--managed apache`)"
    }

    /// What librdkafka says of the properties: it knows their names and values. Nothing as long as
    /// it is not there.
    static func kafkaMistake(
        names: [String], value: (String) -> String?
    ) -> String? {
        guard names.contains(where: { KafkaSettings.property(of: $0) != nil }) else { return nil }
        do throws(LogError) {
            try KafkaSettings(log: "kafka", names: names, value: value).check()
        } catch {
            if case .kafka(.setting(let name, let reason)) = error { return "\(name): \(reason)" }
        }
        return nil
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
