/// What a publisher has done so far.
public struct PublisherStatistics: Equatable, Sendable {
    /// Messages sent, repetitions included.
    public var sent: Int64 = 0
    /// Messages the dashboard took, stale ones included.
    public var acknowledged: Int64 = 0
    /// Messages the dashboard answered `stale` (R62): it already held as new a result.
    public var stale: Int64 = 0
    /// Messages that were sent again after a failure (R65).
    public var retries: Int64 = 0
    /// Snapshots that a newer one replaced before they were sent (R62).
    public var coalesced: Int64 = 0
    /// Messages the dashboard will never take (400, 413, 415): a fault of the sender.
    public var refused: Int64 = 0
    /// Final windows the dashboard holds with another value (R63): the run is wrong.
    public var conflicts: Int64 = 0
    /// Delta messages that were dropped because the dashboard holds nothing they add to (R64).
    public var dropped: Int64 = 0
    /// How often the dashboard turned out to be a new instance (R64).
    public var instanceChanges: Int64 = 0
    /// Bytes of the bodies sent.
    public var bytesSent: Int64 = 0
    /// The dashboard's instance, once it answered.
    public var instanceID: String?
    /// The latest failure in words; stays when later messages succeed.
    public var lastError: String?
    /// Monotonic time of the latest failure.
    public var lastErrorNs: Int64?
    /// Monotonic time of each query's latest acknowledgement.
    public var lastAcknowledgedNs: [QueryName: Int64] = [:]
    /// How long the latest acknowledged exchange took.
    public var lastDurationNs: Int64?
}
