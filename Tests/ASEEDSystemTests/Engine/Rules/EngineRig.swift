import Foundation
import SQLite
import Synchronization
import Testing

@testable import ASEEDSystem

/// A file log and a checkpoint folder of one test, and engines over them.
final class EngineRig {
    let folder: TemporaryFolder
    let clock = HandClock()
    var options: EngineOptions

    var logPath: String { folder.file("log") }
    var checkpointPath: String { folder.file("checkpoint") }

    /// A log of recorded data with empty partitions.
    init(partitions: Int = 1) throws {
        folder = try TemporaryFolder()
        options = EngineOptions(checkpointFolder: folder.file("checkpoint"), runID: "run-1")
        options.eventTimeMaxUs = TimeText.micros("2030-01-01T00:00:00Z")
        try FileManager.default.createDirectory(
            atPath: logPath, withIntermediateDirectories: true)
        for partition in 0..<partitions { try append([UInt8](), to: partition) }
    }

    func partitionPath(_ partition: Int) -> String { "\(logPath)/partition-\(partition).jsonl" }

    /// Appends bytes as they are; the partition is made when it is missing.
    func append(_ bytes: [UInt8], to partition: Int) throws {
        let stream = try #require(fopen(partitionPath(partition), "a"))
        defer { fclose(stream) }
        #expect(fwrite(bytes, 1, bytes.count, stream) == bytes.count)
    }

    /// Appends records, a line each.
    func append(_ records: [String], to partition: Int = 0) throws {
        try append(records.flatMap { Array("\($0)\n".utf8) }, to: partition)
    }

    func append(_ orders: [TestOrder], to partition: Int = 0) throws {
        try append(orders.map(\.text), to: partition)
    }

    /// An engine over the log as it is now; only one at a time.
    func engine(
        dashboardEpoch: Int64 = 0, _ change: (inout EngineOptions) -> Void = { _ in }
    ) throws -> Engine {
        var options = self.options
        change(&options)
        return try Engine(
            options: options, log: try FileLog(opening: logPath), clock: clock.engineClock,
            dashboardEpoch: dashboardEpoch)
    }

    /// Runs batches to the log's end.
    ///
    /// - Returns: how many.
    @discardableResult
    func drain(_ engine: Engine) throws -> Int {
        let ends = try engine.logEnds()
        var batches = 0
        while try engine.runBatch(upTo: ends) { batches += 1 }
        return batches
    }

    /// The whole answer of a new engine that reads everything.
    func drained(_ change: (inout EngineOptions) -> Void = { _ in }) throws -> JSONValue {
        let engine = try engine(change)
        try drain(engine)
        return try JSONParser.parse(try engine.answer(top: nil))
    }

    /// The checkpoint's file, for reading and meddling.
    func database(at path: String? = nil) throws -> Database {
        try Database(path: path ?? "\(checkpointPath)/checkpoint.sqlite", mode: .readWrite)
    }

    /// All rows of a query, columns joined by `|`; NULL is `-`.
    func rows(_ sql: String, at path: String? = nil) throws -> [String] {
        let statement = try database(at: path).prepare(sql)
        var rows: [String] = []
        while try statement.step() {
            rows.append(
                (0..<statement.columnCount).map { statement.optionalText($0) ?? "-" }
                    .joined(separator: "|"))
        }
        return rows
    }
}

/// An order's text, with values that a test changes as it likes.
struct TestOrder {
    var id = "ORD-1"
    var product = "PROD-1"
    var name = "Lamp"
    var category = "Home"
    var price = "10.00"
    var quantity = "1"
    var time = "2024-01-15T14:30:00.000000"

    var text: String {
        """
        {"order_id": "\(id)", "product_id": "\(product)", "product_name": "\(name)", \
        "category": "\(category)", "price": \(price), "quantity": \(quantity), \
        "timestamp": "\(time)"}
        """
    }

    /// An order at so many microseconds after `base`.
    static func at(_ offsetUs: Int64, category: String = "Home", id: String = "ORD-1") -> TestOrder
    {
        TestOrder(id: id, category: category, time: TimeText.iso(base + offsetUs))
    }

    /// 2024-01-15T14:00:00Z in microseconds.
    static let base: Int64 = 1_705_327_200_000_000
}

/// Clocks that stand still until a test moves them.
final class HandClock: Sendable {
    private let times = Mutex<(monotonicNs: Int64, wallUs: Int64)>(
        (1_000_000_000, TestOrder.base + 86_400_000_000))

    func pass(ms: Int64) {
        times.withLock {
            $0.monotonicNs += ms * 1_000_000
            $0.wallUs += ms * 1_000
        }
    }

    func setWall(us: Int64) { times.withLock { $0.wallUs = us } }

    var engineClock: EngineClock {
        EngineClock(
            monotonicNs: { self.times.withLock { $0.monotonicNs } },
            wallUs: { self.times.withLock { $0.wallUs } })
    }
}

extension JSONValue {
    /// The text of this value, its numbers digit for digit.
    var text: String {
        var json = JSONWriter()
        json.value(self)
        return json.text
    }
}

/// Why the engine stopped, or nil when it did not.
func engineError(_ body: () throws -> Void) throws -> EngineError? {
    do {
        try body()
        return nil
    } catch let error as EngineError {
        return error
    }
}

/// What was wrong with the checkpoint, or nil when nothing was.
func checkpointError(_ body: () throws -> Void) throws -> CheckpointError? {
    guard let error = try engineError(body) else { return nil }
    guard case .checkpoint(let cause) = error else { throw error }
    return cause
}
