import Testing

@testable import ASEEDSystem

@Suite(.enabled(if: TestBroker.areThere, TestBroker.missing))
struct KafkaLogTests {
    /// Every record from a position on, as `offset:text`, with the position after it.
    private static func read(
        _ log: KafkaLog, _ partition: Int, from start: Int64, to end: Int64, singles: Bool = false
    ) throws -> (records: [String], end: Int64) {
        guard case .records(let reader) = try log.source(of: partition) else { return ([], -1) }
        let block = RecordBlock()
        var found: [String] = []
        var position = start
        let limitNs = deadline(inMs: 20_000)
        while position < end, SystemClock.monotonicNs() < limitNs {
            switch try reader.stage(
                from: position, upTo: end, maxRecords: 1_000, into: block, waitMs: 20)
            {
            case .block:
                let bytes = UnsafeBufferPointer(start: block.bytes, count: block.byteCount)
                let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
                #expect(lines.count == block.recordCount + 1)
                for (index, line) in lines.dropLast().enumerated() {
                    let text = String(decoding: line, as: UTF8.self)
                    found.append("\(block.positions[index]):\(text)")
                }
                position = block.end
            case .single(let bytes, let at):
                found.append("\(at)!\(String(decoding: bytes.prefix(20), as: UTF8.self))")
                position = at + 1
            case .gap(let next): position = next
            case .notYet, .stalled: continue
            }
        }
        return (found, position)
    }

    @Test(arguments: TestBroker.Kind.allCases)
    func stagesRecordsWithTheirOffsets(_ kind: TestBroker.Kind) throws {
        let broker = try TestBroker(kind)
        let settings = try broker.settings(topic: "orders")
        try KafkaAdmin(settings).createTopic(partitions: 2)
        let producer = try TestProducer(settings)
        try producer.append([
            Array("a".utf8), nil, Array("".utf8), Array("x\ny".utf8), Array("b".utf8),
        ])
        let log = try KafkaLog(opening: settings)
        #expect(try log.partitionCount() == 2)
        #expect(try log.startPosition(of: 0) == 0)
        try log.prepare(from: [0, 0])
        #expect(try log.endPosition(of: 0) == 5)
        #expect(try log.endPosition(of: 1) == 0)
        let all = try Self.read(log, 0, from: 0, to: 5)
        #expect(all.records == ["0:a", "1:", "2:", "3!x\ny", "4:b"])
        #expect(all.end == 5)
        try producer.append(["c"], to: 1)
        #expect(eventually { (try? log.endPosition(of: 1)) == 1 })
        #expect(try Self.read(log, 1, from: 0, to: 1).records == ["0:c"])
        #expect(try log.endPosition(of: 0) == 5)
    }

    @Test func aRecordIsStagedAgainUntilItIsPassed() throws {
        let broker = try TestBroker(.noida)
        let settings = try broker.settings(topic: "orders")
        try KafkaAdmin(settings).createTopic(partitions: 1)
        try TestProducer(settings).append(["a", "b", "c", "d"])
        let log = try KafkaLog(opening: settings)
        try log.prepare(from: [1])
        #expect(try log.endPosition(of: 0) == 4)
        #expect(try Self.read(log, 0, from: 1, to: 3).records == ["1:b", "2:c"])
        #expect(try Self.read(log, 0, from: 3, to: 4).records == ["3:d"])
        try log.prepare(from: [2])
        #expect(try Self.read(log, 0, from: 2, to: 4).records == ["2:c", "3:d"])
    }

    /// What is aborted is no record, and neither are the marks of transactions.
    @Test func gapsAreNormal() throws {
        let broker = try TestBroker(.noida)
        let settings = try broker.settings(topic: "orders")
        try KafkaAdmin(settings).createTopic(partitions: 1)
        let producer = try TestProducer(settings, transactionalID: "t")
        try producer.begin()
        try producer.append(["a", "b"])
        try producer.commit()
        try producer.begin()
        try producer.append(["gone"])
        try producer.abort()
        try producer.begin()
        try producer.append(["c"])
        try producer.commit()
        let log = try KafkaLog(opening: settings)
        try log.prepare(from: [0])
        let end = try log.endPosition(of: 0)
        let found = try Self.read(log, 0, from: 0, to: end)
        #expect(found.records.map { $0.split(separator: ":").last } == ["a", "b", "c"])
        #expect(found.end == end)
        #expect(end > 4, "marks and the aborted record have offsets: \(end)")
        #expect(try log.endPosition(of: 0) == end)
    }

