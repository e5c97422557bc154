import SQLite

/// What is too much (above 0) or missing (below 0) in a published row.
struct Surplus {
    var count: Int128
    var quantity: Int128
    /// In ten-thousandths.
    var revenue: Int128
}

/// Searches for the orders that explain a difference.
struct OrderSearch {
    /// Which orders may be the ones.
    struct Scope {
        var category: [UInt8]?
        var productID: [UInt8]?
        var productName: [UInt8]?
        var window: Range<Int64>?
        var batch: Int64
    }

    /// What was found.
    struct Finding {
        var orders: [OrderTrace] = []
        var candidates = 0
        /// The orders are all that a batch gave to the row.
        var wholeBatch: Int64?

        var isEmpty: Bool { candidates == 0 }
    }

    /// Which of the orders in a window.
    enum Lateness {
        case any, inTime, tooLate
    }

    private static let shown = 5
    private static let looked = 200

    let reference: Reference

    /// Orders of the scope that together are what is too much or missing.
    func find(_ surplus: Surplus, in scope: Scope, _ lateness: Lateness = .any) throws -> Finding {
        switch surplus.count.magnitude {
        case 0: return Finding()
        case 1: return try findOne(surplus, in: scope, lateness)
        default: return try findBatch(surplus, in: scope, lateness)
        }
    }

    /// Single orders with just the quantity and value.
    private func findOne(
        _ surplus: Surplus, in scope: Scope, _ lateness: Lateness
    ) throws -> Finding {
        guard let quantity = Int64(exactly: surplus.quantity.magnitude),
            let revenue = Int64(exactly: surplus.revenue.magnitude)
        else { return Finding() }
        let places = try places(
            in: scope, lateness, "AND quantity = :quantity AND price4 * quantity = :revenue",
            ["quantity": quantity, "revenue": revenue])
        return try finding(places)
    }

    /// All that one batch gave to the row, or one partition of one batch.
    private func findBatch(
        _ surplus: Surplus, in scope: Scope, _ lateness: Lateness
    ) throws -> Finding {
        for grouping in ["batch", "batch, part"] {
            let statement = try prepare(
                """
                SELECT batch, \(grouping == "batch" ? "NULL" : "part"), COUNT(*), SUM(quantity),
                    exact_sum(price4 * quantity)
                FROM valid JOIN products USING (product)
                WHERE \(condition(scope, lateness)) GROUP BY \(grouping)
                """, scope, [:])
            while try statement.step() {
                guard statement.wideInteger(2) == Int128(surplus.count.magnitude),
                    statement.wideInteger(3) == Int128(surplus.quantity.magnitude),
                    statement.wideInteger(4) == Int128(surplus.revenue.magnitude)
                else { continue }
                let part = statement.optionalInteger(1)
                var found = try finding(
                    try places(
                        in: scope, lateness,
                        "AND batch = :whole" + (part == nil ? "" : " AND part = :part"),
                        ["whole": statement.integer(0), "part": part]))
                found.wholeBatch = statement.integer(0)
                return found
            }
        }
        return Finding()
    }

    private func places(
        in scope: Scope, _ lateness: Lateness, _ more: String, _ parameters: [String: Int64?]
    ) throws -> [(partition: Int, position: Int64)] {
        let statement = try prepare(
            """
            SELECT part, pos FROM valid JOIN products USING (product)
            WHERE \(condition(scope, lateness)) \(more)
            ORDER BY part, pos LIMIT \(Self.looked)
            """, scope, parameters)
        var places: [(partition: Int, position: Int64)] = []
        while try statement.step() {
            places.append((Int(statement.integer(0)), statement.integer(1)))
        }
        return places
    }

    private func finding(_ places: [(partition: Int, position: Int64)]) throws -> Finding {
        var finding = Finding(candidates: places.count)
        for place in places.prefix(Self.shown) {
            if let trace = try reference.trace(
                partition: place.partition, position: place.position)
            {
                finding.orders.append(trace)
            }
        }
        return finding
    }

    private func condition(_ scope: Scope, _ lateness: Lateness) -> String {
        var terms = ["batch <= :batch"]
        if scope.category != nil {
            terms.append(
                "valid.category IN (SELECT category FROM categories WHERE name = :category)")
        }
        if scope.productID != nil { terms.append("product_id = :product_id") }
        if scope.productName != nil { terms.append("product_name = :product_name") }
        if scope.window != nil { terms.append("ts >= :window_start AND ts < :window_end") }
        switch lateness {
        case .any: break
        case .inTime: terms.append("(bound IS NULL OR bound < :window_end)")
        case .tooLate: terms.append("bound >= :window_end")
        }
        return terms.joined(separator: " AND ")
    }

    private func prepare(
        _ sql: String, _ scope: Scope, _ parameters: [String: Int64?]
    ) throws -> Statement {
        let statement = try reference.database.database.prepare(sql)
        let numbers = parameters.merging([
            "batch": scope.batch, "window_start": scope.window?.lowerBound,
            "window_end": scope.window?.upperBound,
        ]) { own, _ in own }
        for (name, value) in numbers { statement.bind(value, named: ":\(name)") }
        let texts = [
            ":category": scope.category, ":product_id": scope.productID,
            ":product_name": scope.productName,
        ]
        for (name, text) in texts {
            _ = text?.withUnsafeBytes { statement.bind(text: $0, named: name) }
        }
        return statement
    }
}
