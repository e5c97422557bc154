/// Says what kind of mistake a wrong row is, and tells its story.
struct Classifier {
    let reference: Reference
    let published: PublishedResults
    let context: ResultContext
    let search: OrderSearch
    let batch: Int64
    /// Whether orders are searched for.
    let explains: Bool

    /// What a wrong row means.
    struct Verdict {
        var faultClass: FaultClass
        var story: String
        var finding = OrderSearch.Finding()
    }

    /// Judges a row.
    func verdict(on row: RowDifference) throws -> Verdict {
        if let field = row.fields.first, field.got == "twice" {
            return Verdict(
                faultClass: .publicationConflict, story: "the same row was published twice")
        }
        if row.expected == nil, row.got == nil {
            return row.fields.first?.name == "order"
                ? Verdict(
                    faultClass: .wrongOrder, story: "the right rows in another order than R41 says")
                : Verdict(
                    faultClass: .missingPublication,
                    story: "the message lacks a part that the query has")
        }
        if let category = row.category, row.expected == nil,
            context.unknownCategories.contains(category)
        {
            return Verdict(
                faultClass: .wrongKey,
                story: "no valid order has this category once it is cleaned (R25, R26)")
        }
        return row.query == .categoryWindows
            ? try windowVerdict(on: row) : try plainVerdict(on: row)
    }

    // MARK: - Queries without windows

    private func plainVerdict(on row: RowDifference) throws -> Verdict {
        if row.table.hasPrefix("raw_orders") { return try rawVerdict(on: row) }
        guard let surplus = row.surplus(published), surplus.count != 0 else {
            return valueVerdict(on: row)
        }
        return try countVerdict(on: row, surplus)
    }

    private func rawVerdict(on row: RowDifference) throws -> Verdict {
        let names = Set(row.fields.map(\.name))
        switch row.table {
        case "raw_orders.metrics.rejected": return rejectVerdict(on: row)
        case "raw_orders.orders":
            if row.expected != nil, row.got != nil { return valueVerdict(on: row) }
            switch context.totalSurplus ?? 0 {
            case 0:
                return Verdict(
                    faultClass: .wrongOrder,
                    story: "the latest orders are not those with the greatest event times")
            case ..<0: return lostVerdict(OrderSearch.Finding())
            default:
                return Verdict(faultClass: .acceptedWrongly, story: "an order that is not valid")
            }
        case "raw_orders.metrics":
            if let surplus = context.totalSurplus, surplus != 0 {
                return try countVerdict(on: row, row.surplus(published))
            }
            if names.isSubset(of: ["late_pairs", "late_records"]) { return lateVerdict(on: row) }
            if !names.isDisjoint(with: ["rejected_orders", "processed_records"]) {
                return rejectVerdict(on: row)
            }
            return valueVerdict(on: row)
        default:
            // Bands, hours, weekdays: as many orders in all, but under another key.
            guard let surplus = row.surplus(published), surplus.count != 0 else {
                return valueVerdict(on: row)
            }
            if context.totalSurplus ?? 0 == 0 {
                return Verdict(
                    faultClass: .wrongKey,
                    story: "as many orders in all, but some of them under another key (R27)")
            }
            return try countVerdict(on: row, surplus)
        }
    }

    private func rejectVerdict(on row: RowDifference) -> Verdict {
        context.lacksRejects
            ? Verdict(
                faultClass: (context.totalSurplus ?? 0) > 0 ? .acceptedWrongly : .rejectLost,
                story: "records that must be rejected are not among the rejected ones")
            : Verdict(
                faultClass: .rejectedWrongly,
                story: "the rejected records are not those that R10–R20 reject")
    }

    private func lateVerdict(on row: RowDifference) -> Verdict {
        let expected = row.expected?.integer("late_pairs") ?? 0
        let got = published.integer(row.got?["late_pairs"]) ?? 0
        return Verdict(
            faultClass: got >= expected ? .lateDroppedWrongly : .lateCountedWrongly,
            story: "the published count of late orders is not the reference's (R38)")
    }

    /// The right orders, as it seems, with a wrong value.
    private func valueVerdict(on row: RowDifference) -> Verdict {
        let names = Set(row.fields.map(\.name))
        if !names.isDisjoint(with: ["final", "batch_id"]) {
            return Verdict(
                faultClass: .wrongFinality,
                story: "a window is final in the first batch whose watermark reaches its end (R36)")
        }
        if !names.isDisjoint(with: ["order_id", "product_id", "product_name", "category"]) {
            return Verdict(faultClass: .wrongKey, story: "the order's text is another one")
        }
        if row.fields.contains(where: { $0.got == "missing" }) {
            return Verdict(
                faultClass: .missingPublication, story: "the row lacks a value that the query has")
        }
        return Verdict(
            faultClass: .arithmetic,
            story: "the number of orders is right, but a value is not exact (R40)")
    }

