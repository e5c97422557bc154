/// What each query must have published after a batch.
struct ExpectedResults {
    let reference: Reference
    let batch: Int64

    /// The rows of `raw_orders.metrics` that stand in no list.
    func metrics() throws -> ReferenceRow {
        let totals = try reference.summary(.totals, through: batch).first?.fields ?? []
        let rejected = try reference.rejects(through: batch).reduce(0) { $0 + $1.records }
        let late = try reference.lateCounts().filter { $0.key <= batch }.values
        let valid = ReferenceRow(fields: totals).integer("total_orders")
        return ReferenceRow(
            fields: totals + [
                ("processed_records", .integer(valid + rejected)),
                ("rejected_orders", .integer(rejected)),
                ("late_pairs", .integer(late.reduce(0) { $0 + Int128($1.pairs) })),
                ("late_records", .integer(late.reduce(0) { $0 + Int128($1.records) })),
            ])
    }

    /// The reasons of `raw_orders.metrics.rejected`.
    func rejected() throws -> ReferenceRow {
        ReferenceRow(
            fields: try reference.rejects(through: batch).map { ($0.reason, .integer($0.records)) })
    }

    /// The windows that are final, with their batch.
    func finalWindows() throws -> [ReferenceRow] { try windows(final: true) }

    /// The windows that are open, without a batch.
    func openWindows() throws -> [ReferenceRow] { try windows(final: false) }

    private func windows(final: Bool) throws -> [ReferenceRow] {
        try reference.windows(through: batch)
            .filter { $0["final"] == .flag(final) }
            .map { row in
                final ? row : ReferenceRow(fields: row.fields.filter { $0.name != "batch_id" })
            }
    }

    /// The positions at which the batch ended, by partition; nil when a partition has none yet.
    func positions() -> [Int64?] {
        reference.partitions.map { facts in
            facts.ranges.last { $0.row.batchID <= batch }?.row.end
        }
    }
}
