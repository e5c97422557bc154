/// The JSON object that an engine prints for a whole log.
struct ReferenceAnswer {
    let reference: Reference

    /// The object, in one line.
    func json() throws -> String {
        let batch = reference.lastBatch
        let ranges = reference.partitions.flatMap(\.ranges)
        let late = try reference.lateCounts().values
        let totals = try reference.summary(.totals, through: batch)
        let published = ["total_orders", "total_quantity", "total_revenue"]
        let watermark = try reference.watermark(of: batch)
        return JSONText.object([
            ("records", "\(ranges.reduce(0) { $0 + $1.records })"),
            ("valid", "\(ranges.reduce(0) { $0 + $1.valid })"),
            (
                "rejected",
                JSONText.object(
                    try reference.rejects(through: batch).map { ($0.reason, "\($0.records)") })
            ),
            ("late_pairs", "\(late.reduce(0) { $0 + $1.pairs })"),
            ("late_records", "\(late.reduce(0) { $0 + $1.records })"),
            ("watermark", JSONText.optional(watermark) { JSONText.string(timeText($0)) }),
            (
                "totals",
                JSONText.object(
                    published.map { name in
                        (name, JSONText.value(totals.first?[name] ?? .integer(0)))
                    })
            ),
            (
                "top_products",
                JSONText.array(
                    try reference.topProducts(through: batch, limit: reference.run.topCount)
                        .map(JSONText.row))
            ),
            (
                "categories",
                JSONText.array(
                    try reference.summary(.categories, through: batch).map(JSONText.row))
            ),
            (
                "windows",
                JSONText.array(try reference.windows(through: batch).map { window(of: $0) })
            ),
        ])
    }

    private func window(of row: ReferenceRow) -> String {
        let left = row.fields.filter { $0.name != "avg_price" && $0.name != "batch_id" }
        return JSONText.row(ReferenceRow(fields: left))
    }
}
