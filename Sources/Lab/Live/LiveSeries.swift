/// Rates and latencies of a live run, a point a second.
struct LiveSeries: Equatable, Sendable {
    /// Enough for the widest terminal.
    private static let maxPoints = 600
    private static let secondNs: Int64 = 1_000_000_000
    /// Rates are told over the commits of this long.
    private static let rateSpanNs: Int64 = 2_000_000_000

    private(set) var points: [LiveModel.Point] = []
    /// Of the last two reports of the generator.
    private(set) var offeredRate: Double?
    private var lastReport: (sent: Int64, ns: Int64)?
    private var commits: [(ns: Int64, orders: Int64)] = []
    private var committedInSecond: Int64 = 0
    private var latencyInSecond: Double?
    private var markInSecond: Character?
    private var pointNs: Int64?

    static func == (left: LiveSeries, right: LiveSeries) -> Bool { left.points == right.points }

    /// The generator reported.
    mutating func take(_ report: LoadReport) {
        defer { lastReport = (report.sent, report.monotonicNs) }
        guard let lastReport, report.monotonicNs > lastReport.ns else { return }
        let seconds = Double(report.monotonicNs - lastReport.ns) / 1e9
        // The report at a stage's end may follow the last one at once.
        guard seconds > 0.2 else { return }
        offeredRate = Double(report.sent - lastReport.sent) / seconds
    }

    /// A batch was committed.
    mutating func take(_ batch: BatchProgress) {
        commits.append((batch.commitNs, batch.inputRows))
        committedInSecond += batch.inputRows
    }

    /// A message came to the page.
    mutating func take(_ sample: LiveLatency.Sample) {
        latencyInSecond = max(latencyInSecond ?? 0, sample.mostMs)
    }

    /// A fault was done.
    mutating func mark(_ key: Character) { markInSecond = key }

    /// Orders committed a second over the last moments.
    mutating func processedRate(nowNs: Int64) -> Double {
        commits.removeAll { $0.ns < nowNs - Self.rateSpanNs }
        return Double(commits.reduce(0) { $0 + $1.orders }) / (Double(Self.rateSpanNs) / 1e9)
    }

    /// Closes the seconds that are over.
    ///
    /// - Parameter waitingMs: how long the oldest order waits that nothing has shown.
    mutating func advance(nowNs: Int64, waitingMs: Double?) {
        let dueNs = (pointNs ?? nowNs) + Self.secondNs
        pointNs = pointNs ?? nowNs
        guard nowNs >= dueNs else { return }
        let seconds = max(1, Double(nowNs - dueNs + Self.secondNs) / 1e9)
        points.append(
            LiveModel.Point(
                offered: offeredRate, processed: Double(committedInSecond) / seconds,
                latencyMs: latencyInSecond ?? waitingMs, mark: markInSecond))
        if points.count > Self.maxPoints { points.removeFirst(points.count - Self.maxPoints) }
        committedInSecond = 0
        latencyInSecond = nil
        markInSecond = nil
        pointNs = max(dueNs, nowNs - Self.secondNs)
    }
}
