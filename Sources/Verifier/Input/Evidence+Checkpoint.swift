import SQLite

extension Evidence {
    /// Takes the batch log and the dead letters from an engine's `checkpoint.sqlite`, which is only
    /// read.
    public mutating func readCheckpoint(path: String) throws {
        let database = try Database(path: path, mode: .readOnly)
        batches = try Self.batchLog(in: database)
        deadLetters = try Self.deadLetters(in: database)
        deadLettersDropped =
            try database.integer("SELECT value FROM meta WHERE key = 'dead_letters_dropped'") ?? 0
    }

    private static func batchLog(in database: Database) throws(SQLiteError) -> [BatchLogRow] {
        let statement = try database.prepare(
            """
            SELECT batch_id, partition, start, "end", records, valid, rejected, late_pairs,
                late_records, crc32c, future_bound, late_floor, watermark, epoch
            FROM batches ORDER BY batch_id, partition
            """)
        var rows: [BatchLogRow] = []
        while try statement.step() {
            rows.append(
                BatchLogRow(
                    batchID: statement.integer(0), partition: Int(statement.integer(1)),
                    start: statement.integer(2), end: statement.integer(3),
                    records: statement.integer(4), valid: statement.integer(5),
                    rejected: statement.integer(6), latePairs: statement.integer(7),
                    lateRecords: statement.integer(8),
                    crc32c: UInt32(truncatingIfNeeded: statement.integer(9)),
                    futureBound: statement.integer(10), lateFloor: statement.optionalInteger(11),
                    watermark: statement.optionalInteger(12), epoch: statement.integer(13)))
        }
        return rows
    }

    private static func deadLetters(in database: Database) throws(SQLiteError) -> [DeadLetter] {
        let statement = try database.prepare(
            """
            SELECT partition, position, batch_id, reason, byte_count, record
            FROM dead_letters ORDER BY partition, position
            """)
        var rows: [DeadLetter] = []
        while try statement.step() {
            rows.append(
                DeadLetter(
                    partition: Int(statement.integer(0)), position: statement.integer(1),
                    batchID: statement.integer(2), reason: statement.text(3),
                    byteCount: statement.integer(4), record: statement.bytes(5)))
        }
        return rows
    }
}
