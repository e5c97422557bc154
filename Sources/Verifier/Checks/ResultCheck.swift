import SQLite

/// C4: every published result against the reference at its own batch.
final class ResultCheck {
    /// What the check counted.
    struct Counts {
        var mismatched: Int64 = 0
        var lost: Int128 = 0
        var doubled: Int128 = 0
        /// Why a query could not be compared.
        var skipped: [String] = []
    }

    /// So many batches after it became final, a window may still be missing at a running system.
    private static let batchesOnTheirWay: Int64 = 10
    /// So many rows of a query are explained by a search for orders.
    private static let explainedRows = 3

    private let published: PublishedResults
    private let reference: Reference
    private let options: VerifierOptions
    private let lateSurplus: Int64
    private let faults: FaultList
    private(set) var counts = Counts()
    private var context = ResultContext()

    init(
        published: PublishedResults, reference: Reference, options: VerifierOptions,
        lateSurplus: Int64, faults: FaultList
    ) {
        self.published = published
        self.reference = reference
        self.options = options
        self.lateSurplus = lateSurplus
        self.faults = faults
    }

    /// Compares all queries that were asked for.
    func check() throws {
        context.lateSurplus = lateSurplus
        var found: [(query: VerifierOptions.Query, batch: Int64, rows: [RowDifference])] = []
        // Windows come first: they are the finest groups, so that their stories say most.
        let order: [VerifierOptions.Query] = [
            .categoryWindows, .categories, .topProducts, .rawOrders,
        ]
        for query in order where options.queries.contains(query) {
            guard
                let node = query == .categoryWindows ? published.windows : published.snapshot(query)
            else {
                addMissing(query)
                continue
            }
            guard let batch = try checkEnvelope(of: node, query) else { continue }
            found.append((query, batch, try differences(of: query, in: node, batch)))
        }
        try noteContext(found.flatMap(\.rows))
        for entry in found { try report(entry.query, entry.batch, entry.rows) }
    }

    private func differences(
        of query: VerifierOptions.Query, in node: JSONTree, _ batch: Int64
    ) throws -> [RowDifference] {
        let comparison = SnapshotComparison(
            published: published, expected: ExpectedResults(reference: reference, batch: batch))
        var rows = try comparison.differences(of: query, in: node)
        if query == .categoryWindows {
            let finals = try finalDifferences(node)
            rows = Self.pairedByFinality(rows + finals.rows).filter {
                // An open window stays shown until its final row takes its place.
                $0.expected != nil || $0.table != "windows.open"
                    || !finals.waiting.contains($0.keyBytes)
            }
        }
        guard !rows.isEmpty, query != .categoryWindows,
            let older = try olderBatch(thatFits: query, node, before: batch)
        else { return rows }
        counts.mismatched += Int64(rows.count)
        add(
            .stalePublication, query, "snapshot", "batch_id",
            "the results of batch \(batch)", "those of batch \(older)", batch,
            "the message says batch \(batch), but holds exactly the results of batch \(older)")
        return []
    }

    /// Final windows up to the last batch of the run: they may have come after the last snapshot.
    ///
    /// - Returns: the differences, and the keys of those that a run which is not drained still lacks.
    private func finalDifferences(
        _ node: JSONTree
    ) throws -> (rows: [RowDifference], waiting: Set<[UInt8]>) {
        let comparison = SnapshotComparison(
            published: published,
            expected: ExpectedResults(reference: reference, batch: reference.lastBatch))
        let rows = try comparison.finalWindows(node)
        guard !reference.run.drained else { return (rows, []) }
        let waiting = rows.filter { $0.got == nil }
        let overdue = waiting.filter { !options.isRunning || !isOnItsWay($0) }
        if !overdue.isEmpty {
            counts.skipped.append(
                "\(overdue.count) final windows are not published, and the run was not drained")
        }
        return (rows.filter { $0.got != nil }, Set(waiting.map(\.keyBytes)))
    }

    /// Whether a running system may still be publishing a final window.
    private func isOnItsWay(_ row: RowDifference) -> Bool {
        guard case .integer(let batch)? = row.expected?["batch_id"] else { return false }
        return batch > Int128(reference.lastBatch - Self.batchesOnTheirWay)
    }

