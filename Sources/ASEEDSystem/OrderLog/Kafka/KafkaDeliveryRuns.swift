/// Receipts of the records that one event reports: those that follow each other and were answered
/// alike are one.
struct KafkaDeliveryRuns {
    private(set) var receipts: [AppendReceipt] = []
    /// The partition of the acknowledged records before, and whether the broker told their offsets.
    private var batch: (partition: Int, hasOffsets: Bool)?

    /// Adds the next record.
    ///
    /// A broker that has a batch already acknowledges it again without an offset, and the client
    /// counts on from there: -1001 or -1, and after some records 0, 1, 2, which are no offsets either.
    ///
    /// - Parameter one: its receipt, `position` as the client gives it.
    mutating func add(_ one: AppendReceipt) {
        var one = one
        if one.outcome == .acknowledged {
            if batch?.partition != one.partition { batch = (one.partition, one.position >= 0) }
            if batch?.hasOffsets != true { one.position = -1 }
        } else {
            one.position = -1
        }
        if let last = receipts.last, last.ticket == one.ticket, last.partition == one.partition,
            last.first + last.count == one.first, last.outcome == one.outcome,
            follows(one.position, last)
        {
            receipts[receipts.count - 1].count += 1
        } else {
            receipts.append(one)
        }
    }

    private func follows(_ position: Int64, _ last: AppendReceipt) -> Bool {
        last.position < 0 ? position < 0 : position == last.position + Int64(last.count)
    }
}
