import SQLite

extension Reference {
    /// What is known of the valid order at a position; nil when none was consumed there.
    func trace(partition: Int, position: Int64) throws -> OrderTrace? {
        let statement = try database.prepare(
            """
            SELECT ts, batch, (SELECT late_floor FROM bounds WHERE bounds.batch = valid.batch),
                (SELECT MAX(ts) FROM valid AS earlier
                 WHERE earlier.part = valid.part AND earlier.pos <= valid.pos)
            FROM valid WHERE part = :part AND pos = :pos
            """, ["part": Int64(partition), "pos": position])
        guard try statement.step() else { return nil }
        let floor = statement.optionalInteger(2)
        let high = statement.integer(3) - run.watermarkDelayMs * 1_000
        let batch = statement.integer(1)
        return OrderTrace(
            orderID: String(
                decoding: try orderID(partition: partition, position: position), as: UTF8.self),
            partition: partition, position: position, eventTime: statement.integer(0),
            watermark: run.policy == .record ? max(high, floor ?? high) : floor, batchID: batch,
            epoch: epochs[batch])
    }
}
