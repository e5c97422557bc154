import Testing

@testable import ASEEDSystem

@Suite struct RecordQuotaTests {
    @Test("shares are proportional to what is unread, and sum to the limit", arguments: 1...50)
    func shares(seed: UInt64) {
        var random = SeededRandom(seed)
        let unread = (0..<(1 + random.below(12))).map { _ in
            random.below(3) == 0 ? 0 : Int64(random.below(1 << 40))
        }
        let limit = Int64(1 + random.below(2_000_000))
        let shares = RecordQuota.shares(of: limit, unread: unread)
        let all = unread.reduce(0, +)
        #expect(shares.count == unread.count)
        #expect(shares.reduce(0, +) == (all > 0 ? limit : 0), "seed \(seed)")
        for (share, bytes) in zip(shares, unread) where all > 0 {
            let exact = Double(limit) * Double(bytes) / Double(all)
            // One record each comes first, and one each may be left over.
            #expect(abs(Double(share) - exact) < Double(unread.count) + 1, "seed \(seed)")
            if bytes == 0 { #expect(share == 0) }
        }
    }

    @Test("a limit below the number of partitions still lets somebody go on")
    func smallLimit() {
        #expect(RecordQuota.shares(of: 1, unread: [10, 30, 20]) == [0, 1, 0])
        #expect(RecordQuota.shares(of: 2, unread: [10, 30, 0, 20]) == [0, 2, 0, 0])
        #expect(RecordQuota.shares(of: 5, unread: [0, 0]) == [0, 0])
        #expect(RecordQuota.shares(of: 5, unread: []) == [])
    }

    @Test("nothing overflows")
    func extremes() {
        let shares = RecordQuota.shares(of: .max, unread: [.max, .max, 1])
        #expect(shares[0] == shares[1] || shares[0] == shares[1] + 1)
        #expect(shares.reduce(Int128(0)) { $0 + Int128($1) } == Int128(Int64.max))
    }

    @Test("R45: a batch takes at most the limit, records of each partition in order")
    func limitInBatches() throws {
        let rig = try EngineRig(partitions: 3)
        for partition in 0..<3 {
            try rig.append((0..<(10 * partition)).map { .at(Int64($0)) }, to: partition)
        }
        let engine = try rig.engine { $0.maxOrdersPerTrigger = 7 }
        #expect(try rig.drain(engine) == 5)
        let records = try rig.rows("SELECT sum(records) FROM batches GROUP BY batch_id")
        #expect(records.allSatisfy { $0 == "7" || $0 == "2" }, "\(records)")
        #expect(
            try rig.rows(
                "SELECT count(*) FROM batches a JOIN batches b ON b.partition = a.partition "
                    + "AND b.batch_id = a.batch_id + 1 AND b.start = a.\"end\"") == ["12"])
        #expect(
            try rig.rows("SELECT partition, position > 0 FROM positions") == ["0|0", "1|1", "2|1"])
    }
}
