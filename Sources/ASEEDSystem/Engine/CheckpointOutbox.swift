internal import SQLite
internal import Synchronization

/// Reads final windows out of the checkpoint for the publisher, on a connection of its own (R63).
///
/// All final windows stay in the checkpoint, so that a new dashboard can be given every one (R64).
///
/// Sendable by hand: the connection is used under the mutex only.
final class CheckpointOutbox: FinalWindowSource, @unchecked Sendable {
    private let path: String
    private let runID: String
    private let epoch: Int64
    private let database: Mutex<Database?>

    init(checkpointFolder: String, runID: String, epoch: Int64) {
        path = checkpointFolder + "/" + Checkpoint.fileName
        self.runID = runID
        self.epoch = epoch
        database = Mutex(nil)
    }

    func nextFinals(afterBatch batchID: Int64, maxRows: Int) throws -> [Publication] {
        try database.withLock { opened in
            let connection = try opened ?? Database(path: path, mode: .readOnly)
            opened = connection
            return try read(connection, after: batchID, maxRows: maxRows)
        }
    }

    private func read(
        _ database: Database, after batchID: Int64, maxRows: Int
    ) throws -> [Publication] {
        guard
            let batch = try database.integer(
                "SELECT min(final_batch) FROM windows WHERE final_batch > \(batchID)"),
            batch > batchID
        else { return [] }
        let envelope = try envelope(database, batch)
        let rows = try database.prepare(
            """
            SELECT window_start, window_end, category, order_count, total_quantity, total_revenue,
                price_sum FROM windows WHERE final_batch = \(batch)
                ORDER BY window_start, window_end, category
            """)
        var messages: [Publication] = []
        var more = try rows.step()
        while more {
            messages.append(
                try ResultMessages.publication(.categoryWindows, .append, envelope) { json in
                    json.name("windows")
                    try json.array { json in
                        var count = 0
                        while more, count < maxRows {
                            try Self.write(rows, to: &json)
                            count += 1
                            more = try rows.step()
                        }
                    }
                    json.member("full", false)
                })
        }
        return messages
    }

    private func envelope(_ database: Database, _ batch: Int64) throws -> MessageEnvelope {
        let rows = try database.prepare(
            """
            SELECT "end", watermark FROM batches WHERE batch_id = \(batch) ORDER BY partition
            """)
        var positions: [Int64] = []
        var watermark = Int64.min
        while try rows.step() {
            positions.append(rows.integer(0))
            watermark = rows.optionalInteger(1) ?? .min
        }
        return MessageEnvelope(
            runID: runID, epoch: epoch, batchID: batch, watermarkUs: watermark,
            positions: positions, sentWallUs: SystemClock.wallNs() / 1000)
    }

    private static func write(_ rows: Statement, to json: inout JSONWriter) throws {
        guard let revenue = Decimals.tenThousandths(rows.text(5)),
            let price = Decimals.tenThousandths(rows.text(6))
        else {
            throw SQLiteError(
                code: 11, message: "a sum is no amount", context: "windows of the checkpoint")
        }
        let sums = ExactSums(
            count: rows.integer(3), quantity: rows.integer(4), revenue: revenue, price: price)
        ResultRows.window(
            startUs: rows.integer(0), endUs: rows.integer(1), category: rows.bytes(2), sums,
            final: true, to: &json)
    }
}