    /// The end is where committed records end, not the high watermark: nothing waits for the rest.
    @Test func anOpenTransactionHidesWhatFollows() throws {
        let broker = try TestBroker(.noida)
        let settings = try broker.settings(topic: "orders")
        try KafkaAdmin(settings).createTopic(partitions: 1)
        try TestProducer(settings).append(["a"])
        let producer = try TestProducer(settings, transactionalID: "t")
        try producer.begin()
        try producer.append(["open"])
        let log = try KafkaLog(opening: settings)
        try log.prepare(from: [0])
        _ = try log.endPosition(of: 0)
        _ = try Self.read(log, 0, from: 0, to: 1)
        #expect(eventually { (try? log.endPosition(of: 0)) == 1 })
        try producer.commit()
        #expect(eventually { (try? log.endPosition(of: 0)) ?? 0 >= 2 })
        let rest = try Self.read(log, 0, from: 1, to: try log.endPosition(of: 0))
        #expect(rest.records == ["1:open"])
    }

    @Test(arguments: TestBroker.Kind.allCases)
    func newPartitionsAreSeen(_ kind: TestBroker.Kind) throws {
        let broker = try TestBroker(kind)
        let settings = try broker.settings(topic: "orders")
        let admin = try KafkaAdmin(settings)
        try admin.createTopic(partitions: 1)
        let log = try KafkaLog(opening: settings)
        try log.prepare(from: [0])
        do { try admin.addPartitions(upTo: 2) } catch {
            // Not every broker can; it must say so.
            #expect("\(error)".contains("can't give it 2 partitions"))
            return
        }
        #expect(eventually(withinMs: 20_000) { (try? log.partitionCount()) == 2 })
        try TestProducer(settings).append(["new"], to: 1)
        #expect(eventually { (try? log.endPosition(of: 1)) == 1 })
        #expect(try Self.read(log, 1, from: 0, to: 1).records == ["0:new"])
    }

    @Test func aTopicThatIsNotThereIsNamed() throws {
        let broker = try TestBroker(.tansu)
        let settings = try broker.settings(topic: "missing")
        let error = #expect(throws: LogError.self) { try KafkaLog(opening: settings) }
        let text = "\(try #require(error))"
        #expect(text.contains("topic missing at \(broker.brokers): there is none of that name"))
    }

    @Test func anOffsetBeyondTheEndIsRefused() throws {
        let broker = try TestBroker(.noida)
        let settings = try broker.settings(topic: "orders")
        try KafkaAdmin(settings).createTopic(partitions: 1)
        try TestProducer(settings).append(["a"])
        let log = try KafkaLog(opening: settings)
        try log.prepare(from: [7])
        let error = #expect(throws: LogError.self) { try log.endPosition(of: 0) }
        let text = "\(try #require(error))"
        #expect(text.contains("offset 7 of partition 0 of topic orders at \(broker.brokers)"))
    }

    @Test func aTopicMadeAnewIsAnotherLog() throws {
        let broker = try TestBroker(.tansu)
        let settings = try broker.settings(topic: "orders")
        let admin = try KafkaAdmin(settings)
        try admin.createTopic(partitions: 1)
        let first = try KafkaLog(opening: settings).identity
        #expect(try KafkaLog(opening: settings).identity == first)
        try admin.deleteTopic()
        try admin.createTopic(partitions: 1)
        #expect(try KafkaLog(opening: settings).identity != first)
    }

    @Test func anOutageIsWaitedForAndTold() throws {
        let mock = try MockCluster()
        let settings = try mock.settings(topic: "orders")
        try mock.createTopic("orders", partitions: 1)
        try TestProducer(settings).append(["a"])
        let notices = Notices()
        let log = try KafkaLog(opening: settings, notice: { notices.add($0) })
        try log.prepare(from: [0])
        #expect(try log.endPosition(of: 0) == 1)
        #expect(try Self.read(log, 0, from: 0, to: 1).records == ["0:a"])
        mock.goDown()
        #expect(notices.wait(for: "does not answer"))
        #expect(try log.endPosition(of: 0) == 1)
        mock.goUp()
        try TestProducer(settings).append(["b"])
        #expect(eventually(withinMs: 20_000) { (try? log.endPosition(of: 0)) == 2 })
        #expect(notices.wait(for: "answers again"))
        #expect(notices.all.count == 2, "\(notices.all)")
    }
}
