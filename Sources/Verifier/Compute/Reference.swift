import SQLite

/// The reference: the log read and summed, ready to be asked about any batch.
final class Reference {
    let run: RunDescription
    let log: any RecordSource
    let database: ReferenceDatabase
    /// The batches by which the log is cut, in order.
    let batchIDs: [Int64]
    /// The epoch of each batch (R55).
    let epochs: [Int64: Int64]
    /// What the log holds of each partition.
    let partitions: [PartitionFacts]
    /// CPU time so far.
    var clock: CPUClock

    /// Reads the log and computes what all queries need.
    ///
    /// - Parameter batches: how the engine cut the log.
    init(
        log: any RecordSource, run: RunDescription, batches: [BatchLogRow],
        ledger: ProducerLedger? = nil, letters: DeadLetterBytes? = nil, scratchFolder: String?
    ) throws {
        try run.check()
        self.log = log
        self.run = run
        clock = CPUClock()
        database = try ReferenceDatabase(run: run, scratchFolder: scratchFolder)
        let loader = try LogLoader(log: log, reference: database, ledger: ledger, letters: letters)
        try loader.load(batches)
        partitions = loader.partitions
        batchIDs = Set(batches.map(\.batchID)).sorted()
        epochs = Dictionary(batches.map { ($0.batchID, $0.epoch) }) { first, _ in first }
        clock.lap("read and load")
        if run.idleTimeoutMs > 0 {
            // Which partition was silent is not in the log: the recorded bounds are taken, and C3
            // holds them against what is known.
            try database.takeBounds(Self.recordedBounds(batches))
        } else {
            try database.computeBounds()
        }
        clock.lap("bounds")
        try database.computeBehind()
        clock.lap("behind")
        try database.computeSums(through: lastBatch)
        clock.lap("sums")
    }

    private static func recordedBounds(
        _ batches: [BatchLogRow]
    ) -> [(batch: Int64, lateFloor: Int64?, watermark: Int64?)] {
        var seen: Set<Int64> = []
        return batches.filter { seen.insert($0.batchID).inserted }
            .map { ($0.batchID, $0.lateFloor, $0.watermark) }
    }

    /// The last batch; −1 when there is none.
    var lastBatch: Int64 { batchIDs.last ?? -1 }

    /// The first batch of each engine but the first.
    var restarts: [Int64] {
        zip(batchIDs, batchIDs.dropFirst()).filter { epochs[$0] != epochs[$1] }.map { $1 }
    }

    /// A log that nobody has cut: one batch, and under policy `batch` the empty one after it (R35).
    static func singleBatch(
        of log: any RecordSource, run: RunDescription
    ) throws -> [BatchLogRow] {
        var rows: [BatchLogRow] = []
        for batch in 0..<(run.policy == .batch ? 2 : 1) {
            for partition in 0..<log.partitionCount {
                let bounds = try log.bounds(of: partition)
                rows.append(
                    BatchLogRow(
                        batchID: Int64(batch), partition: partition,
                        start: batch == 0 ? bounds.lowerBound : bounds.upperBound,
                        end: bounds.upperBound, records: 0, valid: 0, rejected: 0, latePairs: 0,
                        lateRecords: 0, crc32c: 0, futureBound: run.futureBound ?? .max,
                        lateFloor: nil, watermark: nil, epoch: 0))
            }
        }
        return rows
    }

    /// The watermark of a batch; nil is −∞ (R39).
    func watermark(of batch: Int64) throws -> Int64? {
        let statement = try database.database.prepare(
            "SELECT watermark FROM bounds WHERE batch = ?")
        statement.bind(batch, at: 1)
        return try statement.step() ? statement.optionalInteger(0) : nil
    }

    /// Late pairs and late records of each batch that has any (R38).
    func lateCounts() throws -> [Int64: (pairs: Int64, records: Int64)] {
        var counts: [Int64: (pairs: Int64, records: Int64)] = [:]
        for row in try database.rows(.latePairs) {
            counts[Int64(row.integer("batch")), default: (0, 0)].pairs =
                Int64(row.integer("late_pairs"))
        }
        for row in try database.rows(.lateRecords) {
            counts[Int64(row.integer("batch")), default: (0, 0)].records =
                Int64(row.integer("late_records"))
        }
        return counts
    }

    /// (record, window) pairs in all: those that contributed and those that came too late.
    func windowPairs() throws -> Int64 {
        try database.computeSums(through: lastBatch)
        let contributed = try database.database.integer(
            "SELECT COALESCE(SUM(order_count), 0) FROM window_sums")
        return (contributed ?? 0) + (try lateCounts().values.reduce(0) { $0 + $1.pairs })
    }

    /// Rejected records by reason up to a batch, in the order of R10.
    func rejects(through batch: Int64) throws -> [(reason: String, records: Int128)] {
        var counts: [[UInt8]: Int128] = [:]
        for row in try database.rows(.rejects, ["batch": batch]) {
            if case .text(let reason)? = row["reason"] { counts[reason] = row.integer("records") }
        }
        return RejectReason.allCases.compactMap { reason in
            counts[Array(reason.name.utf8)].map { (reason.name, $0) }
        }
    }

    /// The best products up to a batch, all of them when `limit` is nil.
    func topProducts(through batch: Int64, limit: Int?) throws -> [ReferenceRow] {
        try database.computeSums(through: batch)
        return try database.rows(.topProducts, ["limit": Int64(limit ?? -1)])
    }

    /// How many groups `top_products` has up to a batch.
    func productGroups(through batch: Int64) throws -> Int64 {
        try database.computeSums(through: batch)
        return try database.database.integer("SELECT COUNT(DISTINCT product) FROM order_sums") ?? 0
    }

    /// Rows of a query over the sums up to a batch.
    func summary(_ query: ReferenceSQL, through batch: Int64) throws -> [ReferenceRow] {
        try database.computeSums(through: batch)
        return try database.rows(query)
    }

    /// Windows by category after a batch, final and open ones.
    func windows(through batch: Int64) throws -> [ReferenceRow] {
        try database.computeSums(through: batch)
        return try database.rows(.windows, ["batch": batch])
    }

    /// The latest orders after a batch as they are published.
    func latestOrders(through batch: Int64) throws -> [ReferenceRow] {
        let rows = try database.rows(
            .latestOrders, ["batch": batch, "limit": Int64(run.recentCount)])
        return try rows.map { row in
            let partition = row.integer("partition")
            let position = row.integer("position")
            let id = try orderID(partition: Int(partition), position: Int64(position))
            func take(_ name: String) -> ReferenceValue { row[name] ?? .null }
            return ReferenceRow(fields: [
                ("order_id", .text(id)), ("product_id", take("product_id")),
                ("product_name", take("product_name")), ("category", take("category")),
                ("price", take("price4")), ("quantity", take("quantity")),
                ("total_value", take("total_value")), ("price_category", take("price_category")),
                ("hour", take("hour")), ("day_of_week", take("day_of_week")),
                ("timestamp", take("ts")), ("partition", take("partition")),
                ("position", take("position")),
            ])
        }
    }

    /// The order id of the record at a position; empty when there is none that can be read.
    func orderID(partition: Int, position: Int64) throws -> [UInt8] {
        let reader = OrderReader()
        var id: [UInt8] = []
        try log.forEachRecord(in: partition, range: position..<position + 1) { record in
            _ = reader.read(record.bytes, futureBound: .max)
            id = reader.orderID.map { Array($0) } ?? []
        }
        return id
    }
}
