/// Which broker the lab starts by itself (docs/scenarios.md, `log.managed`).
enum BrokerKind: String, CaseIterable, Sendable {
    /// Apache Kafka from `KAFKA_HOME`.
    case apache
    /// In memory: fastest, and gone with its process.
    case tansu
    /// The same on a local object store: survives kill -9 of either.
    case tansuS3 = "tansu-s3"
    /// Closest to Kafka's protocol; saves once a second.
    case noida

    /// Programs in the folder of fetched parts that it needs.
    var parts: [String] {
        switch self {
        case .apache: []
        case .tansu: ["bin/tansu"]
        case .tansuS3: ["bin/tansu", "bin/weed"]
        case .noida: ["bin/noida-db"]
        }
    }

    /// How long it may take until it is ready.
    var readyLimitMs: Int64 {
        switch self {
        case .apache: 60_000
        case .tansuS3: 45_000
        case .tansu, .noida: 15_000
        }
    }
}
