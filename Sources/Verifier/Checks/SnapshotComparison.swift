/// Compares one message, as it was published, with what the reference has for its batch.
struct SnapshotComparison {
    let published: PublishedResults
    let expected: ExpectedResults

    private var run: RunDescription { expected.reference.run }

    /// The differences of a query's last snapshot.
    func differences(
        of query: VerifierOptions.Query, in node: JSONTree
    ) throws -> [RowDifference] {
        switch query {
        case .topProducts: try topProducts(node)
        case .categories: try categories(node)
        case .rawOrders: try rawOrders(node)
        case .categoryWindows: try windows(node)
        }
    }

    private func topProducts(_ node: JSONTree) throws -> [RowDifference] {
        let table = TableComparison(
            published: published, query: .topProducts, table: "top_products",
            keys: ["product_id", "product_name", "category"])
        let rows = try expected.reference.topProducts(through: expected.batch, limit: run.topCount)
        var differences = list(table, rows, node["products"])
        let groups = ReferenceRow(fields: [
            (
                "groups",
                .integer(Int128(try expected.reference.productGroups(through: expected.batch)))
            )
        ])
        differences += values(table, "groups", groups, node)
        return differences
    }

    private func categories(_ node: JSONTree) throws -> [RowDifference] {
        let table = TableComparison(
            published: published, query: .categories, table: "categories", keys: ["category"])
        let rows = try expected.reference.summary(.categories, through: expected.batch)
        return list(table, rows, node["categories"])
    }

    private func rawOrders(_ node: JSONTree) throws -> [RowDifference] {
        func table(_ name: String, _ key: String) -> TableComparison {
            TableComparison(
                published: published, query: .rawOrders, table: "raw_orders.\(name)", keys: [key])
        }
        let batch = expected.batch
        let reference = expected.reference
        let metrics = node["metrics"]
        var differences = values(
            table("metrics", ""), "metrics", try expected.metrics(), metrics)
        differences += reasons(
            table("metrics.rejected", ""), metrics?["rejected"], try expected.rejected())
        differences += list(
            table("metrics.price_bands", "price_category"),
            try reference.summary(.priceBands, through: batch), metrics?["price_bands"])
        differences += list(
            table("metrics.hours", "hour"), try reference.summary(.hours, through: batch),
            metrics?["hours"])
        differences += list(
            table("metrics.weekdays", "day_of_week"),
            try reference.summary(.weekdays, through: batch), metrics?["weekdays"])
        let orders = TableComparison(
            published: published, query: .rawOrders, table: "raw_orders.orders",
            keys: ["partition", "position"])
        differences += list(
            orders, try reference.latestOrders(through: batch), node["orders"])
        return differences
    }

    /// Open windows at the message's batch. One that has become final since is looked for there.
    private func windows(_ node: JSONTree) throws -> [RowDifference] {
        let table = TableComparison(
            published: published, query: .categoryWindows, table: "windows.open",
            keys: ["window_start", "window_end", "category"])
        let finals = Set((node["final"]?.elements ?? []).map { key(of: $0) })
        let rows = try expected.openWindows().filter { row in
            let key = ["window_start", "window_end", "category"].map { row[$0]?.plain ?? "" }
            return !finals.contains(key.map { Array($0.utf8) })
        }
        return table.differences(
            expected: rows, got: node["open"]?.elements ?? [], optional: ["avg_price"])
    }

    /// The differences of the final windows, each with the batch that closed it.
    func finalWindows(_ node: JSONTree) throws -> [RowDifference] {
        let table = TableComparison(
            published: published, query: .categoryWindows, table: "windows.final",
            keys: ["window_start", "window_end", "category"])
        return table.differences(
            expected: try expected.finalWindows(), got: node["final"]?.elements ?? [],
            optional: ["avg_price"])
    }

    /// By bytes: `String` calls texts equal that are not (R26).
    private func key(of node: JSONTree) -> [[UInt8]] {
        ["window_start", "window_end", "category"].map { node[$0]?.string ?? [] }
    }

    /// A list whose order counts (R41).
    private func list(
        _ table: TableComparison, _ rows: [ReferenceRow], _ node: JSONTree?
    ) -> [RowDifference] {
        guard let got = node?.elements else {
            return [missing(table, "list")]
        }
        let differences = table.differences(expected: rows, got: got)
        guard differences.isEmpty, table.isOrderWrong(expected: rows, got: got) else {
            return differences
        }
        return [
            RowDifference(
                query: table.query, table: table.table, key: "all", expected: nil, got: nil,
                fields: [
                    FieldDifference(name: "order", expected: "by R41", got: "another order")
                ])
        ]
    }

    private func values(
        _ table: TableComparison, _ key: String, _ row: ReferenceRow, _ node: JSONTree?
    ) -> [RowDifference] {
        guard let node else { return [missing(table, key)] }
        let fields = table.fieldDifferences(row, node)
        guard !fields.isEmpty else { return [] }
        return [
            RowDifference(
                query: table.query, table: table.table, key: key, expected: row, got: node,
                fields: fields)
        ]
    }

    /// Rejects by reason: a reason that is not there counts as zero.
    private func reasons(
        _ table: TableComparison, _ node: JSONTree?, _ row: ReferenceRow
    ) -> [RowDifference] {
        guard let node, case .object(let members) = node.kind else {
            return [missing(table, "rejected")]
        }
        let optional = Set(row.fields.filter { $0.value == .integer(0) }.map(\.name))
        var fields = table.fieldDifferences(row, node, optional: optional)
        for member in members {
            let name = String(decoding: member.name, as: UTF8.self)
            if row[name] == nil, !published.isEqual(member.value, .integer(0)) {
                fields.append(
                    FieldDifference(
                        name: name, expected: "0", got: published.plain(member.value)))
            }
        }
        guard !fields.isEmpty else { return [] }
        return [
            RowDifference(
                query: table.query, table: table.table, key: "rejected", expected: row, got: node,
                fields: fields)
        ]
    }

    private func missing(_ table: TableComparison, _ key: String) -> RowDifference {
        RowDifference(
            query: table.query, table: table.table, key: key, expected: nil, got: nil,
            fields: [FieldDifference(name: key, expected: "present", got: "missing")])
    }
}
