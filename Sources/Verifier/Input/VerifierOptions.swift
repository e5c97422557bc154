/// What to verify, and where to put the scratch database.
public struct VerifierOptions: Sendable {
    /// The published queries.
    public enum Query: String, Sendable, CaseIterable {
        /// The best products.
        case topProducts = "top_products"
        /// Revenue by category.
        case categories
        /// Totals and the latest orders.
        case rawOrders = "raw_orders"
        /// Windows by category.
        case categoryWindows = "category_windows"
    }

    /// The checks to do; the others are left out of the report.
    public var checks: Set<CheckName>
    /// The queries whose results are compared.
    public var queries: Set<Query>
    /// How many differences are listed; all are counted.
    public var maxDifferences: Int
    /// Whether orders are searched for that explain a difference.
    public var explain: Bool
    /// A folder for the scratch database, which is removed at the end; nil keeps it in memory.
    public var scratchFolder: String?
    /// Whether the run goes on: a final window that is still on its way leaves no gap then.
    public var isRunning: Bool

    /// Makes options; all is verified by default.
    public init(
        checks: Set<CheckName> = Set(CheckName.allCases),
        queries: Set<Query> = Set(Query.allCases), maxDifferences: Int = 100, explain: Bool = true,
        scratchFolder: String? = nil, isRunning: Bool = false
    ) {
        self.checks = checks
        self.queries = queries
        self.maxDifferences = maxDifferences
        self.explain = explain
        self.scratchFolder = scratchFolder
        self.isRunning = isRunning
    }
}
