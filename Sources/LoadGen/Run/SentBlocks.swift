internal import ASEEDSystem

/// Orders that were handed to the log together, until all of them are answered.
final class SentBlocks {
    private(set) var ticket: Int64 = 0
    private(set) var stage = 0
    /// The stage's start, to which due times are relative.
    private(set) var startNs: Int64 = 0
    /// The number of the first plain order.
    private(set) var firstSequence: Int64 = 0
    /// The lengths of the records, in the order they were made.
    private(set) var lengths: [UInt32] = []
    /// When each was due; empty for a backlog.
    private(set) var dueNs: [Int64] = []
    /// The orders that are not plain.
    private(set) var exceptions: [LoadStream.Exception] = []
    /// What each partition answered.
    var receipts: [BlockReceipt] = []
    /// Records without an answer.
    private(set) var unanswered = 0

    /// Takes over what a stream has made; memory of earlier blocks is used again.
    func take(_ stream: LoadStream, ticket: Int64, stage: Int, startNs: Int64, waits: Bool) {
        self.ticket = ticket
        self.stage = stage
        self.startNs = startNs
        firstSequence = stream.firstSequence
        lengths.removeAll(keepingCapacity: true)
        lengths.append(contentsOf: stream.blocks.recordLengths)
        dueNs.removeAll(keepingCapacity: true)
        dueNs.append(contentsOf: stream.dueNs)
        exceptions.removeAll(keepingCapacity: true)
        exceptions.append(contentsOf: stream.exceptions)
        receipts.removeAll(keepingCapacity: true)
        unanswered = waits ? lengths.count : 0
    }

    /// Adds what the log answered for some of the records.
    func add(_ receipt: AppendReceipt) {
        unanswered -= receipt.count
        receipts[receipt.partition].add(receipt)
    }

    /// Says of all that has no answer that it may be in the log.
    func giveUp(atNs nowNs: Int64) {
        guard unanswered > 0 else { return }
        var places = [Int](repeating: 0, count: receipts.count)
        forEachRecord { _, partition, _ in places[partition] += 1 }
        for partition in receipts.indices {
            receipts[partition].fillGaps(upTo: places[partition], atNs: nowNs)
        }
        unanswered = 0
    }

    /// Calls `body` with each record's place, its partition, and its length.
    func forEachRecord(_ body: (_ index: Int, _ partition: Int, _ length: Int) -> Void) {
        let partitions = Int64(receipts.count)
        var sequence = firstSequence
        var next = 0
        for (index, length) in lengths.enumerated() {
            var partition = Int((sequence - 1) % partitions)
            var isDuplicate = false
            if next < exceptions.count, exceptions[next].index == index {
                isDuplicate = exceptions[next].fate == .duplicate
                partition = Int((exceptions[next].sequence - 1) % partitions)
                next += 1
            }
            if !isDuplicate { sequence += 1 }
            body(index, partition, Int(length))
        }
    }
}
