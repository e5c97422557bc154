/// C1, C2 and C7: the batch log against what the log holds.
struct BatchLogChecks {
    let batches: [BatchLogRow]
    let partitions: [PartitionFacts]
    let drained: Bool
    let faults: FaultList

    /// C1: ranges start at the first position and follow each other; ids have no gaps.
    func checkTiling() {
        let ids = Set(batches.map(\.batchID)).sorted()
        for (expected, id) in ids.enumerated() where Int64(expected) != id {
            add(
                .tiling, .batchGap, "batch \(id)", "batch id", "\(expected)", "\(id)", id,
                "batch ids must be 0, 1, 2, … without gaps (R45)")
            break
        }
        for row in batches where row.partition < 0 || row.partition >= partitions.count {
            add(
                .tiling, .batchGap, key(row), "partition", "below \(partitions.count)",
                "\(row.partition)", row.batchID,
                "the batch log names a partition that the log does not have")
        }
        for (partition, facts) in partitions.enumerated() {
            checkTiling(of: partition, facts, ids)
        }
    }

    private func checkTiling(of partition: Int, _ facts: PartitionFacts, _ ids: [Int64]) {
        var position = facts.bounds.lowerBound
        var batchBefore: Int64?
        for range in facts.ranges {
            let row = range.row
            // Every batch has a row for every partition once that has joined (R5).
            if let before = batchBefore, row.batchID != before + 1 {
                add(
                    .tiling, row.batchID == before ? .batchOverlap : .batchGap, key(row),
                    "batch after \(before)", "\(before + 1)", "\(row.batchID)", row.batchID,
                    "partition \(partition) has no row, or two, for a batch")
            }
            batchBefore = row.batchID
            if row.start > position {
                add(
                    .tiling, .batchGap, key(row), "start", "\(position)", "\(row.start)",
                    row.batchID,
                    "positions \(position) to \(row.start) of partition \(partition) are in no "
                        + "batch: \(facts.recordsInGaps) records between ranges were never counted")
            } else if row.start < position {
                add(
                    .tiling, .batchOverlap, key(row), "start", "\(position)", "\(row.start)",
                    row.batchID,
                    "positions \(row.start) to \(position) of partition \(partition) are in two "
                        + "batches")
            }
            if row.end < row.start {
                add(
                    .tiling, .batchOverlap, key(row), "end", "at least \(row.start)", "\(row.end)",
                    row.batchID, "the range ends before it starts")
            }
            position = max(position, row.end)
        }
        if let last = ids.last, batchBefore != last {
            add(
                .tiling, .batchGap, "partition \(partition)", "last batch", "\(last)",
                batchBefore.map { "\($0)" } ?? "none", last,
                "partition \(partition) has no row for the last batch")
        }
    }

    /// C2: record count and checksum of each range.
    func checkBytes() {
        for range in partitions.flatMap(\.ranges) {
            let row = range.row
            if range.records != row.records {
                add(
                    .sameBytes, .logChanged, key(row), "records", "\(range.records)",
                    "\(row.records)", row.batchID,
                    "the log holds another number of records from \(row.start) to \(row.end) "
                        + "than the batch counted")
            }
            let checksum = CRC32C.finish(range.checksum)
            if checksum != row.crc32c {
                add(
                    .sameBytes, .logChanged, key(row), "crc32c", hex(checksum), hex(row.crc32c),
                    row.batchID,
                    "what lies from \(row.start) to \(row.end) is not what the batch read: "
                        + "someone wrote into consumed log, or the batch read something else")
            }
            if range.cutsRecord {
                add(
                    .sameBytes, .logChanged, key(row), "end", "the end of a record", "\(row.end)",
                    row.batchID, "the range ends inside of a record")
            }
        }
    }

    /// C7: records = valid + rejected in each range, and the same as the reference's.
    func checkAccount() {
        for range in partitions.flatMap(\.ranges) {
            let row = range.row
            if row.valid + row.rejected != row.records {
                add(
                    .account, .wrongCount, key(row), "valid + rejected", "\(row.records)",
                    "\(row.valid + row.rejected)", row.batchID,
                    "a record was read that is neither valid nor rejected, or both")
            }
            if range.valid != row.valid {
                add(
                    .account, range.valid > row.valid ? .rejectedWrongly : .acceptedWrongly,
                    key(row), "valid", "\(range.valid)", "\(row.valid)", row.batchID,
                    "the batch judged another number of records valid than R10–R20 do")
            }
            if range.rejected != row.rejected {
                add(
                    .account, range.rejected > row.rejected ? .rejectLost : .rejectedWrongly,
                    key(row), "rejected", "\(range.rejected)", "\(row.rejected)", row.batchID,
                    "the batch rejected another number of records than R10–R20 do")
            }
        }
        for (partition, facts) in partitions.enumerated() {
            if facts.recordsInGaps > 0 {
                add(
                    .account, .lost, "partition \(partition)", "records in no batch", "0",
                    "\(facts.recordsInGaps)", nil,
                    "these records lie between the batch ranges: nobody accounts for them")
            }
            if drained, facts.recordsAfter > 0 {
                add(
                    .account, .lost, "partition \(partition)", "records after the last batch", "0",
                    "\(facts.recordsAfter)", nil,
                    "the run ended as drained, but did not consume the end of the log")
            }
        }
    }

    private func key(_ row: BatchLogRow) -> String {
        "batch \(row.batchID), partition \(row.partition)"
    }

    private func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    private func add(
        _ check: CheckName, _ faultClass: FaultClass, _ key: String, _ field: String,
        _ expected: String, _ got: String, _ batchID: Int64?, _ story: String
    ) {
        faults.add(
            Difference(
                check, faultClass, in: "batch log", key: key, field: field, expected: expected,
                got: got, batchID: batchID, story: story))
    }
}
