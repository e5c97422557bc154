/// What every message carries besides its rows (R60).
struct MessageEnvelope {
    var runID: String
    var epoch: Int64
    var batchID: Int64
    /// F(n); `Int64.min` for −∞.
    var watermarkUs: Int64
    /// End positions by partition.
    var positions: [Int64]
    var sentWallUs: Int64

    func write(_ query: QueryName, _ mode: OutputMode, to json: inout JSONWriter) {
        json.member("run_id", runID)
        json.member("epoch", epoch)
        json.member("batch_id", batchID)
        json.member("query", query.rawValue)
        json.member("mode", mode.rawValue)
        json.member("watermark", watermarkUs == .min ? nil : TimeText.iso(watermarkUs))
        json.name("positions")
        json.array { json in for position in positions { json.number(position) } }
        json.member("timestamp", TimeText.iso(sentWallUs))
    }
}

/// The rows of the four queries as JSON; one place for messages and for `--format json`.
enum ResultRows {
    static func products(
        _ ids: some Sequence<Int32>, _ state: EngineState, to json: inout JSONWriter
    ) {
        json.array { json in
            for id in ids {
                let group = state.groups[Int(id)]
                json.object { json in
                    json.name("product_id")
                    json.string(utf8: group.key.id)
                    json.name("product_name")
                    json.string(utf8: group.key.name)
                    json.name("category")
                    json.string(utf8: group.key.category)
                    sums(group.sums, to: &json)
                    averagePrice(group.sums, to: &json)
                }
            }
        }
    }

    static func categories(_ state: EngineState, to json: inout JSONWriter) {
        json.array { json in
            for id in state.rankedCategories() {
                let category = state.categories[id]
                json.object { json in
                    json.name("category")
                    json.string(utf8: category.name)
                    json.member("total_orders", category.sums.count)
                    sums(category.sums, to: &json)
                    averagePrice(category.sums, to: &json)
                    json.member("unique_products", category.uniqueProducts)
                }
            }
        }
    }

    static func window(
        startUs: Int64, endUs: Int64, category: some Sequence<UInt8>, _ value: ExactSums,
        final: Bool, to json: inout JSONWriter
    ) {
        json.object { json in
            json.member("window_start", TimeText.iso(startUs))
            json.member("window_end", TimeText.iso(endUs))
            json.name("category")
            json.string(utf8: category)
            sums(value, to: &json)
            json.member("final", final)
        }
    }

    static func latestOrders(_ orders: [LatestOrder], to json: inout JSONWriter) {
        json.array { json in
            for order in orders {
                json.object { json in
                    json.name("order_id")
                    json.string(utf8: order.orderID)
                    json.name("product_id")
                    json.string(utf8: order.productID)
                    json.name("product_name")
                    json.string(utf8: order.productName)
                    json.name("category")
                    json.string(utf8: order.category)
                    json.member("price", number: Decimals.money(Int128(order.price)))
                    json.member("quantity", order.quantity)
                    let total = Int128(order.price) * Int128(order.quantity)
                    json.member("total_value", number: Decimals.money(total))
                    json.member("price_category", PriceBand(price: order.price).name)
                    json.member("hour", TimeText.hour(order.eventTimeUs))
                    json.member("day_of_week", TimeText.weekday(order.eventTimeUs))
                    json.member("timestamp", TimeText.iso(order.eventTimeUs))
                    json.member("partition", order.partition)
                    json.member("position", order.position)
                }
            }
        }
    }

    static func metrics(_ profile: OrderProfile, to json: inout JSONWriter) {
        let totals = profile.totals
        json.object { json in
            json.member("total_orders", totals.count)
            json.member("total_quantity", totals.quantity)
            json.member("total_revenue", number: Decimals.money(totals.revenue))
            json.member(
                "average_order_value",
                number: Decimals.average(sum: totals.revenue, count: Int128(totals.count)))
            averagePrice(totals, to: &json)
            json.member("processed_records", profile.records)
            json.member("rejected_orders", profile.rejected)
            json.name("rejected")
            rejects(profile, to: &json)
            json.member("late_pairs", profile.latePairs)
            json.member("late_records", profile.lateRecords)
            json.name("price_bands")
            json.array { json in
                for band in PriceBand.allCases {
                    share(profile.bands[band.rawValue], to: &json) {
                        $0.member("price_category", band.name)
                    }
                }
            }
            json.name("hours")
            json.array { json in
                for hour in 0..<24 {
                    share(profile.hours[hour], to: &json) { $0.member("hour", hour) }
                }
            }
            json.name("weekdays")
            json.array { json in
                for day in 0..<7 {
                    share(profile.weekdays[day], to: &json) { $0.member("day_of_week", day + 1) }
                }
            }
        }
    }

