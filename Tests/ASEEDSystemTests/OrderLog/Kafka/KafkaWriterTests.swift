import CKafka
import Testing

@testable import ASEEDSystem

@Suite(.enabled(if: TestBroker.areThere, TestBroker.missing))
struct KafkaWriterTests {
    private static func block(_ lines: [String]) -> [UInt8] {
        lines.flatMap { Array("\($0)\n".utf8) }
    }

    /// Appends a block and waits for all its receipts.
    private static func write(
        _ lines: [String], to partition: Int, ticket: Int64, _ writer: KafkaLogWriter
    ) throws -> [AppendReceipt] {
        let isDone = try block(lines).withUnsafeBytes {
            try writer.append($0, to: partition, ticket: ticket)
        }
        #expect(!isDone)
        return receipts(lines.count, writer)
    }

    private static func receipts(_ count: Int, _ writer: KafkaLogWriter) -> [AppendReceipt] {
        var found: [AppendReceipt] = []
        let limitNs = deadline(inMs: 30_000)
        while found.reduce(0, { $0 + $1.count }) < count, SystemClock.monotonicNs() < limitNs {
            found += writer.takeReceipts(untilNs: limitNs)
        }
        return found
    }

    private static func read(
        _ settings: KafkaSettings, _ partition: Int, _ range: Range<Int64>
    ) throws -> [String] {
        var found: [String] = []
        let consumer = try KafkaConsumer(settings)
        try consumer.forEachRecord(in: partition, range: range) { record in
            found.append(
                "\(record.offset):\(String(decoding: record.bytes, as: UTF8.self).prefix(20))")
        }
        return found
    }

    @Test(arguments: TestBroker.Kind.allCases)
    func whatIsWrittenIsRead(_ kind: TestBroker.Kind) throws {
        let broker = try TestBroker(kind)
        let settings = try broker.settings(topic: "orders")
        try KafkaAdmin(settings).createTopic(partitions: 2)
        let consumer = try KafkaConsumer(settings)
        #expect(try consumer.startOffset(of: 0) == 0)
        #expect(try consumer.endOffset(of: 0, from: 0) == 0)
        let writer = try KafkaLogWriter(settings, partitions: 2, pace: .timed)
        let first = try Self.write(["a", "", "c"], to: 0, ticket: 7, writer)
        #expect(first.map(\.count).reduce(0, +) == 3)
        #expect(first.first?.position == 0)
        #expect(first.allSatisfy { $0.ticket == 7 && $0.outcome == .acknowledged })
        let second = try Self.write(["d"], to: 0, ticket: 8, writer)
        #expect(second.first?.position == 3)
        let large = String(repeating: "x", count: 1_048_577)
        let third = try Self.write([large], to: 1, ticket: 9, writer)
        #expect(third.first?.outcome == .acknowledged, "a record that R11 rejects reaches the log")
        #expect(try Self.read(settings, 0, 0..<4) == ["0:a", "1:", "2:c", "3:d"])
        #expect(try Self.read(settings, 0, 1..<3) == ["1:", "2:c"])
        #expect(try Self.read(settings, 0, 2..<9) == ["2:c", "3:d"])
        #expect(try Self.read(settings, 1, 0..<1) == ["0:" + String(large.prefix(20))])
        #expect(try consumer.endOffset(of: 0, from: 0) == 4)
        #expect(try consumer.endOffset(of: 1, from: 0) == 1)
    }

    @Test func retriesWithoutDoubles() throws {
        let mock = try MockCluster()
        let settings = try mock.settings(topic: "orders")
        try mock.createTopic("orders", partitions: 1)
        mock.push(
            [
                RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
                RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
            ], request: 0)
        let writer = try KafkaLogWriter(settings, partitions: 1, pace: .backlog)
        let lines = (0..<500).map { "line \($0)" }
        let receipts = try Self.write(lines, to: 0, ticket: 1, writer)
        #expect(receipts.allSatisfy { $0.outcome == .acknowledged })
        #expect(try Self.read(settings, 0, 0..<500).count == 500)
        #expect(writer.failure == nil)
    }

    @Test func anOutageIsWaitedForAndTold() throws {
        let mock = try MockCluster()
        let settings = try mock.settings(topic: "orders")
        try mock.createTopic("orders", partitions: 1)
        let notices = Notices()
        let writer = try KafkaLogWriter(
            settings, partitions: 1, pace: .timed, notice: { notices.add($0) })
        _ = try Self.write(["before"], to: 0, ticket: 1, writer)
        mock.goDown()
        #expect(notices.wait(for: "does not answer"))
        _ = try Self.block(["after"]).withUnsafeBytes {
            try writer.append($0, to: 0, ticket: 2)
        }
        mock.goUp()
        #expect(Self.receipts(1, writer).first?.outcome == .acknowledged)
        #expect(notices.wait(for: "answers again"))
        #expect(notices.all.count == 2, "\(notices.all)")
    }

    @Test func whatIsGivenUpIsToldRecordByRecord() throws {
        let mock = try MockCluster()
        let settings = try mock.settings(topic: "orders")
        try mock.createTopic("orders", partitions: 1)
        let writer = try KafkaLogWriter(settings, partitions: 1, pace: .timed, notice: { _ in })
        _ = try Self.write(["before"], to: 0, ticket: 1, writer)
        mock.goDown()
        _ = try Self.block(["x", "y"]).withUnsafeBytes {
            try writer.append($0, to: 0, ticket: 2)
        }
        writer.abandon()
        let receipts = Self.receipts(2, writer)
        #expect(receipts.map(\.count).reduce(0, +) == 2)
        #expect(receipts.allSatisfy { $0.outcome != .acknowledged && $0.position == -1 })
    }

    @Test func aRefusalThatConcernsAllEndsTheWriter() throws {
        let mock = try MockCluster()
        let settings = try mock.settings(topic: "orders")
        try mock.createTopic("orders", partitions: 1)
        mock.push([RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED], request: 0)
        let writer = try KafkaLogWriter(settings, partitions: 1, pace: .timed, notice: { _ in })
        let receipts = try Self.write(["a"], to: 0, ticket: 1, writer)
        #expect(receipts.first?.outcome == .failed)
        let text = "\(try #require(writer.failure))"
        #expect(text.contains("topic orders at \(mock.brokers)"))
        #expect(text.contains("uthorization"))
    }
}
