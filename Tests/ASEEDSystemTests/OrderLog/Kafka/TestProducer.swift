import CKafka
import Testing

@testable import ASEEDSystem

/// Writes any values, null included, also in transactions.
final class TestProducer {
    private let client: KafkaClient
    private let topic: OpaquePointer
    private let transactional: Bool

    init(_ settings: KafkaSettings, transactionalID: String? = nil) throws {
        transactional = transactionalID != nil
        client = try KafkaClient(
            RD_KAFKA_PRODUCER, settings,
            required: [("enable.idempotence", "true"), ("message.max.bytes", "4194304")]
                + (transactionalID.map { [("transactional.id", $0)] } ?? []))
        topic = try #require(
            client.functions.pointee.rd_kafka_topic_new(client.raw, settings.address.topic, nil))
        if transactional {
            try check(client.functions.pointee.rd_kafka_init_transactions(client.raw, 10_000))
        }
    }

    deinit { client.functions.pointee.rd_kafka_topic_destroy(topic) }

    /// Appends values to a partition, nil is null; they are in the log when this returns, unless a
    /// transaction is open.
    func append(_ values: [[UInt8]?], to partition: Int32 = 0) throws {
        for value in values {
            var message = rd_kafka_message_t()
            let taken = (value ?? []).withUnsafeBytes { bytes in
                if value != nil {
                    // An empty value is not null: it has an address.
                    message.payload =
                        UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                        ?? UnsafeMutableRawPointer(topic)
                    message.len = bytes.count
                }
                return client.functions.pointee.rd_kafka_produce_batch(
                    topic, partition, RD_KAFKA_MSG_F_COPY, &message, 1)
            }
            try #require(taken == 1, "\(client.library.text(message.err))")
        }
        let code = client.functions.pointee.rd_kafka_flush(client.raw, 20_000)
        try #require(code == RD_KAFKA_RESP_ERR_NO_ERROR, "\(client.library.text(code))")
    }

    func append(_ lines: [String], to partition: Int32 = 0) throws {
        try append(lines.map { Array($0.utf8) }, to: partition)
    }

    func begin() throws {
        try check(client.functions.pointee.rd_kafka_begin_transaction(client.raw))
    }
    func commit() throws {
        try check(client.functions.pointee.rd_kafka_commit_transaction(client.raw, 20_000))
    }
    func abort() throws {
        try check(client.functions.pointee.rd_kafka_abort_transaction(client.raw, 20_000))
    }

    private func check(_ failure: OpaquePointer?) throws {
        guard let failure else { return }
        defer { client.functions.pointee.rd_kafka_error_destroy(failure) }
        let text = client.functions.pointee.rd_kafka_error_string(failure)
        Issue.record("\(text.map { String(cString: $0) } ?? "?")")
    }
}
