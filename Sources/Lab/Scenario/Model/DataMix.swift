/// The share of orders that are not plain ones; each order's fate is in the history.
struct DataMix: Equatable, Sendable {
    /// Behind the schedule's event time, but within the watermark delay when `maxDelayMs` is.
    struct OutOfOrder: Equatable, Sendable {
        var fraction: Double
        var maxDelayMs: Int64
    }

    /// Behind the watermark by `minDelayMs` to `maxDelayMs`.
    struct Late: Equatable, Sendable {
        var fraction: Double
        var minDelayMs: Int64
        var maxDelayMs: Int64
    }

    /// The same order once more, at most `maxGap` orders later.
    struct Duplicates: Equatable, Sendable {
        var fraction: Double
        var maxGap: Int64
    }

    /// Records that the engine must reject.
    struct Invalid: Equatable, Sendable {
        var fraction: Double
        var kinds: [String]
    }

    var outOfOrder: OutOfOrder?
    var late: Late?
    /// Orders exactly at, 1 µs before and 1 µs after each window end and lateness limit.
    var boundary = false
    var duplicates: Duplicates?
    var invalid: Invalid?

    /// Every reject reason of SEMANTICS.md (R11–R20), in the order of the checks.
    static let rejectReasons = [
        "record_too_large", "empty", "encoding", "json_syntax", "not_object", "duplicate_field",
        "missing_field", "wrong_type", "string_invalid", "price_not_positive", "price_range",
        "price_scale", "quantity_not_integer", "quantity_range", "timestamp_format",
        "timestamp_range", "timestamp_future",
    ]
    /// What `invalid` uses when it names no kinds: all but records of more than 1 MiB.
    static let defaultKinds = rejectReasons.filter { $0 != "record_too_large" }
}
