/// What all published results together say about each of their rows.
struct ResultContext {
    /// Published minus expected orders of each category, in the query without windows.
    var categorySurplus: [[UInt8]: Int128] = [:]
    /// The same, summed over all windows.
    var windowSurplus: [[UInt8]: Int128] = [:]
    /// Published minus expected orders in all; nil when they are not known.
    var totalSurplus: Int128?
    /// Whether the published rejects are less than the expected ones.
    var lacksRejects = false
    /// Published categories that the reference does not have.
    var unknownCategories: Set<[UInt8]> = []
    /// Late pairs by the batch log minus the reference's.
    var lateSurplus: Int64 = 0

    /// Whether this category has orders of another one, or another one has its orders: as many in
    /// all, but not in each.
    func isMoved(_ category: [UInt8]?) -> Bool {
        guard let category, categorySurplus[category] ?? 0 != 0 else { return false }
        return categorySurplus.values.reduce(0, +) == 0
    }

    /// Takes what the differences of one query say.
    mutating func note(_ differences: [RowDifference], _ published: PublishedResults) {
        for difference in differences {
            guard let category = difference.category, let surplus = difference.surplus(published)
            else { continue }
            switch difference.query {
            case .categories: categorySurplus[category, default: 0] += surplus.count
            case .categoryWindows: windowSurplus[category, default: 0] += surplus.count
            case .topProducts, .rawOrders: continue
            }
        }
        for difference in differences where difference.table == "raw_orders.metrics" {
            if let expected = difference.expected?.integer("total_orders"),
                let got = published.integer(difference.got?["total_orders"])
            {
                totalSurplus = got - expected
            }
            if let expected = difference.expected?.integer("rejected_orders"),
                let got = published.integer(difference.got?["rejected_orders"])
            {
                lacksRejects = got < expected
            }
        }
    }
}

extension RowDifference {
    /// The category that the row is about.
    var category: [UInt8]? {
        if case .text(let text)? = expected?["category"] { return text }
        return got?["category"]?.string
    }

    /// A text field of the row.
    func text(_ name: String) -> [UInt8]? {
        if case .text(let text)? = expected?[name] { return text }
        return got?[name]?.string
    }

    /// The row's window.
    var window: Range<Int64>? {
        func time(_ name: String) -> Int64? {
            if case .time(let time)? = expected?[name] { return time }
            return got?[name]?.string.flatMap { $0.withUnsafeBytes(readEventTime) }
        }
        guard let start = time("window_start"), let end = time("window_end"), start < end else {
            return nil
        }
        return start..<end
    }

    /// What is too much or missing in the row; nil when it has no counts that can be read.
    func surplus(_ published: PublishedResults) -> Surplus? {
        func value(_ name: String, scale: Int) -> Int128? {
            let expected: Int128? =
                switch expected?[name] {
                case .integer(let value)?: value
                case .decimal(let units, _)?: units
                default: self.expected == nil ? 0 : nil
                }
            let got = self.got == nil ? 0 : published.units(self.got?[name], scale: scale)
            guard let expected, let got else { return nil }
            return got - expected
        }
        guard let count = value("order_count", scale: 0) ?? value("total_orders", scale: 0) else {
            return nil
        }
        return Surplus(
            count: count, quantity: value("total_quantity", scale: 0) ?? 0,
            revenue: value("total_revenue", scale: 4) ?? 0)
    }
}
