import CBytes
import SQLite
import Testing

@testable import ASEEDSystem

@Suite struct DeadLetterTests {
    @Test("R21: partition, position, reason, byte count and the bytes as they were")
    func bytes() throws {
        let rig = try EngineRig(partitions: 2)
        let records: [([UInt8], String)] = [
            ([0xff, 0xfe, 0x00, 0x22], "encoding"), ([], "empty"), (Array(" \t\r".utf8), "empty"),
            (Array("{\"order_id\": 1}".utf8), "wrong_type"), ([0x7b, 0x00], "json_syntax"),
            (Array("[1, 2]".utf8), "not_object"),
        ]
        var positions: [Int64] = []
        var position: Int64 = 0
        for (record, _) in records {
            try rig.append([TestOrder.at(5)], to: 1)
            position += Int64(TestOrder.at(5).text.utf8.count + 1)
            try rig.append(record + [0x0a], to: 1)
            positions.append(position)
            position += Int64(record.count + 1)
        }
        let engine = try rig.engine()
        try rig.drain(engine)
        let rows = try rig.database().prepare("SELECT * FROM dead_letters")
        for ((record, reason), position) in zip(records, positions) {
            #expect(try rows.step())
            #expect(rows.integer(0) == 1)
            #expect(rows.integer(1) == position)
            #expect(rows.integer(2) == 0)
            #expect(rows.text(3) == reason)
            #expect(rows.integer(4) == Int64(record.count))
            #expect(rows.bytes(5) == record)
        }
        #expect(try !rows.step())
        #expect(engine.state.profile.totals.count == Int64(records.count))
        #expect(engine.state.profile.rejected == Int64(records.count))
    }

    @Test(
        "R21: the log of dead letters is bounded; what is over is counted, also after restarts",
        arguments: [0, 1, 5, 9, 10, 11, 100] as [Int64])
    func bounded(limit: Int64) throws {
        let rig = try EngineRig(partitions: 2)
        for partition in 0..<2 {
            try rig.append((0..<5).map { "bad \($0)" }, to: partition)
            try rig.append([TestOrder.at(5)], to: partition)
        }
        for _ in 0..<20 {
            let engine = try rig.engine {
                $0.deadLetterLimit = limit
                $0.maxOrdersPerTrigger = 3
                $0.workers = 2
            }
            guard try engine.runBatch(upTo: try engine.logEnds()) else { break }
        }
        let kept = min(limit, 10)
        #expect(try rig.rows("SELECT count(*) FROM dead_letters") == ["\(kept)"])
        #expect(
            try rig.rows("SELECT value FROM meta WHERE key = 'dead_letters_dropped'")
                == ["\(10 - kept)"])
        #expect(try rig.rows("SELECT sum(rejected), sum(valid) FROM batches") == ["10|2"])
        #expect(try rig.rows("SELECT * FROM rejects") == ["json_syntax|10"])
    }

    @Test("R11, R21: up to a mebibyte is an order; over it a reject with its first 64 KiB")
    func longRecords() throws {
        let rig = try EngineRig()
        let head = Array(TestOrder.at(5).text.utf8.dropLast()) + Array(", \"pad\": \"".utf8)
        func padded(_ count: Int) -> [UInt8] {
            head + [UInt8](repeating: 0x61, count: count - head.count - 2) + Array("\"}".utf8)
        }
        let limit = OrderLimits.recordBytes
        let buffer = PartitionWorker.bufferBytes
        let lengths = [
            limit, limit + 1, 300_000, buffer - 1, buffer, buffer + 1, 2 * buffer, 2 * buffer + 1,
            3 * buffer - 1, 5 << 20, PartitionWorker.blockBytes, PartitionWorker.blockBytes - 1,
        ]
        var file: [UInt8] = []
        for length in lengths {
            file += padded(length) + [0x0a]
            file += Array(TestOrder.at(6).text.utf8) + [0x0a]
        }
        try rig.append(file, to: 0)
        let engine = try rig.engine()
        try rig.drain(engine)
        #expect(engine.state.profile.records == Int64(2 * lengths.count))
        let oversized = lengths.filter { $0 > limit }
        #expect(
            try rig.rows("SELECT reason, byte_count, length(record) FROM dead_letters")
                == oversized.map { "record_too_large|\($0)|65536" })
        let whole = "SELECT count(*) FROM dead_letters WHERE substr(record, 1, 12) = ?"
        let sameHead = try rig.database().prepare(whole)
        Array("{\"order_id\":".utf8).withUnsafeBytes { sameHead.bind(blob: $0, at: 1) }
        #expect(try sameHead.step())
        #expect(sameHead.integer(0) == Int64(oversized.count))
        #expect(engine.state.profile.totals.count == Int64(2 * lengths.count - oversized.count))
        #expect(
            try rig.rows("SELECT \"end\", crc32c FROM batches")
                == ["\(file.count)|\(cbytes_crc32c(0, file, file.count))"])
    }

    @Test("R11: over-long records in batches of one record each")
    func longRecordsAlone() throws {
        let rig = try EngineRig()
        let long = [UInt8](repeating: 0x20, count: PartitionWorker.bufferBytes + 7) + [0x0a]
        let order = Array("\(TestOrder.at(5).text)\n".utf8)
        try rig.append(order + long + long + order, to: 0)
        let engine = try rig.engine { $0.maxOrdersPerTrigger = 1 }
        #expect(try rig.drain(engine) == 4)
        #expect(
            try rig.rows("SELECT records, valid, rejected FROM batches")
                == ["1|1|0", "1|0|1", "1|0|1", "1|1|0"])
        #expect(
            try rig.rows("SELECT batch_id, position FROM dead_letters")
                == ["1|\(order.count)", "2|\(order.count + long.count)"])
    }

    @Test("R20, R46: the future bound is the earlier of the given time and clock + max future")
    func futureBound() throws {
        let rig = try EngineRig()
        rig.clock.setWall(us: TestOrder.base)
        let orders = [TestOrder.at(300_000_000), .at(300_000_001), .at(100_000_001)]
        try rig.append(orders)
        func reasons(_ name: String, _ change: (inout EngineOptions) -> Void) throws -> [String] {
            _ = try rig.drained {
                $0.checkpointFolder = rig.folder.file(name)
                change(&$0)
            }
            let path = rig.folder.file(name) + "/checkpoint.sqlite"
            let bound = try rig.database(at: path).integer("SELECT future_bound FROM batches")
            let rows = try rig.rows("SELECT position FROM dead_letters", at: path)
            return ["\((bound ?? 0) - TestOrder.base)"] + rows
        }
        let line = orders[0].text.utf8.count + 1
        #expect(try reasons("a") { $0.eventTimeMaxUs = nil } == ["300000000", "\(line)"])
        #expect(
            try reasons("b") { $0.eventTimeMaxUs = TestOrder.base + 100_000_000 }
                == ["100000000", "0", "\(line)", "\(2 * line)"])
        #expect(try reasons("c") { $0.maxFutureMs = 400_000 } == ["400000000"])
    }
}
