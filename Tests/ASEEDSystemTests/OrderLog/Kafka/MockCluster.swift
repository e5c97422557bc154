import CKafka
import Testing

@testable import ASEEDSystem

/// librdkafka's mock cluster: brokers inside of this process, whose errors a test decides.
final class MockCluster {
    private let client: KafkaClient
    private let cluster: OpaquePointer
    private let count: Int32
    let brokers: String

    init(brokers count: Int32 = 1) throws {
        let nowhere = KafkaSettings(address: try KafkaAddress(brokers: "127.0.0.1:1", topic: "x"))
        client = try KafkaClient(RD_KAFKA_PRODUCER, nowhere, notice: { _ in })
        cluster = try #require(
            client.functions.pointee.rd_kafka_mock_cluster_new(client.raw, count))
        brokers = String(
            cString: try #require(
                client.functions.pointee.rd_kafka_mock_cluster_bootstraps(cluster)))
        self.count = count
        // Without one nobody can be asked for topic ids.
        _ = client.functions.pointee.mock_set_controller?(cluster, 1)
    }

    deinit { client.functions.pointee.rd_kafka_mock_cluster_destroy(cluster) }

    func settings(topic: String) throws -> KafkaSettings {
        KafkaSettings(address: try KafkaAddress(brokers: brokers, topic: topic))
    }

    func createTopic(_ name: String, partitions: Int32) throws {
        let code = client.functions.pointee.rd_kafka_mock_topic_create(
            cluster, name, partitions, 1)
        try #require(code == RD_KAFKA_RESP_ERR_NO_ERROR)
    }

    /// The next requests of a kind (Produce 0, Fetch 1, Metadata 3) are answered with errors.
    func push(_ errors: [rd_kafka_resp_err_t], request: Int16) {
        var errors = errors
        client.functions.pointee.rd_kafka_mock_push_request_errors_array(
            cluster, request, errors.count, &errors)
    }

    func goDown() {
        for id in 1...count {
            _ = client.functions.pointee.rd_kafka_mock_broker_set_down(cluster, id)
        }
    }
    func goUp() {
        for id in 1...count {
            _ = client.functions.pointee.rd_kafka_mock_broker_set_up(cluster, id)
        }
    }
}

/// Collects what a client says to people.
final class Notices: Sendable {
    private let texts = ConditionLock<[String]>([])
    var all: [String] { texts.read { $0.map { $0 } } }
    func add(_ text: String) { texts.update { $0.append(text) } }
    func wait(for part: String) -> Bool {
        texts.wait(untilNs: deadline(inMs: 20_000)) { texts in
            texts.contains { $0.contains(part) } ? true : nil
        } ?? false
    }
}