    /// A window that is in one list instead of the other is one difference, not two.
    private static func pairedByFinality(_ rows: [RowDifference]) -> [RowDifference] {
        var published: [[UInt8]: JSONTree] = [:]
        for row in rows where row.expected == nil {
            if let got = row.got { published[row.keyBytes] = got }
        }
        var paired: Set<[UInt8]> = []
        let merged = rows.map { row -> RowDifference in
            guard row.got == nil, let expected = row.expected, let got = published[row.keyBytes]
            else {
                return row
            }
            paired.insert(row.keyBytes)
            let isFinal = expected["final"] == .flag(true)
            var whole = row
            whole.got = got
            whole.fields = [
                FieldDifference(name: "final", expected: "\(isFinal)", got: "\(!isFinal)")
            ]
            return whole
        }
        return merged.filter { $0.expected != nil || !paired.contains($0.keyBytes) }
    }

    // MARK: - The envelope

    /// Checks batch, positions and watermark of a message (R60, C4).
    ///
    /// - Returns: the batch whose results the message says it holds; nil when there is none such.
    private func checkEnvelope(
        of node: JSONTree, _ query: VerifierOptions.Query
    ) throws -> Int64? {
        guard let batch = published.integer64(node["batch_id"]), reference.batchIDs.contains(batch)
        else {
            counts.mismatched += 1
            add(
                .unreadablePublication, query, "message", "batch_id", "a batch of the batch log",
                node["batch_id"].map { published.plain($0) } ?? "missing", nil,
                "the message does not say which batch it holds")
            return nil
        }
        let expected = ExpectedResults(reference: reference, batch: batch).positions()
        let got = published.positions(node["positions"])
        let isSame =
            got.map { got in
                got.count <= expected.count
                    && zip(got, expected).allSatisfy { $0 == $1 || $1 == nil && $0 == 0 }
                    && expected.dropFirst(got.count).allSatisfy { $0 == nil }
            } ?? false
        if !isSame {
            counts.mismatched += 1
            add(
                .stalePublication, query, "message", "positions",
                "\(expected.map { $0 ?? 0 })", got.map { "\($0)" } ?? "missing", batch,
                "the positions of the message are not those at which its batch ended")
        }
        if let watermark = node["watermark"] {
            let value = try reference.watermark(of: batch)
            let expected = value.map { ReferenceValue.time($0) } ?? .null
            if !published.isEqual(watermark, expected) {
                counts.mismatched += 1
                add(
                    .wrongWatermark, query, "message", "watermark", expected.plain,
                    published.plain(watermark), batch, "the message has another watermark (R39)")
            }
        }
        if reference.run.drained, recordsAfter(batch) > 0 {
            counts.mismatched += 1
            add(
                .stalePublication, query, "message", "batch_id", "\(reference.lastBatch)",
                "\(batch)", batch,
                "the newest result never arrived: \(recordsAfter(batch)) records were consumed "
                    + "after the last one")
        }
        return batch
    }

    private func recordsAfter(_ batch: Int64) -> Int64 {
        reference.partitions.flatMap(\.ranges).filter { $0.row.batchID > batch }
            .reduce(0) { $0 + $1.records }
    }

    private func addMissing(_ query: VerifierOptions.Query) {
        if reference.lastBatch < 0 { return }
        guard reference.run.drained else {
            counts.skipped.append(
                "\(query.rawValue) was never published, and the run was not drained")
            return
        }
        counts.mismatched += 1
        add(
            .missingPublication, query, "message", "snapshot", "present", "missing", nil,
            "no result of this query was ever accepted")
    }

    // MARK: - Older results

    /// The older batch whose results a snapshot holds exactly, if there is one.
    private func olderBatch(
        thatFits query: VerifierOptions.Query, _ node: JSONTree, before batch: Int64
    ) throws -> Int64? {
        var candidates = try reference.batches(
            withOrders: publishedOrders(query, node), before: batch)
        if let previous = reference.batchIDs.last(where: { $0 < batch }) {
            candidates.append(previous)
        }
        for candidate in Set(candidates).sorted(by: >).prefix(4) {
            let comparison = SnapshotComparison(
                published: published,
                expected: ExpectedResults(reference: reference, batch: candidate))
            if try comparison.differences(of: query, in: node).isEmpty { return candidate }
        }
        return nil
    }

    /// How many orders a snapshot counts in all; nil when it does not say.
    private func publishedOrders(_ query: VerifierOptions.Query, _ node: JSONTree) -> Int128? {
        switch query {
        case .rawOrders: return published.integer(node["metrics"]?["total_orders"])
        case .categories:
            let counts = node["categories"]?.elements?.map { published.integer($0["order_count"]) }
            return counts?.reduce(0) { $0 + ($1 ?? 0) }
        case .topProducts, .categoryWindows: return nil
        }
    }

