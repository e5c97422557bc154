import CKafka
import Foundation
import Testing

@testable import ASEEDSystem

/// The engine over Kafka says what it says over a file log of the same records.
@Suite(.enabled(if: TestBroker.areThere, TestBroker.missing))
struct KafkaEngineTests {
    /// A topic and a file log of the same orders.
    private final class Rig {
        let broker: TestBroker
        let settings: KafkaSettings
        let files: EngineRig
        let producer: TestProducer

        init(_ kind: TestBroker.Kind = .noida, partitions: Int = 1) throws {
            broker = try TestBroker(kind)
            settings = try broker.settings(topic: "orders")
            files = try EngineRig(partitions: partitions)
            try KafkaAdmin(settings).createTopic(partitions: partitions)
            producer = try TestProducer(settings)
        }

        func append(_ lines: [String], to partition: Int = 0) throws {
            try files.append(lines, to: partition)
            try producer.append(lines, to: Int32(partition))
        }

        func options(_ name: String) -> EngineOptions {
            var options = EngineOptions(
                checkpointFolder: files.folder.file(name), runID: "run-1")
            options.eventTimeMaxUs = files.options.eventTimeMaxUs
            return options
        }

        func engine(
            _ name: String = "kafka", _ change: (inout EngineOptions) -> Void = { _ in }
        ) throws -> Engine {
            var options = options(name)
            change(&options)
            return try Engine(
                options: options, log: try KafkaLog(opening: settings, notice: { _ in }),
                clock: files.clock.engineClock)
        }

        /// The latest orders as the dashboard gets them.
        func latest(_ engine: Engine) -> [String] {
            engine.state.latest.map { order in
                "\(String(decoding: order.orderID, as: UTF8.self)) \(order.partition)"
            }
        }
    }

    /// Runs batches to the ends that the log has now.
    private static func drain(_ engine: Engine) throws {
        let ends = try engine.logEnds()
        let limitNs = deadline(inMs: 30_000)
        while engine.firstUnread(before: ends) != nil, SystemClock.monotonicNs() < limitNs {
            try engine.runBatch(upTo: ends)
        }
        try #require(engine.firstUnread(before: ends) == nil)
    }

    /// Orders of several shapes, late, odd and rejected ones.
    private static func lines(_ count: Int, seed: UInt64) -> [String] {
        var random = SeededRandom(seed)
        let categories = ["Home", "garden  tools", "toys"]
        return (0..<count).map { index in
            let order = TestOrder(
                id: "ORD-\(index)-\(seed)", product: "PROD-\(1 + random.below(40))",
                category: categories[random.below(3)], price: "\(1 + random.below(300)).50",
                quantity: "\(1 + random.below(9))",
                time: TimeText.iso(
                    TestOrder.base + Int64(index) * 900_000 - Int64(random.below(40_000_000))))
            return switch random.below(30) {
            case 0: ""
            case 1: "{\"order_id\": 1}"
            case 2: String(order.text.dropLast())
            case 3: order.text.replacing(": ", with: ":")
            default: order.text
            }
        }
    }

    @Test(arguments: TestBroker.Kind.allCases, [1, 2])
    func givesTheAnswerOfTheFileLog(_ kind: TestBroker.Kind, workers: Int) throws {
        let rig = try Rig(kind, partitions: 3)
        for partition in 0..<3 {
            try rig.append(Self.lines(1_500, seed: UInt64(partition + 1)), to: partition)
        }
        let file = try rig.files.engine()
        try rig.files.drain(file)
        let engine = try rig.engine { $0.workers = workers }
        try Self.drain(engine)
        #expect(try engine.answer(top: nil) == file.answer(top: nil))
        #expect(rig.latest(engine) == rig.latest(file))
        #expect(engine.state.profile == file.state.profile)
    }

    @Test func goesOnFromItsCheckpointInBatchesOfAnySize() throws {
        let rig = try Rig(partitions: 2)
        for partition in 0..<2 {
            try rig.append(Self.lines(800, seed: UInt64(partition + 7)), to: partition)
        }
        do {
            let engine = try rig.engine { $0.maxOrdersPerTrigger = 333 }
            let ends = try engine.logEnds()
            #expect(ends == [800, 800])
            #expect(try engine.runBatch(upTo: ends))
            #expect(try engine.runBatch(upTo: ends))
            #expect(engine.state.profile.records == 666)
        }
        // As a kill leaves it: the next engine starts from what is in the file.
        let engine = try rig.engine { $0.maxOrdersPerTrigger = 100 }
        #expect(engine.state.profile.records == 666)
        try Self.drain(engine)
        let file = try rig.files.engine()
        try rig.files.drain(file)
        #expect(try engine.answer(top: nil) == file.answer(top: nil))
        #expect(rig.latest(engine) == rig.latest(file))
        #expect(engine.state.partitions.map(\.position) == [800, 800])
    }

