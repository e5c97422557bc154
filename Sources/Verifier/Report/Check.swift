/// The checks of a run.
public enum CheckName: String, Sendable, CaseIterable {
    /// Batch ranges follow each other without gap or overlap.
    case tiling = "C1"
    /// The log still holds the bytes that were consumed.
    case sameBytes = "C2"
    /// Late floors and watermarks.
    case bounds = "C3"
    /// Every published result.
    case results = "C4"
    /// Dead letters.
    case rejects = "C5"
    /// Late orders by batch.
    case late = "C6"
    /// Every consumed record is valid or rejected.
    case account = "C7"
    /// Acknowledged orders are in the log once.
    case producer = "C8"
    /// Publications were taken in order.
    case order = "C9"

    /// The name in words.
    public var title: String {
        switch self {
        case .tiling: "tiling"
        case .sameBytes: "same bytes"
        case .bounds: "bounds"
        case .results: "results"
        case .rejects: "rejects"
        case .late: "late"
        case .account: "account"
        case .producer: "producer"
        case .order: "order"
        }
    }
}

/// What a check found.
public struct Check: Sendable, Equatable {
    /// How it ended.
    public enum Outcome: Sendable, Equatable {
        /// All was compared and equal.
        case pass
        /// So many faults were found.
        case fail(faults: Int)
        /// It could not be done, for this reason.
        case skipped(String)
    }

    /// Which check.
    public let name: CheckName
    /// How it ended.
    public let outcome: Outcome
    /// What was compared, with numbers.
    public let detail: String

    /// Makes a result.
    public init(name: CheckName, outcome: Outcome, detail: String) {
        self.name = name
        self.outcome = outcome
        self.detail = detail
    }
}
