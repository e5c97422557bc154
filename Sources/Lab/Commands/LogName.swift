internal import ASEEDSystem

/// The name of an order log on the command line: a folder, `kafka://BROKERS/TOPIC`, or `kafka`.
enum LogName {
    case folder(String)
    case kafka(KafkaSettings)

    /// Reads a name; the environment tells how Kafka is reached.
    init(_ text: String) throws(LogError) {
        guard KafkaAddress.isKafka(text) else {
            self = .folder(text)
            return
        }
        let settings = try KafkaSettings(
            log: text, names: Environment.names, value: Environment.value)
        try settings.check()
        self = .kafka(settings)
    }

    /// Opens the log, which must be there, for reading.
    ///
    /// - Parameter notice: told when Kafka's brokers do not answer and when they do again.
    func open(notice: @escaping @Sendable (String) -> Void) throws(LogError) -> any OrderLog {
        switch self {
        case .folder(let path): try FileLog(opening: path)
        case .kafka(let settings): try KafkaLog(opening: settings, notice: notice)
        }
    }

    /// What options call it.
    static let placeholder = "DIR|kafka://HOST:PORT/TOPIC"
}
