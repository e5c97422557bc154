import ASEEDSystem
import Glibc
import Testing
import Verifier

@testable import Lab

/// The start-up check, and the plain reading of a topic, on real brokers.
@Suite(.serialized, .timeLimit(.minutes(15)), .enabled(if: RunningBroker.arePartsThere))
struct BrokerCheckTests {
    private static func settings(_ port: UInt16, _ topic: String) throws -> KafkaSettings {
        KafkaSettings(address: try KafkaAddress(brokers: "127.0.0.1:\(port)", topic: topic))
    }

    @Test(arguments: BrokerTests.kinds)
    func writesReadsAndCleansUp(_ kind: BrokerKind) throws {
        let broker = try RunningBroker(["--kind", kind.rawValue, "--port", "0"])
        let settings = try Self.settings(broker.awaitPort(), "orders")
        let check = try BrokerCheck(settings, broker: kind.rawValue, topic: "probe-1")
        let found = try check.run()
        #expect(found.left == nil)
        #expect(found.roundTripMs < 10_000)
        let probe = try Self.settings(broker.awaitPort(), "probe-1")
        #expect(try KafkaAdmin(probe).topic() == nil)
    }

    /// What was acknowledged outlives a kill of the broker and of its store.
    @Test func aStoreKeepsOrdersThroughKillsOfEither() throws {
        let folder = try TemporaryFolder()
        let group = ServiceGroup()
        let broker = try ManagedBroker(
            .tansuS3, folder: folder.path, logs: folder.path, services: group, direct: true)
        defer { broker.stop() }
        let pulse = {
            _ = group.events.takeAll(deadlineNs: SystemClock.monotonicNs() + 10_000_000)
        }
        try broker.start(pulse: pulse)
        let settings = try Self.settings(broker.port, "orders")
        try KafkaAdmin(settings).createTopic(partitions: 1)
        var expected: [[UInt8]] = []
        for (round, victim) in ["none", ServiceName.broker, ServiceName.brokerStore].enumerated() {
            if round > 0 {
                broker.kill(victim)
                let deadline = SystemClock.monotonicNs() + 10_000_000_000
                while broker.isRunning, SystemClock.monotonicNs() < deadline { pulse() }
                #expect(!broker.isRunning)
                try broker.restart(pulse: pulse)
                #expect(broker.isRunning)
            }
            expected += try Self.write((0..<200).map { "\(round) \($0)" }, to: settings)
            #expect(try Self.read(settings) == expected, "after a kill of \(victim)")
        }
        #expect(group.services.count { $0.name == ServiceName.broker } == 3)
        #expect(group.services.count { $0.name == ServiceName.brokerStore } == 2)
    }

    /// Writes records into partition 0 and returns them once they are acknowledged.
    private static func write(_ texts: [String], to settings: KafkaSettings) throws -> [[UInt8]] {
        let writer = try KafkaLogWriter(settings, partitions: 1, pace: .timed)
        let block = texts.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
        _ = try block.withUnsafeBytes { try writer.append($0, to: 0, ticket: 1) }
        var left = texts.count
        let deadline = SystemClock.monotonicNs() + 30_000_000_000
        while left > 0, SystemClock.monotonicNs() < deadline {
            for receipt in writer.takeReceipts(untilNs: deadline) {
                #expect(receipt.outcome == .acknowledged)
                left -= receipt.count
            }
        }
        #expect(left == 0)
        return texts.map { Array($0.utf8) }
    }

    private static func read(_ settings: KafkaSettings) throws -> [[UInt8]] {
        let reader = try KafkaConsumer(settings)
        let end = try reader.endOffset(of: 0, from: 0)
        var found: [[UInt8]] = []
        try reader.forEachRecord(in: 0, range: 0..<end) { found.append(Array($0.bytes)) }
        return found
    }

    @Test func aPortThatDoesNotSpeakKafkaFailsAtTheConnection() throws {
        let listener = try Listener()
        let check = try BrokerCheck(
            Self.settings(listener.port, "orders"), broker: "stranger", topic: "probe-1")
        let error = #expect(throws: BrokerError.self) { _ = try check.run() }
        #expect(error?.description.hasPrefix("broker stranger: the connection failed: ") == true)
        #expect(!KafkaGreeting.isAnswered(port: listener.port, timeoutMs: 200))
    }

    @Test func anExportHoldsEveryRecordWithItsOffset() throws {
        let broker = try RunningBroker(["--kind", "noida", "--port", "0"])
        let settings = try Self.settings(broker.awaitPort(), "orders")
        try KafkaAdmin(settings).createTopic(partitions: 2)
        let writer = try KafkaLogWriter(settings, partitions: 2, pace: .backlog)
        var expected: [[UInt8]] = []
        var block: [UInt8] = []
        for number in 0..<2_500 {
            // Empty records too, which are rejected but read.
            let record = number % 97 == 0 ? [] : Array(#"{"order":\#(number)}"#.utf8)
            expected.append(record)
            block += record + [UInt8(ascii: "\n")]
        }
        _ = try block.withUnsafeBytes { try writer.append($0, to: 1, ticket: 1) }
        var left = expected.count
        let deadline = SystemClock.monotonicNs() + 30_000_000_000
        while left > 0, SystemClock.monotonicNs() < deadline {
            left -= writer.takeReceipts(untilNs: deadline).reduce(0) { $0 + $1.count }
        }
        #expect(left == 0)
        let folder = try TemporaryFolder()
        let export = LogExport(settings, folder: "\(folder.path)/log", partitions: 2)
        #expect(try export.run() == 2_500)
        let log = try ExportedLog(folder: "\(folder.path)/log")
        #expect(log.partitionCount == 2)
        #expect(try log.bounds(of: 0) == 0..<0)
        #expect(try log.bounds(of: 1) == 0..<2_500)
        var found: [[UInt8]] = []
        var positions: [Int64] = []
        try log.forEachRecord(in: 1, range: 0..<2_500) {
            found.append(Array($0.bytes))
            positions.append($0.position)
        }
        #expect(found == expected)
        #expect(positions == Array(0..<2_500))
        #expect(FileTree.names(in: folder.path) == ["log"])
    }

    @Test func aCancelledExportLeavesNothing() throws {
        let broker = try RunningBroker(["--kind", "noida", "--port", "0"])
        let settings = try Self.settings(broker.awaitPort(), "orders")
        try KafkaAdmin(settings).createTopic(partitions: 1)
        let writer = try KafkaLogWriter(settings, partitions: 1, pace: .backlog)
        _ = try Array("a\nb\n".utf8).withUnsafeBytes { try writer.append($0, to: 0, ticket: 1) }
        #expect(
            writer.takeReceipts(untilNs: SystemClock.monotonicNs() + 30_000_000_000).isEmpty
                == false)
        let folder = try TemporaryFolder()
        let export = LogExport(settings, folder: "\(folder.path)/log", partitions: 1)
        export.cancel()
        #expect(throws: LogExport.Cancelled.self) { _ = try export.run() }
        #expect(FileTree.names(in: folder.path).isEmpty)
    }
}

/// A port that takes connections and says nothing.
private final class Listener {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = descriptor
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) + listen(socket, 8) + getsockname(socket, $0, &size)
            }
        }
        guard code == 0 else { throw SystemError("listen", errno: errno) }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
