/// What kind of mistake a difference is.
public enum FaultClass: String, Sendable, CaseIterable {
    /// Orders are missing from the results after a new engine took over.
    case lostAfterRestore = "lost-after-restore"
    /// Orders are missing from the results, and no restart explains it.
    case lost
    /// Orders were counted twice.
    case appliedTwice = "applied-twice"
    /// A window leaves out an order that came in time.
    case lateDroppedWrongly = "late-dropped-wrongly"
    /// A window holds an order that came too late.
    case lateCountedWrongly = "late-counted-wrongly"
    /// A valid record was rejected, or with another reason than its first.
    case rejectedWrongly = "rejected-wrongly"
    /// A record that must be rejected was counted.
    case acceptedWrongly = "accepted-wrongly"
    /// A rejected record is not in the dead letters.
    case rejectLost = "reject-lost"
    /// An order was put into a window that does not contain its event time.
    case wrongWindow = "wrong-window"
    /// An order was put under another key: text not cleaned as R25 and R26 say.
    case wrongKey = "wrong-key"
    /// The right orders, but a wrong sum, average or count.
    case arithmetic
    /// A window was called final in the wrong batch.
    case wrongFinality = "wrong-finality"
    /// The right rows in the wrong order.
    case wrongOrder = "wrong-order"
    /// An older result was published as a newer one, or the newest never was.
    case stalePublication = "stale-publication"
    /// A result is missing from what was published.
    case missingPublication = "missing-publication"
    /// What was published can't be read.
    case unreadablePublication = "unreadable-publication"
    /// Batch ranges leave out positions.
    case batchGap = "batch-gap"
    /// Batch ranges hold positions twice.
    case batchOverlap = "batch-overlap"
    /// The log does not hold the bytes that were consumed.
    case logChanged = "log-changed"
    /// A late floor or watermark is wrong.
    case wrongWatermark = "wrong-watermark"
    /// A batch's count of records, valid, rejected or late ones is wrong.
    case wrongCount = "wrong-count"
    /// An acknowledged order is not in the log where it should be.
    case producerLost = "producer-lost"
    /// An order id is in the log more often than the load generator meant.
    case producerDuplicate = "producer-duplicate"
    /// The log holds a record that the load generator does not know, or that it reported failed.
    case producerUnknown = "producer-unknown"
    /// A final value was published twice with different values.
    case publicationConflict = "publication-conflict"
    /// Publications were taken in falling order.
    case publicationOrder = "publication-order"
}

/// One order that explains a difference.
public struct OrderTrace: Sendable, Equatable {
    /// The order id, with bytes that are no text replaced.
    public var orderID: String
    /// Its partition.
    public var partition: Int
    /// Its position.
    public var position: Int64
    /// Its event time, if the record is valid.
    public var eventTime: Int64?
    /// The bound its windows had to end after (R33, R35); nil is −∞.
    public var watermark: Int64?
    /// The batch whose range holds it.
    public var batchID: Int64?
    /// That batch's epoch.
    public var epoch: Int64?
}

/// One thing that is not as the reference says.
public struct Difference: Sendable, Equatable {
    /// The check that found it.
    public var check: CheckName
    /// What kind of mistake it is.
    public var faultClass: FaultClass
    /// The published query, or what else was compared: `batch log`, `dead letters`, `producer`.
    public var subject: String
    /// The row: product, category, partition and position.
    public var key: String
    /// The window, if the query has one.
    public var windowStart: Int64?
    /// Its end.
    public var windowEnd: Int64?
    /// The value's name.
    public var field: String
    /// The reference's value.
    public var expected: String
    /// The value found.
    public var got: String
    /// The batch at which it was found.
    public var batchID: Int64?
    /// Orders that explain it, as far as they can be found.
    public var orders: [OrderTrace]
    /// How many orders explain it equally well; more than `orders` holds when this is greater.
    public var candidates: Int
    /// What it means, in a sentence or two.
    public var story: String
}
