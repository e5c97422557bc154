internal import ASEEDSystem

/// The Kafka brokers that a benchmark works with: those of `KAFKA_BOOTSTRAP_SERVERS`, else one that
/// is started for it in memory, and ends with the stage's services.
struct BenchBroker {
    /// As clients take it.
    let address: String
    /// Whether it was started for the benchmark.
    let isOwn: Bool
    private let version: String

    private static let kind = BrokerKind.tansu
    private static var given: String? { Environment.value("KAFKA_BOOTSTRAP_SERVERS") }

    /// The log that benchmarks need, for whoever looks whether its parts are there.
    static var log: LogSettings {
        var log = LogSettings(kind: .kafka)
        log.broker = given == nil ? .managed : .external
        log.managed = kind
        return log
    }

    init(_ stage: BenchStage) throws {
        if let given = Self.given {
            (address, isOwn, version) = (given, false, "brokers of KAFKA_BOOTSTRAP_SERVERS")
            return
        }
        // Variables for somebody's brokers would keep clients away from this one.
        stage.environment = KafkaVariables.plain()
        let ready = try stage.startService([
            "broker", "--kind", Self.kind.rawValue, "--port", "0",
            "--data", stage.folder.path(stage.freshName("broker")),
        ])
        guard let address = ready["brokers"]?.string, let version = ready["version"]?.string else {
            throw CommandFailure(
                .internalBug, "lab bench: the broker's ready line has no brokers or version")
        }
        (self.address, isOwn, self.version) = (address, true, "\(version), in memory")
    }

    /// One line for the report.
    func summary() throws -> String {
        "\(version) at \(address), librdkafka \(try LibraryVersions.kafka())"
    }
}
