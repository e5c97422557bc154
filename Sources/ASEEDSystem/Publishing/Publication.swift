/// The four built-in queries.
public enum QueryName: String, CaseIterable, Sendable {
    /// Groups by product id, name and category.
    case topProducts = "top_products"
    /// Groups by category.
    case categories
    /// Totals, bands, hours, weekdays, rejects and the latest orders.
    case rawOrders = "raw_orders"
    /// Windows × category.
    case categoryWindows = "category_windows"

    /// Where the dashboard takes this query's results.
    public var path: String {
        switch self {
        case .topProducts: "/api/top_products"
        case .categories: "/api/categories"
        case .rawOrders: "/api/raw_orders"
        case .categoryWindows: "/api/windows"
        }
    }
}

/// How a query's results are handed on (R36).
public enum OutputMode: String, Sendable {
    /// Every group, each time.
    case complete
    /// Groups that changed.
    case update
    /// Groups that will not change again, once.
    case append
}

/// One message to the dashboard: a whole JSON object, envelope included (R60).
public struct Publication: Sendable {
    /// The query whose results these are.
    public var query: QueryName
    /// How the receiver has to take them.
    public var mode: OutputMode
    /// The last batch whose effect is in them.
    public var batchID: Int64
    /// The JSON object; the first one, when the message was too large for one.
    public var body: [UInt8]
    /// The other parts of a message that was too large for one object, in order. The receiver
    /// applies all parts at once, when it has the last.
    public var furtherParts: [[UInt8]]

    /// Makes a message.
    public init(
        query: QueryName, mode: OutputMode, batchID: Int64, body: [UInt8],
        furtherParts: [[UInt8]] = []
    ) {
        self.query = query
        self.mode = mode
        self.batchID = batchID
        self.body = body
        self.furtherParts = furtherParts
    }
}

/// Where the publisher finds the final windows that wait for their acknowledgement (R63).
///
/// Called on the publisher's own thread; the checkpoint answers through a reading connection.
public protocol FinalWindowSource: Sendable {
    /// The message with the final windows of the first batch above `batchID` that has any, cut into
    /// messages of at most `maxRows` rows; empty when there is none.
    func nextFinals(afterBatch batchID: Int64, maxRows: Int) throws -> [Publication]
}

/// What the engine sees of publishing. Calls return at once; the work is done on another thread
/// (R65).
public protocol PublicationSink: Sendable {
    /// Offers a complete or update snapshot; it replaces a waiting one of the same query (R62).
    func offer(_ publication: Publication)
    /// Says that final windows up to this batch are committed and can be fetched.
    func finalsAvailable(throughBatch batchID: Int64)
    /// The last batch whose snapshot of this query was acknowledged by the dashboard's present
    /// instance; nil when none was, or when the instance is new (R64).
    func acknowledged(_ query: QueryName) -> Int64?
    /// Final windows through this batch are acknowledged; nil when none are.
    func acknowledgedFinals() -> Int64?
    /// The dashboard's higher epoch, once it refused ours (R61).
    func fencedBy() -> Int64?
    /// Waits until everything offered is acknowledged.
    ///
    /// - Returns: whether it was, before the deadline.
    func drain(deadlineNs: Int64) -> Bool
    /// Ends the thread; what is not sent stays in the outbox.
    func stop()
}