    /// Orders are missing or too many, and no window plays a part.
    private func countVerdict(on row: RowDifference, _ surplus: Surplus?) throws -> Verdict {
        let count = surplus?.count ?? context.totalSurplus ?? 0
        if count < 0, !context.unknownCategories.isEmpty {
            return Verdict(
                faultClass: .wrongKey,
                story: "orders are missing here, and are published under a category that no valid "
                    + "order has once it is cleaned (R25)")
        }
        if context.isMoved(row.category) {
            return Verdict(
                faultClass: .wrongKey,
                story: "as many orders in all, but some under another category: texts are equal "
                    + "only when their bytes are (R26)")
        }
        var finding = OrderSearch.Finding()
        if explains, let surplus { finding = try search.find(surplus, in: scope(of: row)) }
        if count < 0 { return lostVerdict(finding) }
        if context.lacksRejects {
            return Verdict(
                faultClass: .acceptedWrongly,
                story: "more orders than are valid, and fewer rejects: a record that must be "
                    + "rejected was counted", finding: OrderSearch.Finding())
        }
        return doubledVerdict(finding)
    }

    private func lostVerdict(_ finding: OrderSearch.Finding) -> Verdict {
        let restarts = reference.restarts
        // An order's batch was in the state of an engine that ended: the next one took over at the
        // first restart after it, and only what it took over can be missing.
        let batch = finding.orders.first?.batchID
        let restart = restarts.first { restart in batch.map { restart >= $0 } ?? true }
        let isNear = restart.map { restart in batch.map { restart - $0 <= 1 } ?? true } ?? false
        if let restart, isNear {
            return Verdict(
                faultClass: .lostAfterRestore,
                story: "orders are missing that were consumed next to batch \(restart), the first "
                    + "one of epoch \(reference.epochs[restart] ?? 0): the state that this engine "
                    + "started from lacks them", finding: finding)
        }
        return Verdict(
            faultClass: .lost,
            story: "orders were consumed, are valid, and are missing from the result",
            finding: finding)
    }

    private func doubledVerdict(_ finding: OrderSearch.Finding) -> Verdict {
        var story = "orders are counted twice"
        if let batch = finding.wholeBatch {
            story += ": all that batch \(batch) gave to this row"
            if reference.restarts.contains(where: { abs($0 - batch) <= 1 }) {
                story += ", which a restart made the engine read again"
            }
        }
        return Verdict(faultClass: .appliedTwice, story: story, finding: finding)
    }

    // MARK: - Windows

    private func windowVerdict(on row: RowDifference) throws -> Verdict {
        guard let window = row.window, let category = row.category,
            let surplus = row.surplus(published), surplus.count != 0
        else { return valueVerdict(on: row) }
        guard reference.run.windows.contains(where: { $0.contains(window) }) else {
            return Verdict(
                faultClass: .wrongWindow, story: "the run has no window with these bounds (R30)")
        }
        let isMissingElsewhere = (context.categorySurplus[category] ?? 0) != 0
        var scope = scope(of: row)
        if surplus.count < 0 {
            if isMissingElsewhere || !context.unknownCategories.isEmpty {
                return try countVerdict(on: row, surplus)
            }
            if context.windowSurplus[category] == 0 {
                return try movedVerdict(Surplus.negated(surplus), scope)
            }
            if row.got == nil, context.lateSurplus <= 0 {
                return Verdict(
                    faultClass: .missingPublication,
                    story:
                        "the window was never published; the query without windows has its orders"
                )
            }
            return try droppedVerdict(surplus, scope)
        }
        if isMissingElsewhere { return try countVerdict(on: row, surplus) }
        let late = try search.find(surplus, in: scope, .tooLate)
        if !late.isEmpty || context.lateSurplus < 0 {
            return Verdict(
                faultClass: .lateCountedWrongly,
                story: "the window was closed for these orders when they came, and holds them",
                finding: late)
        }
        if context.windowSurplus[category] == 0 {
            scope.window = nil
            return try movedVerdict(surplus, scope)
        }
        return doubledVerdict(explains ? try search.find(surplus, in: scope) : .init())
    }

    private func movedVerdict(_ surplus: Surplus, _ scope: OrderSearch.Scope) throws -> Verdict {
        Verdict(
            faultClass: .wrongWindow,
            story: "as many orders in all windows of the category, but some in a window that does "
                + "not contain their event time (R30)",
            finding: explains ? try search.find(surplus, in: scope) : .init())
    }

    /// A window lacks orders that the query without windows has.
    private func droppedVerdict(
        _ surplus: Surplus, _ scope: OrderSearch.Scope
    ) throws -> Verdict {
        let found = try search.find(surplus, in: scope, .inTime)
        let isOutOfOrder = found.orders.contains { order in
            guard let time = order.eventTime, let bound = order.watermark else { return false }
            return time < bound + reference.run.watermarkDelayMs * 1_000
        }
        if isOutOfOrder || context.lateSurplus > 0 {
            return Verdict(
                faultClass: .lateDroppedWrongly,
                story:
                    "the orders came out of order, but the window still took them: it ends after "
                    + "the bound", finding: found)
        }
        return lostVerdict(found)
    }

    private func scope(of row: RowDifference) -> OrderSearch.Scope {
        OrderSearch.Scope(
            category: row.category, productID: row.text("product_id"),
            productName: row.text("product_name"), window: row.window, batch: batch)
    }
}

extension Surplus {
    fileprivate static func negated(_ surplus: Surplus) -> Surplus {
        Surplus(count: -surplus.count, quantity: -surplus.quantity, revenue: -surplus.revenue)
    }
}

extension RunDescription.Window {
    /// Whether this is one of the windows (R30).
    fileprivate func contains(_ window: Range<Int64>) -> Bool {
        let slide = slideMs * 1_000
        return window.upperBound - window.lowerBound == sizeMs * 1_000
            && (window.lowerBound - normalOffsetMs * 1_000) % slide == 0
    }
}
