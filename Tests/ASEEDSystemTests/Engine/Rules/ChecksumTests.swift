import CBytes
import SQLite
import Testing

@testable import ASEEDSystem

@Suite struct ChecksumTests {
    @Test(
        "R47: CRC-32C by the published vectors (RFC 3720 B.4)",
        arguments: [
            ([], 0), (Array("123456789".utf8), 0xe306_9283), (Array("a".utf8), 0xc1d0_4330),
            ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
            ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
            (Array(0...31), 0x46dd_794e), (Array((0...31).reversed()), 0x113f_db5c),
        ] as [([UInt8], UInt32)])
    func vectors(bytes: [UInt8], crc: UInt32) {
        #expect(cbytes_crc32c(0, bytes, bytes.count) == crc)
        #expect(cbytes_crc32c_table(0, bytes, bytes.count) == crc)
    }

    @Test("the processor's instruction and the table agree for all lengths from 0 to 5000")
    func lengths() {
        var random = SeededRandom(20_240_115)
        let bytes = (0..<5_008).map { _ in UInt8(random.below(256)) }
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            for length in 0...5_000 {
                let start = base + length % 8
                let fast = cbytes_crc32c(0, start, length)
                let table = cbytes_crc32c_table(0, start, length)
                #expect(fast == table, "length \(length)")
            }
        }
    }

    @Test("a CRC goes on over pieces", arguments: 1...10)
    func pieces(seed: UInt64) {
        var random = SeededRandom(seed)
        let bytes = (0..<20_000).map { _ in UInt8(random.below(256)) }
        let whole = cbytes_crc32c(0, bytes, bytes.count)
        var crc: UInt32 = 0
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(random.below(3_000)))
            crc =
                random.below(2) == 0
                ? cbytes_crc32c(crc, piece, piece.count)
                : cbytes_crc32c_table(crc, piece, piece.count)
            rest = rest.dropFirst(piece.count)
        }
        #expect(crc == whole, "seed \(seed)")
    }

    @Test("R47: the batch log's CRC is that of the file's bytes, and of nothing 0")
    func batchLog() throws {
        let rig = try EngineRig(partitions: 2)
        try rig.append((0..<3_000).map { .at(Int64($0)) }, to: 1)
        try rig.append(Array("torn".utf8), to: 1)
        try rig.drain(try rig.engine { $0.maxOrdersPerTrigger = 1_300 })
        let file = try rig.folder.read("log/partition-1.jsonl")
        let rows = try rig.database().prepare(
            "SELECT start, \"end\", crc32c FROM batches WHERE partition = 1 ORDER BY batch_id")
        var end = 0
        while try rows.step() {
            #expect(Int(rows.integer(0)) == end)
            end = Int(rows.integer(1))
            let bytes = Array(file[Int(rows.integer(0))..<end])
            #expect(Int64(cbytes_crc32c_table(0, bytes, bytes.count)) == rows.integer(2))
        }
        #expect(end == file.count - 4)
        #expect(
            try rig.rows("SELECT DISTINCT start, \"end\", crc32c FROM batches WHERE partition = 0")
                == ["0|0|0"])
    }
}
