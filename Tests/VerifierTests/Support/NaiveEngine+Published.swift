import Verifier

extension NaiveEngine {
    /// The body of `GET /api/published` after the run.
    ///
    /// - Parameter underWay: so many final windows are still on their way: shown as open ones.
    func published(underWay: Int = 0) -> [UInt8] {
        var sources: [String: NaiveEngine] = [:]
        for query in ["top_products", "categories", "raw_orders"] { sources[query] = self }
        let older = snapshots.dropLast().last
        if mutation == .stalePublish, var stale = older {
            stale.batchID = batchID
            stale.positions = positions
            stale.watermark = watermark
            sources["categories"] = stale
        }
        if mutation == .newestNeverPublished, let stale = older { sources["top_products"] = stale }
        var queries: [String] = []
        for (query, engine) in sources.sorted(by: { $0.key < $1.key }) {
            if mutation == .missingSnapshot, query == "categories" { continue }
            queries.append("\"\(query)\":{\(engine.body(of: query)),\(engine.envelope(query))}")
        }
        let ended = windows.keys.filter { finals[$0] != nil }.sorted(by: windowOrder)
        let open = windows.keys.filter { finals[$0] == nil } + ended.suffix(underWay)
        let final = Array(ended.dropLast(underWay))
        let kept = mutation == .missingFinal ? Array(final.dropFirst()) : final
        let windowsText = """
            {"epoch":\(epoch),"batch_id":\(batchID),"positions":\(positionsText),\
            "open":[\(open.sorted(by: windowOrder).map { row($0, final: false) }.joined(separator: ","))],\
            "final":[\(kept.map { row($0, final: true) }.joined(separator: ","))]}
            """
        return Array(
            """
            {"instance_id":"i","epoch":\(epoch),"run_id":"r",\
            "queries":{\(queries.joined(separator: ","))},"windows":\(windowsText),\
            "acceptances":[\(acceptances)],"stale":0,"fenced":0,\
            "conflicts":\(mutation == .conflictingFinal ? 1 : 0)}
            """.utf8)
    }

    private var acceptances: String {
        var entries = snapshots.map {
            "{\"query\":\"categories\",\"mode\":\"complete\",\"epoch\":\($0.epoch),"
                + "\"batch_id\":\($0.batchID)}"
        }
        if mutation == .fallingPublication, entries.count > 1 { entries.swapAt(0, 1) }
        return entries.joined(separator: ",")
    }

    private var positionsText: String {
        "[\(positions.map { "\($0)" }.joined(separator: ","))]"
    }

    private func envelope(_ query: String) -> String {
        var positions = positionsText
        if mutation == .wrongPositions, query == "categories", let older = snapshots.dropLast().last
        {
            positions = older.positionsText
        }
        let mark = watermark.map { "\"\(naiveTime($0))\"" } ?? "null"
        return """
            "run_id":"r","epoch":\(epoch),"batch_id":\(batchID),"query":"\(query)",\
            "mode":"complete","watermark":\(mark),"positions":\(positions),\
            "timestamp":"2024-01-15T14:30:00.000000Z"
            """
    }

    private func body(of query: String) -> String {
        switch query {
        case "top_products":
            var list = products.sorted { left, right in
                if left.value.count != right.value.count {
                    return left.value.count > right.value.count
                }
                if left.value.revenue != right.value.revenue {
                    return left.value.revenue > right.value.revenue
                }
                return (left.key.id, left.key.name, left.key.category)
                    < (right.key.id, right.key.name, right.key.category)
            }
            if mutation == .wrongTopOrder, list.count > 1 { list.swapAt(0, 1) }
            let rows = list.prefix(run.topCount ?? .max).map { key, sums in
                "{\"product_id\":\(text(key.id)),\"product_name\":\(text(key.name)),"
                    + "\"category\":\(text(key.category)),\"order_count\":\(sums.count),"
                    + values(sums) + "}"
            }
            return "\"products\":[\(rows.joined(separator: ","))],\"groups\":\(products.count)"
        case "categories":
            let rows = categories.sorted {
                ($1.value.revenue, $0.key) < ($0.value.revenue, $1.key)
            }.map { key, sums in
                "{\"category\":\(text(key)),\"total_orders\":\(sums.count),"
                    + "\"order_count\":\(sums.count),\(values(sums)),"
                    + "\"unique_products\":\(sums.products.count)}"
            }
            return "\"categories\":[\(rows.joined(separator: ","))]"
        default: return "\"orders\":[\(latestRows)],\"metrics\":{\(metrics)}"
        }
    }

    private func values(_ sums: NaiveSums) -> String {
        "\"total_quantity\":\(sums.quantity),\"total_revenue\":\(money(sums.revenue)),"
            + "\"avg_price\":\(average(sums.price, sums.count))"
    }

