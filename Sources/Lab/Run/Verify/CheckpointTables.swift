internal import SQLite
internal import Verifier

/// What the lab and the verifier read of a checkpoint that no engine holds any more.
struct CheckpointTables {
    var batches: [BatchLogRow]
    var deadLetters: [DeadLetter]
    var deadLettersDropped: Int64
    /// Committed positions by partition.
    var positions: [Int: Int64]

    /// Reads `checkpoint.sqlite`.
    ///
    /// - Throws: `SQLiteError` when the file is missing or is no checkpoint.
    static func read(_ path: String) throws(SQLiteError) -> CheckpointTables {
        let database = try Database(path: path, mode: .readOnly)
        return CheckpointTables(
            batches: try batches(database), deadLetters: try deadLetters(database),
            deadLettersDropped: try database.integer(
                "SELECT value FROM meta WHERE key = 'dead_letters_dropped'") ?? 0,
            positions: try positions(database))
    }

    private static func batches(_ database: Database) throws(SQLiteError) -> [BatchLogRow] {
        let rows = try database.prepare(
            """
            SELECT batch_id, partition, start, "end", records, valid, rejected, late_pairs,
              late_records, crc32c, future_bound, late_floor, watermark, epoch
            FROM batches ORDER BY batch_id, partition
            """)
        var found: [BatchLogRow] = []
        while try rows.step() {
            found.append(
                BatchLogRow(
                    batchID: rows.integer(0), partition: Int(rows.integer(1)),
                    start: rows.integer(2), end: rows.integer(3), records: rows.integer(4),
                    valid: rows.integer(5), rejected: rows.integer(6), latePairs: rows.integer(7),
                    lateRecords: rows.integer(8),
                    crc32c: UInt32(truncatingIfNeeded: rows.integer(9)),
                    futureBound: rows.integer(10), lateFloor: rows.optionalInteger(11),
                    watermark: rows.optionalInteger(12), epoch: rows.integer(13)))
        }
        return found
    }

    private static func deadLetters(_ database: Database) throws(SQLiteError) -> [DeadLetter] {
        let rows = try database.prepare(
            """
            SELECT partition, position, batch_id, reason, byte_count, record
            FROM dead_letters ORDER BY partition, position
            """)
        var found: [DeadLetter] = []
        while try rows.step() {
            found.append(
                DeadLetter(
                    partition: Int(rows.integer(0)), position: rows.integer(1),
                    batchID: rows.integer(2), reason: rows.text(3), byteCount: rows.integer(4),
                    record: rows.bytes(5)))
        }
        return found
    }

    private static func positions(_ database: Database) throws(SQLiteError) -> [Int: Int64] {
        let rows = try database.prepare("SELECT partition, position FROM positions")
        var found: [Int: Int64] = [:]
        while try rows.step() { found[Int(rows.integer(0))] = rows.integer(1) }
        return found
    }
}
