/// What the history says, as JSON.
enum LiveViews {
    /// The member `live` of an update of the orders.
    static func live(_ history: OrderHistory, at now: Moment, into json: inout JSONWriter) {
        json.object { json in
            json.member("orders_per_minute", history.perMinute(at: now)?.orders)
            json.name("changes")
            changes(history, at: now, into: &json)
            json.name("history")
            buckets(history.series(2, at: now), into: &json)
        }
    }

    /// `{"interval_ms":…,"buckets":[…]}`
    static func history(_ history: OrderHistory, at now: Moment, into json: inout JSONWriter) {
        json.object { json in
            json.member("interval_ms", OrderHistory.intervalMs)
            json.name("buckets")
            buckets(history.series(at: now), into: &json)
        }
    }

    private static func buckets(
        _ series: [(bucket: OrderHistory.Bucket, complete: Bool)], into json: inout JSONWriter
    ) {
        json.array { json in
            for (bucket, complete) in series {
                json.object { json in
                    json.member("time", UTCText.text(wallNs: bucket.startNs))
                    json.member("orders", bucket.arrived.orders)
                    json.member("revenue", number: Decimals.money(bucket.arrived.revenue))
                    json.member("complete", complete)
                }
            }
        }
    }

    /// The last minute against the one before.
    static func changes(_ history: OrderHistory, at now: Moment, into json: inout JSONWriter) {
        let (current, previous, isWhole) = history.periods(at: now)
        json.object { json in
            json.member("period_ms", OrderHistory.periodMs)
            write("orders", current.orders, previous.orders, isWhole, to: &json)
            let revenue = (Double(current.revenue), Double(previous.revenue))
            write(
                "revenue", Decimals.money(current.revenue), Decimals.money(previous.revenue),
                percent(revenue.0, revenue.1, isWhole), to: &json)
            // A young run's rate is what it would reach in a whole minute.
            write(
                "orders_per_minute", history.perMinute(at: now)?.orders, previous.orders, isWhole,
                to: &json)
            let (value, before) = (average(current), average(previous))
            write(
                "average_order_value", value?.text, before?.text,
                percent(value?.value, before?.value, isWhole), to: &json)
        }
    }

    private static func average(_ totals: OrderTotals) -> (text: String, value: Double)? {
        guard totals.orders > 0, totals.revenue >= 0,
            !totals.revenue.multipliedReportingOverflow(by: 10_000).overflow
        else { return nil }
        let text = Decimals.average(sum: totals.revenue, count: Int128(totals.orders))
        return Double(text).map { (text, $0) }
    }

    private static func percent(_ current: Double?, _ previous: Double?, _ isWhole: Bool) -> Double?
    {
        guard isWhole, let current, let previous, previous > 0 else { return nil }
        return ((current - previous) / previous * 1_000).rounded() / 10
    }

    private static func write(
        _ name: String, _ current: Int64?, _ previous: Int64, _ isWhole: Bool,
        to json: inout JSONWriter
    ) {
        write(
            name, current.map { String($0) }, String(previous),
            percent(current.map { Double($0) }, Double(previous), isWhole), to: &json)
    }

    private static func write(
        _ name: String, _ current: String?, _ previous: String?, _ percent: Double?,
        to json: inout JSONWriter
    ) {
        json.name(name)
        json.object { json in
            json.name("current")
            json.raw(current ?? "null")
            json.name("previous")
            json.raw(previous ?? "null")
            json.name("percent")
            if let percent { json.number(percent) } else { json.null() }
        }
    }
}
