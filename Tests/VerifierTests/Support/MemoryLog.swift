import Verifier

/// A log in memory; positions are byte offsets as in a file.
struct MemoryLog: RecordSource {
    let name = "memory"
    var partitions: [[[UInt8]]]

    init(_ partitions: [[[UInt8]]]) { self.partitions = partitions }

    var partitionCount: Int { partitions.count }

    func bounds(of partition: Int) -> Range<Int64> {
        0..<partitions[partition].reduce(0) { $0 + Int64($1.count) + 1 }
    }

    func forEachRecord(
        in partition: Int, range: Range<Int64>, _ body: (LogRecord) throws -> Void
    ) throws {
        var position: Int64 = 0
        for line in partitions[partition] {
            let next = position + Int64(line.count) + 1
            defer { position = next }
            guard range.contains(position) else { continue }
            try (line + [0x0a]).withUnsafeBytes { bytes in
                try body(
                    LogRecord(
                        position: position, nextPosition: next,
                        bytes: UnsafeRawBufferPointer(rebasing: bytes.dropLast()), covered: bytes))
            }
        }
    }
}

/// What a load generator remembers, in memory.
struct MemoryHistory: HistorySource {
    struct Entry {
        var orderID: [UInt8]
        var partition: Int
        var position: Int64
        var outcome: HistoryEntry.Outcome = .acknowledged
        var isDuplicate = false
        var isInvalid = false
    }

    var entries: [Entry] = []

    func forEachEntry(_ body: (HistoryEntry) throws -> Void) throws {
        for entry in entries {
            try entry.orderID.withUnsafeBytes { id in
                try body(
                    HistoryEntry(
                        orderID: id, partition: entry.partition, position: entry.position,
                        outcome: entry.outcome, isDeclaredDuplicate: entry.isDuplicate,
                        isDeclaredInvalid: entry.isInvalid))
            }
        }
    }
}
