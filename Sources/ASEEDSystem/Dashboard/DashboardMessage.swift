/// What every message carries besides its results (R60).
struct Envelope: Equatable, Sendable {
    var runID: String
    var epoch: Int64
    var batchID: Int64
    var mode: OutputMode
    /// The published watermark, or nil while it is −∞ (R39).
    var watermark: String?
    /// The end position of each partition.
    var positions: [Int64]
    /// When the sender sent it, by its own clock.
    var timestamp: String?

    /// Which of two results of one query is the newer (R62).
    var version: Version { Version(epoch: epoch, batchID: batchID) }
}

/// The order of results: epoch first, then batch (R62).
struct Version: Comparable, Hashable, Sendable {
    var epoch: Int64
    var batchID: Int64

    static func < (left: Version, right: Version) -> Bool {
        (left.epoch, left.batchID) < (right.epoch, right.batchID)
    }
}

/// A window of a category. The category is compared by its bytes (R26).
struct WindowKey: Hashable, Comparable, Sendable {
    /// Canonical text, so that it sorts like the time.
    var start: String
    var end: String
    var category: [UInt8]

    static func < (left: WindowKey, right: WindowKey) -> Bool {
        if left.start != right.start { return left.start < right.start }
        if left.end != right.end { return left.end < right.end }
        return left.category.lexicographicallyPrecedes(right.category)
    }

    /// For messages: `2024-01-15T14:30:00.000000Z–2024-01-15T14:31:00.000000Z "Books"`.
    var text: String { "\(start)–\(end) \"\(String(decoding: category, as: UTF8.self))\"" }
}

/// One row of a windows message.
struct WindowRow: Equatable, Sendable {
    var key: WindowKey
    /// The row as JSON, numbers digit for digit.
    var json: [UInt8]
    /// The results' exact values, for comparison (R63).
    var values: [String]

    static func == (left: WindowRow, right: WindowRow) -> Bool {
        left.key == right.key && left.values == right.values
    }
}

/// One checked message.
struct DashboardMessage: Sendable {
    enum Content: Sendable {
        /// A complete result: the body as received is the state.
        case complete(SnapshotParts)
        /// Open windows: those that changed, or, when `full`, all there are.
        case open([WindowRow], full: Bool)
        /// Windows that will not change again.
        case final([WindowRow])
    }

    var query: QueryName
    var envelope: Envelope
    var content: Content
    /// The body as received; empty when the message came in parts.
    var body: [UInt8]
    /// Which part of a larger message this is.
    var part: MessagePart?
}

/// One of the parts in which a message comes that is too large for one body.
struct MessagePart: Equatable, Sendable {
    static let maxParts = 256
    /// From 1 on.
    var number: Int
    var count: Int
}

/// The parts of a complete result that views show, as JSON.
struct SnapshotParts: Equatable, Sendable {
    /// The products, categories or orders.
    var rows: [UInt8]
    /// Members of `metrics` (raw orders only).
    var metrics: [JSONValue.Member] = []
    /// Orders and revenue, for rates.
    var totals: OrderTotals?
    /// How far the engine is (raw orders only).
    var progress: JSONValue?
}
