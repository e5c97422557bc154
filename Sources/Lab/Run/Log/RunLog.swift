internal import ASEEDSystem

/// The order log of one run: where it is, how it begins and ends, and what is left of it to verify.
protocol RunLog: AnyObject {
    /// As the services' option `--log` takes it.
    var address: String { get }
    /// Variables that the services get on top of the lab's own; nil takes one away.
    var environment: [String: String?] { get }
    /// What results say of it.
    var summary: LogSummary { get }
    /// Names of its services; the broker of a run outlives the other ones.
    var serviceNames: Set<String> { get }
    /// Makes it ready for the first order.
    func open(_ monitor: RunMonitor) throws
    /// The position after the last record of each partition (R3).
    func ends(_ monitor: RunMonitor) throws -> [Int64]
    /// Brings what was consumed into the run's folder, unless it is there already.
    ///
    /// - Parameter pulse: called while it goes on; throws to give up.
    func keepEvidence(pulse: () throws -> Void) throws
    /// Ends what `open` began.
    ///
    /// - Parameter keepsData: whether a topic of the run's own stays as well.
    /// - Returns: what went wrong, for a person to know.
    func close(keepsData: Bool, hurry: () -> Bool) -> [String]
}

/// What `result.json` says of a run's log.
struct LogSummary: Equatable, Sendable {
    var kind: LogSettings.Kind
    /// Kafka only, as far as known.
    var broker: LogSettings.Broker?
    var managed: BrokerKind?
    var version: String?
    var brokers: String?
    var topic: String?
    var library: String?
    /// What tells the topic from every other one (R4).
    var identity: String?

    /// `kafka, managed broker tansu 0.6.0, librdkafka 2.16.0`
    var text: String {
        guard kind == .kafka else { return "files" }
        var text = "Kafka, "
        if broker == .managed {
            text += "managed broker \(version ?? managed?.rawValue ?? "")"
        } else {
            text += "broker \(brokers ?? "")"
        }
        return text + (library.map { ", librdkafka \($0)" } ?? "")
    }

    /// An object of result.json.
    func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.member("kind", kind.rawValue)
            guard kind == .kafka else { return }
            json.member("broker", broker?.rawValue)
            json.member("managed", managed?.rawValue)
            json.member("version", version)
            json.member("brokers", brokers)
            json.member("topic", topic)
            json.member("identity", identity)
            json.member("librdkafka", library)
        }
    }
}

extension Scenario {
    /// The log that a run of this scenario writes and reads.
    func runLog(_ folder: RunFolder, _ services: ServiceGroup) -> any RunLog {
        switch log.kind {
        case .file: FileRunLog(folder)
        case .kafka: KafkaRunLog(log, folder, services)
        }
    }
}
