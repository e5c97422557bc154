/// One run's description: every value typed, every default filled in, every `${param}` replaced.
///
/// Durations are whole milliseconds, rates orders per second, times UTC microseconds since 1970.
struct Scenario: Equatable, Sendable {
    /// Unique among the scenarios of a folder; names the run folder.
    var name: String
    var title: String
    var description: String
    var tags: [String]
    /// Every random stream is derived from it by name.
    var seed: Int64
    /// Runs a cell of the matrix, each in fresh processes and folders.
    var repetitions: Int
    /// Longest time of one run.
    var timeoutMs: Int64
    var log: LogSettings
    var engine: EngineSettings
    var services: ServiceSettings
    var load: LoadSettings
    var data: DataMix
    var phases: PhaseSettings
    var faults: [Fault]
    var verify: VerifySettings
    /// In the order of the file.
    var thresholds: [Threshold]
}

/// Where orders are kept between the generator and the engine.
struct LogSettings: Equatable, Sendable {
    enum Kind: String, CaseIterable, Sendable { case file, kafka }
    enum Fsync: String, CaseIterable, Sendable { case never, always }
    /// Whose broker a Kafka log is on.
    enum Broker: String, CaseIterable, Sendable {
        /// The lab starts one and stops it.
        case managed
        /// The one at `KAFKA_BOOTSTRAP_SERVERS`.
        case external
    }

    var kind: Kind = .file
    var partitions: Int = 3
    /// When an append to files is acknowledged: after write (never) or after a sync to disk
    /// (always), R7. Kafka acknowledges when all its replicas have the order.
    var fsync: Fsync = .never
    var broker: Broker = .managed
    var managed: BrokerKind = .tansu
    /// Nil: a topic of the run's own, `aseed-RUN`, deleted at its end.
    var topic: String?
}

/// Which of the system's services run beside the engine.
struct ServiceSettings: Equatable, Sendable {
    var dashboard = true
    var monitor = false
    /// Whether the supervisor starts again what dies.
    var restart = false
}

/// Parts of a run beside the stages of its load.
struct PhaseSettings: Equatable, Sendable {
    /// The names that stages can't take: thresholds use them after `during`.
    static let reserved = ["warmup", "measure", "drain"]

    /// From the start of the first stage that is no backlog; left out of trends.
    var warmupMs: Int64 = 0
    /// From the end of the warm-up; nil lasts until the load ends.
    var measureMs: Int64?
    /// After the load: the longest wait without progress until everything is committed and shown.
    var drainMs: Int64 = 30_000

    /// Those that a run with this load has: a backlog alone has no schedule to warm up or measure.
    func names(_ load: LoadSettings?) -> [String] {
        guard let load else { return Self.reserved }
        guard load.durationMs > 0 else { return ["drain"] }
        return (warmupMs > 0 ? ["warmup"] : []) + ["measure", "drain"]
    }
}

/// What is compared with the reference, and how much of a difference is told.
struct VerifySettings: Equatable, Sendable {
    static let allChecks = (1...9).map { "C\($0)" }
    static let allQueries = ["top_products", "categories", "raw_orders", "category_windows"]

    var queries: [String] = allQueries
    var checks: [String] = allChecks
    /// Differences written to differences.jsonl; the count is always complete.
    var maxDifferences: Int = 100
    /// Whether the first difference is told as a story.
    var explain = true
}
