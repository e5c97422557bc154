/// What one run of a contender took and gave.
struct BenchSample: Sendable {
    /// Orders that were made, read or verified.
    var orders: Int64
    /// A hash of the result; the same work gives the same one.
    var hash: UInt64
    var wallNs: Int64
    /// User and system time of the process or thread that did the work.
    var cpuNs: Int64
    /// The most memory that was resident, where it can be told.
    var peakBytes: Int64?
    /// Further figures of this benchmark alone.
    var extras: [(figure: BenchFigure, value: Double)] = []

    /// A figure's value; nil where this benchmark has none.
    func value(_ figure: BenchFigure) -> Double? {
        switch figure {
        case .ordersPerSecond:
            wallNs > 0 && orders > 0 ? Double(orders) * 1e9 / Double(wallNs) : nil
        case .ordersPerCPUSecond:
            cpuNs > 0 && orders > 0 ? Double(orders) * 1e9 / Double(cpuNs) : nil
        case .wallSeconds: Double(wallNs) / 1e9
        case .cpuSeconds: Double(cpuNs) / 1e9
        case .peakRSS: peakBytes.map { Double($0) }
        default: extras.first { $0.figure == figure }?.value
        }
    }
}

/// What is measured.
enum BenchFigure: String, CaseIterable, Sendable {
    case ordersPerSecond = "orders_per_second"
    case ordersPerCPUSecond = "orders_per_cpu_second"
    case wallSeconds = "wall_seconds"
    case cpuSeconds = "cpu_seconds"
    case peakRSS = "peak_rss_bytes"
    /// Product groups with orders in a batch: the median over the batches.
    case touchedKeys = "touched_keys"
    /// The first commit, which inserts what later ones update.
    case firstCommitMs = "first_commit_ms"
    /// The median of the other commits.
    case commitMs = "commit_ms"
    case checkpointBytes = "checkpoint_bytes"
    /// From the time a POST was due to its frame at a client.
    case pushP50Ms = "push_p50_ms"
    case pushP99Ms = "push_p99_ms"
    case pushMaxMs = "push_max_ms"
    case pushFrames = "push_frames"
    /// Resident memory of the dashboard.
    case rssBefore = "rss_before_bytes"
    case rssAfter = "rss_after_bytes"
    case rssGrowth = "rss_growth_bytes"

    var label: String {
        switch self {
        case .ordersPerSecond: "orders/s"
        case .ordersPerCPUSecond: "orders/CPU s"
        case .wallSeconds: "seconds"
        case .cpuSeconds: "CPU seconds"
        case .peakRSS: "peak RSS"
        case .touchedKeys: "touched keys"
        case .firstCommitMs: "first commit"
        case .commitMs: "commit"
        case .checkpointBytes: "checkpoint"
        case .pushP50Ms: "push p50"
        case .pushP99Ms: "push p99"
        case .pushMaxMs: "push max"
        case .pushFrames: "frames"
        case .rssBefore: "RSS before"
        case .rssAfter: "RSS after"
        case .rssGrowth: "RSS growth"
        }
    }

    /// A value as people read it.
    func text(_ value: Double) -> String {
        switch self {
        case .ordersPerSecond, .ordersPerCPUSecond: Figures.count(Int64(value))
        case .wallSeconds, .cpuSeconds: Figures.decimals(value, 3) + " s"
        case .peakRSS, .checkpointBytes, .rssBefore, .rssAfter, .rssGrowth:
            Figures.bytes(Int64(value))
        case .touchedKeys, .pushFrames: Figures.grouped(Int64(value.rounded()))
        case .firstCommitMs, .commitMs, .pushP50Ms, .pushP99Ms, .pushMaxMs:
            Figures.decimals(value, 2) + " ms"
        }
    }
}

/// The least, the middle and the greatest of some values.
struct BenchSpread: Equatable, Sendable {
    let min: Double
    let median: Double
    let max: Double

    /// nil when there are no values.
    init?(_ values: [Double]) {
        let sorted = values.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        let upper = sorted[sorted.count / 2]
        let lower = sorted[(sorted.count - 1) / 2]
        (min, median, max) = (first, (lower + upper) / 2, last)
    }
}