    /// A value is one record, whatever is in it (R2).
    @Test func judgesOddValuesByThemselves() throws {
        let rig = try Rig()
        let order = TestOrder(id: "ORD-7")
        let pretty = order.text.replacing(", ", with: ",\n  ").replacing("{", with: "{\n  ")
        let twice = TestOrder(id: "ORD-8").text + "\n" + TestOrder(id: "ORD-9").text
        try rig.producer.append([
            Array(TestOrder(id: "ORD-1").text.utf8), Array(pretty.utf8), Array(twice.utf8), nil,
            Array("".utf8), Array(TestOrder(id: "ORD-2").text.utf8),
            [UInt8](repeating: 0x20, count: OrderLimits.recordBytes + 1),
            Array((String(repeating: " ", count: 100_000) + TestOrder(id: "ORD-3").text).utf8),
        ])
        let engine = try rig.engine()
        try Self.drain(engine)
        let profile = engine.state.profile
        #expect(profile.records == 8)
        #expect(profile.totals.count == 4)
        #expect(profile.rejects[Int(RejectReason.jsonSyntax.rawValue)] == 1)
        #expect(profile.rejects[Int(RejectReason.empty.rawValue)] == 2)
        #expect(profile.rejects[Int(RejectReason.recordTooLarge.rawValue)] == 1)
        #expect(
            rig.latest(engine) == ["ORD-3 0", "ORD-2 0", "ORD-7 0", "ORD-1 0"])
        let letters = try rig.files.rows(
            "SELECT position, reason FROM dead_letters ORDER BY position",
            at: rig.files.folder.file("kafka") + "/checkpoint.sqlite")
        #expect(letters.map { $0.split(separator: "|")[0] } == ["2", "3", "4", "6"])
    }

    /// CRC-32C over each payload and a line feed: what the file of the same lines has (R47).
    @Test func keepsTheChecksumOfPayloadsAndLineFeeds() throws {
        let rig = try Rig()
        try rig.append(Self.lines(700, seed: 3))
        let engine = try rig.engine()
        try Self.drain(engine)
        let file = try rig.files.engine()
        try rig.files.drain(file)
        let sql = "SELECT records, crc32c FROM batches"
        let kafka = try rig.files.rows(
            sql, at: rig.files.folder.file("kafka") + "/checkpoint.sqlite")
        #expect(kafka == (try rig.files.rows(sql)))
        #expect(kafka.count == 1)
    }

    @Test func showsItsPlaceInTheConsumerGroup() throws {
        let rig = try Rig()
        try rig.append(Self.lines(50, seed: 4))
        do {
            let engine = try rig.engine()
            try Self.drain(engine)
        }
        let client = try KafkaClient(
            RD_KAFKA_CONSUMER, rig.settings, required: [("group.id", rig.settings.groupID)])
        let list = try #require(client.functions.pointee.rd_kafka_topic_partition_list_new(1))
        defer { client.functions.pointee.rd_kafka_topic_partition_list_destroy(list) }
        _ = client.functions.pointee.rd_kafka_topic_partition_list_add(list, "orders", 0)
        let code = client.functions.pointee.rd_kafka_committed(client.raw, list, 10_000)
        #expect(code == RD_KAFKA_RESP_ERR_NO_ERROR)
        #expect(list.pointee.elems.pointee.offset == 50)
    }

    @Test func refusesATopicThatWasMadeAnew() throws {
        let rig = try Rig(.tansu)
        try rig.append(Self.lines(20, seed: 5))
        do {
            let engine = try rig.engine()
            try Self.drain(engine)
        }
        let admin = try KafkaAdmin(rig.settings)
        try admin.deleteTopic()
        try admin.createTopic(partitions: 1)
        let error = try checkpointError { _ = try rig.engine() }
        #expect("\(try #require(error))".contains("log"))
    }

    @Test func aBatchThatGetsNothingIsNotMade() throws {
        let mock = try MockCluster()
        let settings = try mock.settings(topic: "orders")
        try mock.createTopic("orders", partitions: 1)
        try TestProducer(settings).append(Self.lines(10, seed: 6))
        let folder = try TemporaryFolder()
        var options = EngineOptions(checkpointFolder: folder.file("checkpoint"), runID: "run-1")
        options.eventTimeMaxUs = TimeText.micros("2030-01-01T00:00:00Z")
        let engine = try Engine(
            options: options, log: try KafkaLog(opening: settings, notice: { _ in }))
        try Self.drain(engine)
        #expect(engine.state.nextBatchID == 1)
        #expect(try !engine.runBatch(upTo: [99]))
        #expect(engine.state.nextBatchID == 1)
    }
}