    private var metrics: String {
        let bandRows = ["Budget", "Mid-range", "Premium"].map { name in
            "{\"price_category\":\"\(name)\",\(counted(bands[name]))}"
        }
        let hourRows = (0..<24).map { "{\"hour\":\($0),\(counted(hours[Int64($0)]))}" }
        let dayRows = (1...7).map { "{\"day_of_week\":\($0),\(counted(weekdays[Int64($0)]))}" }
        let reasons = rejected.map { "\"\($0.key)\":\($0.value)" }.sorted().joined(separator: ",")
        return "\"total_orders\":\(totals.count),\"total_quantity\":\(totals.quantity),"
            + "\"total_revenue\":\(money(totals.revenue)),"
            + "\"average_order_value\":\(average(totals.revenue, totals.count)),"
            + "\"avg_price\":\(average(totals.price, totals.count)),"
            + "\"processed_records\":\(batches.reduce(0) { $0 + $1.records }),"
            + "\"rejected_orders\":\(rejectedCount),\"rejected\":{\(reasons)},"
            + "\"late_pairs\":\(latePairs),\"late_records\":\(lateRecords),"
            + "\"price_bands\":[\(bandRows.joined(separator: ","))],"
            + "\"hours\":[\(hourRows.joined(separator: ","))],"
            + "\"weekdays\":[\(dayRows.joined(separator: ","))]"
    }

    private func counted(_ sums: NaiveSums?) -> String {
        "\"order_count\":\(sums?.count ?? 0),\"total_revenue\":\(money(sums?.revenue ?? 0))"
    }

    private var latestRows: String {
        var records = latest
        if mutation == .wrongLatestOrder, records.count > 1 { records.swapAt(0, 1) }
        return records.prefix(run.recentCount).compactMap { record -> String? in
            guard let order = record.order else { return nil }
            let category = mutation == .rawCategory ? order.rawCategory : order.category
            let band =
                order.price4 < 500_000
                ? "Budget" : order.price4 < 2_000_000 ? "Mid-range" : "Premium"
            return "{\"order_id\":\"\(order.orderID)\",\"product_id\":\"\(order.productID)\","
                + "\"product_name\":\(text(ByteKey(order.productName))),"
                + "\"category\":\"\(category)\",\"price\":\(money(Int128(order.price4))),"
                + "\"quantity\":\(order.quantity),"
                + "\"total_value\":\(money(Int128(order.price4) * Int128(order.quantity))),"
                + "\"price_category\":\"\(band)\","
                + "\"hour\":\(order.eventTime / 3_600_000_000 % 24),"
                + "\"day_of_week\":\((order.eventTime / 86_400_000_000 - 3 + 7_000_000) % 7 + 1),"
                + "\"timestamp\":\"\(naiveTime(order.eventTime))\","
                + "\"partition\":\(record.partition),\"position\":\(record.position)}"
        }.joined(separator: ",")
    }

    private func row(_ key: WindowKey, final: Bool) -> String {
        let sums = windows[key] ?? NaiveSums()
        let closed = finals[key].map { ",\"batch_id\":\($0)" } ?? ""
        return
            "{\"window_start\":\"\(naiveTime(key.start))\",\"window_end\":\"\(naiveTime(key.end))\","
            + "\"category\":\(text(key.category)),\"order_count\":\(sums.count),\(values(sums)),"
            + "\"final\":\(final)\(final ? closed : "")}"
    }

    private func windowOrder(_ left: WindowKey, _ right: WindowKey) -> Bool {
        (left.start, left.end, left.category) < (right.start, right.end, right.category)
    }

    private func text(_ key: ByteKey) -> String {
        "\"" + key.text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// Money in ten-thousandths with four decimals.
    private func money(_ value: Int128) -> String {
        if mutation == .doubleMoney {
            // As an engine would get it that adds up 19.99 as a binary fraction.
            var sum = 0.0
            for _ in 0..<10 { sum += Double(value) / 100_000 }
            return "\(sum)"
        }
        let digits = String(value % 10_000 + 10_000).dropFirst()
        return "\(value / 10_000).\(digits)"
    }

    private func average(_ sum: Int128, _ count: Int128) -> String {
        guard count > 0 else { return "0.00000000" }
        let scaled = sum * 10_000
        var value = scaled / count
        if mutation != .truncatedAverage, 2 * (scaled % count) >= count { value += 1 }
        if mutation == .wrongAverage { value += 1 }
        let digits = String(value % 100_000_000 + 100_000_000).dropFirst()
        return "\(value / 100_000_000).\(digits)"
    }
}