    // MARK: - Telling

    private func noteContext(_ rows: [RowDifference]) throws {
        context.note(rows, published)
        for row in rows where row.expected == nil {
            guard let category = row.got?["category"]?.string else { continue }
            if try !reference.hasCategory(category) { context.unknownCategories.insert(category) }
        }
    }

    private func report(
        _ query: VerifierOptions.Query, _ batch: Int64, _ rows: [RowDifference]
    ) throws {
        guard !rows.isEmpty else { return }
        countOrders(query, rows)
        for (index, row) in rows.enumerated() {
            counts.mismatched += Int64(max(1, row.fields.count))
            let classifier = Classifier(
                reference: reference, published: published, context: context,
                search: OrderSearch(reference: reference), batch: batch,
                explains: options.explain && index < Self.explainedRows)
            guard faults.hasRoom(for: .results) else {
                addUnexplained(row, batch)
                continue
            }
            let verdict = try classifier.verdict(on: row)
            let field = row.mostTelling
            faults.add(
                Difference(
                    check: .results, faultClass: verdict.faultClass, subject: row.table,
                    key: row.key, windowStart: row.window?.lowerBound,
                    windowEnd: row.window?.upperBound, field: field?.name ?? "row",
                    expected: field?.expected ?? "", got: field?.got ?? "", batchID: batch,
                    orders: verdict.finding.orders, candidates: verdict.finding.candidates,
                    story: verdict.story))
        }
    }

    /// Over the limit: counted, not kept.
    private func addUnexplained(_ row: RowDifference, _ batch: Int64) {
        faults.add(
            Difference(
                .results, .arithmetic, in: row.table, key: row.key, field: "row", expected: "",
                got: "", batchID: batch, story: ""))
    }

    /// Orders that a query lacks or has too often. An order is in several queries: the query that
    /// shows most counts.
    private func countOrders(_ query: VerifierOptions.Query, _ rows: [RowDifference]) {
        var lost: Int128 = 0
        var doubled: Int128 = 0
        for row in rows where query != .rawOrders || row.table == "raw_orders.metrics" {
            guard let surplus = row.surplus(published)?.count else { continue }
            if surplus < 0 { lost -= surplus } else { doubled += surplus }
        }
        counts.lost = max(counts.lost, lost)
        counts.doubled = max(counts.doubled, doubled)
    }

    private func add(
        _ faultClass: FaultClass, _ query: VerifierOptions.Query, _ key: String, _ field: String,
        _ expected: String, _ got: String, _ batch: Int64?, _ story: String
    ) {
        faults.add(
            Difference(
                .results, faultClass, in: query.rawValue, key: key, field: field,
                expected: expected, got: got, batchID: batch, story: story))
    }
}

extension RowDifference {
    /// The field to show: a count rather than what follows from it.
    fileprivate var mostTelling: FieldDifference? {
        ["order_count", "total_orders", "total_quantity", "total_revenue"].lazy
            .compactMap { name in fields.first { $0.name == name } }.first ?? fields.first
    }
}

extension Reference {
    /// Whether a valid order has this category once it is cleaned.
    func hasCategory(_ category: [UInt8]) throws -> Bool {
        let statement = try database.database.prepare("SELECT 1 FROM categories WHERE name = :name")
        _ = category.withUnsafeBytes { statement.bind(text: $0, named: ":name") }
        return try statement.step()
    }

    /// The batches before one after which just so many valid orders had been consumed.
    func batches(withOrders count: Int128?, before batch: Int64) throws -> [Int64] {
        guard let count, let count = Int64(exactly: count) else { return [] }
        let statement = try database.prepare(
            """
            WITH counted AS (SELECT batch, COUNT(*) AS orders FROM valid GROUP BY batch)
            SELECT ranges.batch FROM (SELECT DISTINCT batch FROM ranges) AS ranges
            WHERE ranges.batch < :before AND
                (SELECT COALESCE(SUM(orders), 0) FROM counted
                 WHERE counted.batch <= ranges.batch) = :count
            """, ["before": batch, "count": count])
        var found: [Int64] = []
        while try statement.step() { found.append(statement.integer(0)) }
        return found
    }
}
