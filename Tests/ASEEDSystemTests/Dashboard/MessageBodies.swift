import ASEEDSystem

/// Bodies of messages as an engine writes them.
enum Body {
    static func envelope(
        _ query: String, _ mode: String, run: String = "run-1", epoch: Int64 = 1, batch: Int64 = 0,
        positions: [Int64] = [10, 20, 30]
    ) -> String {
        """
        "run_id":"\(run)","epoch":\(epoch),"batch_id":\(batch),"query":"\(query)",\
        "mode":"\(mode)","watermark":"2024-01-15T14:20:00.000000Z",\
        "positions":[\(positions.map(String.init).joined(separator: ","))],\
        "timestamp":"2024-01-15T14:30:05.000001Z"
        """
    }

    static func topProducts(
        revenue: String = "899.9700", run: String = "run-1", epoch: Int64 = 1, batch: Int64 = 0
    ) -> [UInt8] {
        Array(
            """
            {"products":[{"product_id":"PROD-001","product_name":"Smart Watch","category":\
            "Electronics","order_count":2,"total_quantity":3,"total_revenue":\(revenue),\
            "avg_price":299.99000000}],"groups":1,\
            \(envelope("top_products", "complete", run: run, epoch: epoch, batch: batch))}
            """.utf8)
    }

    static func categories(
        run: String = "run-1", epoch: Int64 = 1, batch: Int64 = 0, padding: Int = 0
    ) -> [UInt8] {
        Array(
            """
            {"categories":[{"category":"Electronics","total_orders":2,"order_count":2,\
            "total_quantity":3,"total_revenue":899.9700,"avg_price":299.99000000,\
            "unique_products":1}],"x-padding":"\(String(repeating: "p", count: padding))",\
            \(envelope("categories", "complete", run: run, epoch: epoch, batch: batch))}
            """.utf8)
    }

    static func rawOrders(
        total: Int = 2, run: String = "run-1", epoch: Int64 = 1, batch: Int64 = 0,
        progress: Bool = false
    ) -> [UInt8] {
        let progress =
            progress
            ? """
            "progress":{"batch_id":0,"batch_duration_ms":1.5,"input_records":2,"backlog":7,\
            "backlog_unit":"bytes","latest_event_time":"2024-01-15T14:30:00.123456Z"},
            """ : ""
        return Array(
            """
            {"orders":[{"order_id":"ORD-1","product_id":"PROD-001","product_name":"Smart Watch",\
            "category":"Electronics","price":299.9900,"quantity":2,"total_value":599.9800,\
            "price_category":"Premium","hour":14,"day_of_week":2,\
            "timestamp":"2024-01-15T14:30:00.123456Z","partition":0,"position":0}],\
            "metrics":{"total_orders":\(total),"total_quantity":3,"total_revenue":899.9700,\
            "average_order_value":449.98500000,"avg_price":299.99000000,"processed_records":3,\
            "rejected_orders":1,"rejected":{"price_scale":1},"late_pairs":0,"late_records":0,\
            "price_bands":[{"price_category":"Premium","order_count":2,"total_revenue":899.97}],\
            "hours":[{"hour":14,"order_count":2,"total_revenue":899.9700}],\
            "weekdays":[{"day_of_week":2,"order_count":2,"total_revenue":899.9700}]},\(progress)\
            \(envelope("raw_orders", "complete", run: run, epoch: epoch, batch: batch))}
            """.utf8)
    }

    /// A row of the window that starts at `minute` past 14:00.
    static func window(
        _ minute: Int, _ category: String = "Electronics", orders: Int = 1,
        revenue: String = "299.9900", final: Bool
    ) -> String {
        """
        {"window_start":"\(time(minute))","window_end":"\(time(minute + 1))",\
        "category":"\(category)","order_count":\(orders),"total_quantity":1,\
        "total_revenue":\(revenue),"avg_price":299.99000000,"final":\(final)}
        """
    }

    static func time(_ minute: Int) -> String {
        let hour = 14 + minute / 60
        let rest = minute % 60
        return "2024-01-15T\(hour):\(rest < 10 ? "0" : "")\(rest):00.000000Z"
    }

    static func open(
        _ rows: [String], full: Bool, run: String = "run-1", epoch: Int64 = 1, batch: Int64 = 0
    ) -> [UInt8] {
        let envelope = envelope("category_windows", "update", run: run, epoch: epoch, batch: batch)
        return Array(
            "{\"windows\":[\(rows.joined(separator: ","))],\"full\":\(full),\(envelope)}".utf8)
    }

    static func finals(
        _ rows: [String], run: String = "run-1", epoch: Int64 = 1, batch: Int64 = 0
    ) -> [UInt8] {
        let envelope = envelope("category_windows", "append", run: run, epoch: epoch, batch: batch)
        return Array("{\"windows\":[\(rows.joined(separator: ","))],\(envelope)}".utf8)
    }
}
