internal import ASEEDSystem

/// What a partition's log answered to one block.
struct BlockReceipt: Equatable {
    /// The position of the block's first record, in a log of bytes.
    var start: Int64 = -1
    /// Bytes of the block that are acknowledged, in a log of bytes.
    var acknowledgedBytes: Int64 = 0
    /// Bytes of the block.
    var blockBytes: Int64 = 0
    /// Just before the append, monotonic ns.
    var sentNs: Int64
    /// When the log answered last, monotonic ns.
    var acknowledgedNs: Int64
    /// What became of the rest of the block.
    var restOutcome = OrderOutcome.failed
    /// What became of the records one after the other, in a log of records.
    var runs: [ReceiptRun] = []

    /// Whether all of it is in the log.
    var isWhole: Bool {
        runs.isEmpty
            ? acknowledgedBytes == blockBytes
            : runs.allSatisfy { $0.outcome == .acknowledged }
    }

    /// Adds what a log of records answered.
    mutating func add(_ receipt: AppendReceipt) {
        let run = ReceiptRun(
            first: receipt.first, count: receipt.count, position: receipt.position,
            answeredNs: receipt.answeredNs, outcome: OrderOutcome(receipt.outcome))
        // Nearly always at the end: a partition is answered in order.
        let place = runs.lastIndex { $0.first < run.first }.map { $0 + 1 } ?? 0
        runs.insert(run, at: place)
        acknowledgedNs = max(acknowledgedNs, receipt.answeredNs)
    }

    /// Puts unknown outcomes where there is no answer.
    mutating func fillGaps(upTo count: Int, atNs nowNs: Int64) {
        var filled: [ReceiptRun] = []
        var next = 0
        let end = ReceiptRun(
            first: count, count: 0, position: -1, answeredNs: nowNs, outcome: .unknown)
        for run in runs + [end] {
            if run.first > next {
                filled.append(
                    ReceiptRun(
                        first: next, count: run.first - next, position: -1, answeredNs: nowNs,
                        outcome: .unknown))
            }
            if run.count > 0 { filled.append(run) }
            next = run.first + run.count
        }
        runs = filled
    }
}

/// Records of a block that follow each other and were answered alike.
struct ReceiptRun: Equatable {
    /// The first one's place in the block.
    var first: Int
    var count: Int
    /// The first one's position; the others' follow. -1 when no position of theirs is known.
    var position: Int64
    /// Monotonic ns.
    var answeredNs: Int64
    var outcome: OrderOutcome
}

/// Goes through a block record by record, and says of each what became of it.
struct ReceiptCursor {
    private let receipt: BlockReceipt
    private var usedBytes: Int64 = 0
    private var record = 0
    private var run = 0

    init(_ receipt: BlockReceipt) { self.receipt = receipt }

    /// The next record's outcome; its position is -1 when it is not known or there is none.
    mutating func next(
        length: Int
    ) -> (outcome: OrderOutcome, position: Int64, answeredNs: Int64) {
        guard receipt.runs.isEmpty else { return nextOfRuns() }
        let position = receipt.start + usedBytes
        usedBytes += Int64(length) + 1
        if usedBytes <= receipt.acknowledgedBytes {
            return (.acknowledged, position, receipt.acknowledgedNs)
        }
        return (
            receipt.restOutcome, receipt.restOutcome == .failed ? -1 : position,
            receipt.acknowledgedNs
        )
    }

    private mutating func nextOfRuns() -> (OrderOutcome, Int64, Int64) {
        while run < receipt.runs.count,
            record >= receipt.runs[run].first + receipt.runs[run].count
        {
            run += 1
        }
        guard run < receipt.runs.count else { return (.unknown, -1, receipt.acknowledgedNs) }
        let found = receipt.runs[run]
        let isThere = found.outcome == .acknowledged && found.position >= 0
        let position = isThere ? found.position + Int64(record - found.first) : -1
        record += 1
        return (found.outcome, position, found.answeredNs)
    }
}