    static func rejects(_ profile: OrderProfile, to json: inout JSONWriter) {
        json.object { json in
            for reason in RejectReason.allCases {
                let count = profile.rejects[Int(reason.rawValue)]
                if count > 0 { json.member(reason.name, count) }
            }
        }
    }

    private static func sums(_ value: ExactSums, to json: inout JSONWriter) {
        json.member("order_count", value.count)
        json.member("total_quantity", value.quantity)
        json.member("total_revenue", number: Decimals.money(value.revenue))
    }

    private static func averagePrice(_ value: ExactSums, to json: inout JSONWriter) {
        json.member(
            "avg_price", number: Decimals.average(sum: value.price, count: Int128(value.count)))
    }

    private static func share(
        _ value: OrderProfile.Share, to json: inout JSONWriter,
        _ key: (inout JSONWriter) -> Void
    ) {
        json.object { json in
            key(&json)
            json.member("order_count", value.count)
            json.member("total_revenue", number: Decimals.money(value.revenue))
        }
    }
}

/// Builds the messages to the dashboard.
enum ResultMessages {
    static func topProducts(_ state: EngineState, _ envelope: MessageEnvelope) -> Publication {
        publication(.topProducts, .complete, envelope) { json in
            json.name("products")
            ResultRows.products(state.top, state, to: &json)
            json.member("groups", state.groups.count)
        }
    }

    static func categories(_ state: EngineState, _ envelope: MessageEnvelope) -> Publication {
        publication(.categories, .complete, envelope) { json in
            json.name("categories")
            ResultRows.categories(state, to: &json)
        }
    }

    static func rawOrders(
        _ state: EngineState, _ progress: EngineProgress?, _ envelope: MessageEnvelope
    ) -> Publication {
        publication(.rawOrders, .complete, envelope) { json in
            json.name("orders")
            ResultRows.latestOrders(state.latest, to: &json)
            json.name("metrics")
            ResultRows.metrics(state.profile, to: &json)
            if let progress {
                json.name("progress")
                progress.write(to: &json)
            }
        }
    }

    /// The most windows in one message; a row has at most 750 bytes, and the dashboard takes
    /// 4 MiB.
    static let maxWindowRows = 5_000

    /// The open windows that changed after batch `since`; all of them when it is nil.
    static func openWindows(
        _ state: EngineState, _ specs: [WindowSpec], since: Int64?, _ envelope: MessageEnvelope,
        maxRows: Int = maxWindowRows
    ) -> Publication {
        var rows: [(key: EngineState.WindowKey, category: Int32, sums: ExactSums)] = []
        for key in state.windows.keys.sorted() {
            guard let window = state.windows[key] else { continue }
            for (category, sums) in state.sorted(window) {
                if let since, (window.changedIn[category] ?? .max) <= since { continue }
                rows.append((key, category, sums))
            }
        }
        let parts = max(1, (rows.count + maxRows - 1) / maxRows)
        var bodies = (0..<parts).map { part in
            publication(.categoryWindows, .update, envelope) { json in
                json.name("windows")
                json.array { json in
                    for row in rows.dropFirst(part * maxRows).prefix(maxRows) {
                        ResultRows.window(
                            startUs: row.key.startUs,
                            endUs: row.key.startUs + specs[row.key.spec].sizeUs,
                            category: state.categories[Int(row.category)].name, row.sums,
                            final: false, to: &json)
                    }
                }
                json.member("full", since == nil)
                if parts > 1 {
                    json.member("part", part + 1)
                    json.member("parts", parts)
                }
            }.body
        }
        let first = bodies.removeFirst()
        return Publication(
            query: .categoryWindows, mode: .update, batchID: envelope.batchID, body: first,
            furtherParts: bodies)
    }

    static func publication(
        _ query: QueryName, _ mode: OutputMode, _ envelope: MessageEnvelope,
        _ body: (inout JSONWriter) throws -> Void
    ) rethrows -> Publication {
        var json = JSONWriter()
        try json.object { json in
            try body(&json)
            envelope.write(query, mode, to: &json)
        }
        return Publication(
            query: query, mode: mode, batchID: envelope.batchID, body: json.bytes)
    }
}

extension EngineState {
    /// A window's categories, by their names' bytes.
    func sorted(_ window: Window) -> [(Int32, ExactSums)] {
        window.categories.map { ($0.key, $0.value) }.sorted { a, b in
            categories[Int(a.0)].name.lexicographicallyPrecedes(categories[Int(b.0)].name)
        }
    }
}
