/// One row of the batch log: one partition's part of one batch (R47).
public struct BatchLogRow: Sendable, Equatable {
    /// The batch: 0, 1, 2, …
    public var batchID: Int64
    /// The partition.
    public var partition: Int
    /// The range of positions starts here.
    public var start: Int64
    /// The range ends before this.
    public var end: Int64
    /// Records in the range.
    public var records: Int64
    /// Valid ones.
    public var valid: Int64
    /// Rejected ones.
    public var rejected: Int64
    /// (record, window) pairs that did not contribute (R38).
    public var latePairs: Int64
    /// Records that no window took (R38).
    public var lateRecords: Int64
    /// CRC-32C of the range's bytes.
    public var crc32c: UInt32
    /// Event times above this were rejected (R46).
    public var futureBound: Int64
    /// F(n−1) or W(n−1); nil is −∞.
    public var lateFloor: Int64?
    /// F(n); nil is −∞.
    public var watermark: Int64?
    /// The engine's epoch (R55).
    public var epoch: Int64

    /// Makes a row.
    public init(
        batchID: Int64, partition: Int, start: Int64, end: Int64, records: Int64, valid: Int64,
        rejected: Int64, latePairs: Int64, lateRecords: Int64, crc32c: UInt32, futureBound: Int64,
        lateFloor: Int64?, watermark: Int64?, epoch: Int64
    ) {
        self.batchID = batchID
        self.partition = partition
        self.start = start
        self.end = end
        self.records = records
        self.valid = valid
        self.rejected = rejected
        self.latePairs = latePairs
        self.lateRecords = lateRecords
        self.crc32c = crc32c
        self.futureBound = futureBound
        self.lateFloor = lateFloor
        self.watermark = watermark
        self.epoch = epoch
    }
}

/// One rejected record as the engine kept it (R21).
public struct DeadLetter: Sendable, Equatable {
    /// The partition.
    public var partition: Int
    /// The record's position.
    public var position: Int64
    /// The batch that rejected it.
    public var batchID: Int64
    /// The reason's name.
    public var reason: String
    /// The record's length.
    public var byteCount: Int64
    /// The first 64 KiB of the record.
    public var record: [UInt8]

    /// Makes a dead letter.
    public init(
        partition: Int, position: Int64, batchID: Int64, reason: String, byteCount: Int64,
        record: [UInt8]
    ) {
        self.partition = partition
        self.position = position
        self.batchID = batchID
        self.reason = reason
        self.byteCount = byteCount
        self.record = record
    }
}

/// One order as the load generator knows it, lent to the callback that receives it.
public struct HistoryEntry {
    /// What became of the append (R7).
    public enum Outcome: Sendable {
        /// It is in the log, at `position` if that is known.
        case acknowledged
        /// It is not in the log.
        case failed
        /// It may be in the log.
        case unknown
    }

    /// The order id's bytes; empty where the record was made without one.
    public let orderID: UnsafeRawBufferPointer
    /// The partition it was sent to.
    public let partition: Int
    /// Where it was acknowledged, -1 when the log did not tell; unused for the other outcomes.
    public let position: Int64
    /// What became of it.
    public let outcome: Outcome
    /// Whether it repeats an earlier order on purpose (data mix `duplicates`).
    public let isDeclaredDuplicate: Bool
    /// Whether the record was made to be rejected (data mix `invalid`): its order id may be broken.
    public let isDeclaredInvalid: Bool

    /// Lends an entry.
    public init(
        orderID: UnsafeRawBufferPointer, partition: Int, position: Int64, outcome: Outcome,
        isDeclaredDuplicate: Bool = false, isDeclaredInvalid: Bool = false
    ) {
        self.orderID = orderID
        self.partition = partition
        self.position = position
        self.outcome = outcome
        self.isDeclaredDuplicate = isDeclaredDuplicate
        self.isDeclaredInvalid = isDeclaredInvalid
    }
}

/// What the load generator says it did, in the order in which it did it.
public protocol HistorySource {
    /// Calls `body` with each entry.
    func forEachEntry(_ body: (HistoryEntry) throws -> Void) throws
}

/// All that the verifier judges. What is nil was not there, and its checks are skipped.
public struct Evidence {
    /// The log that was consumed.
    public var log: any RecordSource
    /// The run's settings.
    public var run: RunDescription
    /// The engine's batch log.
    public var batches: [BatchLogRow]?
    /// The dead letters that the engine kept.
    public var deadLetters: [DeadLetter]?
    /// How many dead letters it did not keep.
    public var deadLettersDropped: Int64
    /// What the load generator did.
    public var history: (any HistorySource)?
    /// The body of `GET /api/published`.
    public var published: [UInt8]?

    /// Collects the evidence.
    public init(
        log: any RecordSource, run: RunDescription, batches: [BatchLogRow]? = nil,
        deadLetters: [DeadLetter]? = nil, deadLettersDropped: Int64 = 0,
        history: (any HistorySource)? = nil, published: [UInt8]? = nil
    ) {
        self.log = log
        self.run = run
        self.batches = batches
        self.deadLetters = deadLetters
        self.deadLettersDropped = deadLettersDropped
        self.history = history
        self.published = published
    }
}
