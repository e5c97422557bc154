/// What analytics say besides the results.
struct AnalyticsExtras {
    /// Of the run that is shown.
    var history = OrderHistory()
    var now: Moment
    /// JSON objects.
    var verification: [UInt8]
    var services: [UInt8]
}

/// The answers to reads, as JSON.
enum DashboardViews {
    /// The most windows that clients are shown: the latest ones.
    static let maxShownWindows = 1_000

    /// `GET /api/epoch`
    static func epoch(_ state: DashboardState) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("instance_id", state.instanceID)
            json.member("epoch", state.epoch)
        }
        return json.bytes
    }

    /// `GET /api/published`: everything a verifier judges, digit for digit.
    static func published(_ state: DashboardState, runID: String, _ run: RunState) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("instance_id", state.instanceID)
            json.member("epoch", state.epoch)
            json.member("run_id", runID)
            json.name("queries")
            json.object { json in
                for query in QueryName.allCases {
                    guard let snapshot = run.snapshots[query] else { continue }
                    json.name(query.rawValue)
                    json.raw(snapshot.body)
                }
            }
            json.name("windows")
            windows(run, into: &json)
            json.name("acceptances")
            json.array { json in
                for acceptance in run.acceptances {
                    json.object { json in
                        json.member("query", acceptance.query.rawValue)
                        json.member("mode", acceptance.mode.rawValue)
                        json.member("epoch", acceptance.version.epoch)
                        json.member("batch_id", acceptance.version.batchID)
                    }
                }
            }
            json.member("acceptances_dropped", run.counters.acceptancesDropped)
            json.member("finals_dropped", run.counters.finalsDropped)
            json.member("stale", run.counters.stale)
            json.member("fenced", run.counters.fenced)
            json.member("conflicts", run.counters.conflicts)
        }
        return json.bytes
    }

    private static func windows(_ run: RunState, into json: inout JSONWriter) {
        json.object { json in
            mark(run.openMark ?? run.finalMark, into: &json)
            json.name("finals_through")
            if let finalMark = run.finalMark {
                json.object { json in mark(finalMark, into: &json) }
            } else {
                json.null()
            }
            json.name("open")
            json.array { json in
                for (_, row) in run.open.sorted(by: { $0.key < $1.key }) { json.raw(row.json) }
            }
            json.name("final")
            json.array { json in
                for (_, final) in run.finals.sorted(by: { $0.key < $1.key }) {
                    json.raw(final.json)
                }
            }
        }
    }

    /// The members `epoch`, `batch_id`, `watermark`, `positions`.
    static func mark(_ mark: WindowMark?, into json: inout JSONWriter) {
        json.member("epoch", mark?.version.epoch)
        json.member("batch_id", mark?.version.batchID)
        json.member("watermark", mark?.watermark)
        json.name("positions")
        positions(mark?.positions ?? [], into: &json)
    }

    static func positions(_ positions: [Int64], into json: inout JSONWriter) {
        json.array { json in for position in positions { json.number(position) } }
    }

    /// `GET /api/analytics`: what the page shows of the run that was written last.
    static func analytics(_ state: DashboardState, _ extras: AnalyticsExtras) -> [UInt8] {
        var json = JSONWriter()
        let run = state.newestRun
        json.object { json in
            let snapshots = run?.state.snapshots ?? [:]
            json.name("top_products")
            json.raw(snapshots[.topProducts]?.parts.rows ?? Array("[]".utf8))
            json.name("categories")
            json.raw(snapshots[.categories]?.parts.rows ?? Array("[]".utf8))
            json.name("recent_orders")
            json.raw(snapshots[.rawOrders]?.parts.rows ?? Array("[]".utf8))
            json.name("windows")
            json.array { json in for row in recentWindows(run?.state) { json.raw(row) } }
            json.name("metrics")
            metrics(snapshots[.rawOrders]?.parts, extras, into: &json)
            json.name("history")
            LiveViews.history(extras.history, at: extras.now, into: &json)
            json.name("changes")
            LiveViews.changes(extras.history, at: extras.now, into: &json)
            json.name("progress")
            if let progress = snapshots[.rawOrders]?.parts.progress {
                json.value(progress)
            } else {
                json.null()
            }
            json.name("verification")
            json.raw(extras.verification)
            json.name("services")
            json.raw(extras.services)
            json.member("run_id", run?.id)
            mark(run?.state.newest, into: &json)
            json.name("queries")
            queries(run?.state, into: &json)
            json.member(
                "last_update", run.map { UTCText.text(wallNs: $0.state.counters.updatedNs) })
            json.member("server_time", UTCText.text(wallNs: extras.now.wallNs))
            json.member("instance_id", state.instanceID)
        }
        return json.bytes
    }

    private static func metrics(
        _ parts: SnapshotParts?, _ extras: AnalyticsExtras, into json: inout JSONWriter
    ) {
        let rate = extras.history.perMinute(at: extras.now)
        let ours = ["orders_per_minute", "revenue_per_minute"]
        json.object { json in
            if let parts {
                for member in parts.metrics where !ours.contains(member.name) {
                    json.name(member.name)
                    json.value(member.value)
                }
            } else {
                json.member("total_orders", 0)
                json.member("total_revenue", number: "0.0000")
                json.member("average_order_value", number: "0.00000000")
            }
            json.member("orders_per_minute", rate?.orders)
            json.name("revenue_per_minute")
            json.raw(rate.map { Decimals.money($0.revenue) } ?? "null")
        }
    }

    /// How far each query is, by its own messages.
    private static func queries(_ run: RunState?, into json: inout JSONWriter) {
        json.object { json in
            for query in QueryName.allCases {
                let found =
                    query == .categoryWindows
                    ? run?.openMark
                    : run?.snapshots[query].map {
                        WindowMark(
                            version: $0.version, watermark: $0.watermark, positions: $0.positions)
                    }
                guard let found else { continue }
                json.name(query.rawValue)
                json.object { json in mark(found, into: &json) }
            }
        }
    }

    /// The latest windows, in the order of time; a bounded number of them.
    private static func recentWindows(_ run: RunState?) -> [[UInt8]] {
        guard let run else { return [] }
        var latest = LatestKeys(limit: maxShownWindows)
        for key in run.open.keys { latest.add(key) }
        for key in run.finals.keys { latest.add(key) }
        return latest.sorted().compactMap { run.open[$0]?.json ?? run.finals[$0]?.row.json }
    }

    /// The latest open windows, in the order of time; a bounded number of them.
    static func recentOpenWindows(_ run: RunState) -> [[UInt8]] {
        var latest = LatestKeys(limit: maxShownWindows)
        for key in run.open.keys { latest.add(key) }
        return latest.sorted().compactMap { run.open[$0]?.json }
    }
}

/// The greatest of many keys, without sorting all of them.
private struct LatestKeys {
    let limit: Int
    private var keys: [WindowKey] = []
    /// Keys below it are not among the greatest.
    private var least: WindowKey?

    init(limit: Int) { self.limit = limit }

    mutating func add(_ key: WindowKey) {
        if let least, key < least { return }
        keys.append(key)
        if keys.count == 2 * limit { cut() }
    }

    private mutating func cut() {
        keys.sort()
        keys.removeFirst(max(0, keys.count - limit))
        least = keys.first
    }

    mutating func sorted() -> [WindowKey] {
        cut()
        return keys
    }
}

extension FinalRow {
    /// The row with its `batch_id`.
    var json: [UInt8] {
        // The row is an object that was written without spaces: its last byte closes it.
        row.json.dropLast() + Array(",\"batch_id\":\(batchID)}".utf8)
    }
}
