/// Whether a late record still contributes to a window (R32).
public enum LatenessPolicy: String, CaseIterable, Sendable {
    /// Decided by the record's place in its partition (R33): the same for any cut into batches.
    case record
    /// Decided by the batch (R35), as Spark Structured Streaming 4 does.
    case batch
}

/// What a batch decides once for all of its records.
struct BatchContext: Sendable {
    var batchID: Int64 = 0
    /// The latest event time that is accepted, microseconds (R46).
    var futureBoundUs = Int64.max
    /// F(n−1) or W(n−1) in microseconds; `Int64.min` stands for −∞.
    var lateFloorUs = Int64.min
    var policy = LatenessPolicy.record
    var delayUs: Int64 = 600_000_000
    /// Dead letters that the scanner may keep in this batch.
    var deadLetterLimit = 0

    /// Whether a record contributes to a window that ends at `windowEndUs` (R33, R35).
    ///
    /// - Parameter highUs: the largest event time of its partition up to and including it.
    func contributes(windowEndUs: Int64, highUs: Int64) -> Bool {
        guard windowEndUs > lateFloorUs else { return false }
        return policy == .batch || windowEndUs > highUs - delayUs
    }

    /// The high time from which on a pane's records may be late for the window that ends first.
    func lateLimit(earliestEndUs: Int64) -> Int64 {
        guard earliestEndUs > lateFloorUs else { return .min }
        return policy == .batch ? .max : earliestEndUs + delayUs
    }
}

/// A rejected record on its way to the dead-letter log (R21).
struct DeadLetter: Sendable {
    /// Longer records are cut to this many bytes.
    static let keptBytes = 65_536
    /// A batch ends when a worker holds this many bytes of them.
    static let maxBatchBytes = 32 << 20

    var partition: Int
    var position: Int64
    var reason: RejectReason
    var byteCount: Int
    var bytes: [UInt8]
}

/// What one worker found in one partition's part of a batch.
struct PartitionScan {
    let partition: Int
    /// The largest event time of valid records so far; `Int64.min` before the first (R33).
    var highUs: Int64
    var records: Int64 = 0
    var valid: Int64 = 0
    var rejected: Int64 = 0
    var latePairs: Int64 = 0
    var lateRecords: Int64 = 0

    init(partition: Int, highUs: Int64) {
        self.partition = partition
        self.highUs = highUs
    }
}
