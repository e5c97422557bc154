/// Why a log on Kafka can't be used, read or written.
public enum KafkaError: Error, Equatable, CustomStringConvertible {
    /// There is no librdkafka that can be used.
    case library(reason: String)
    /// An address is none.
    case address(text: String, reason: String)
    /// A variable sets a property that does not exist, or not like this.
    case setting(name: String, reason: String)
    /// Nothing was heard from the brokers.
    case unreachable(brokers: String, action: String, waitedMs: Int64, reason: String)
    /// The topic is not as it must be.
    case topic(brokers: String, topic: String, reason: String)
    /// An offset is not in the partition.
    case outOfRange(brokers: String, topic: String, partition: Int, offset: Int64, reason: String)
    /// A record could not be read.
    case read(brokers: String, topic: String, partition: Int, offset: Int64, reason: String)
    /// Orders could not be written; partition -1 stands for all.
    case write(brokers: String, topic: String, partition: Int, reason: String)

    /// What failed, where, and what to do next.
    public var description: String {
        switch self {
        case .library(let reason):
            "Kafka: no librdkafka 2.2 or newer: \(reason); run `scripts/setup --with-kafka`, or "
                + "name the library's file in LAB_RDKAFKA"
        case .address(let text, let reason):
            "Kafka: \"\(text)\" is no address: \(reason); kafka://HOST:PORT/TOPIC is expected"
        case .setting(let name, let reason):
            "Kafka: \(name): \(reason)"
        case .unreachable(let brokers, let action, let waitedMs, let reason):
            "Kafka: can't \(action): no answer from \(brokers) in \(waitedMs) ms\(Self.why(reason)); "
                + "is the broker running and KAFKA_BOOTSTRAP_SERVERS right?"
        case .topic(let brokers, let topic, let reason):
            "Kafka: topic \(topic) at \(brokers): \(reason)"
        case .outOfRange(let brokers, let topic, let partition, let offset, let reason):
            "Kafka: offset \(offset) of partition \(partition) of topic \(topic) at \(brokers) can't "
                + "be read: \(reason)"
        case .read(let brokers, let topic, let partition, let offset, let reason):
            "Kafka: reading stopped at offset \(offset) of partition \(partition) of topic \(topic) "
                + "at \(brokers): \(reason)"
        case .write(let brokers, let topic, let partition, let reason):
            "Kafka: "
                + (partition < 0 ? "" : "partition \(partition) of ")
                + "topic \(topic) at \(brokers) did not take the orders: \(reason)"
        }
    }

    private static func why(_ reason: String) -> String { reason.isEmpty ? "" : " (\(reason))" }
}
