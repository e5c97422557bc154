import SQLite

/// What the log holds of one row of the batch log.
struct RangeFacts {
    var row: BatchLogRow
    var records: Int64 = 0
    var valid: Int64 = 0
    var rejected: Int64 = 0
    var checksum = CRC32C.start
    /// A record starts in the range and ends after it.
    var cutsRecord = false
}

/// What the log holds of one partition.
struct PartitionFacts {
    /// The first position and the end.
    var bounds: Range<Int64>
    /// The batch ranges in log order.
    var ranges: [RangeFacts] = []
    /// Records between two ranges, and the first one's position.
    var recordsInGaps: Int64 = 0
    /// Records after the last range.
    var recordsAfter: Int64 = 0
    var recordsInLog: Int64 = 0
}

/// Reads the log once: judges each record, fills the reference's tables, and takes the counts and
/// checksums of the batch ranges.
final class LogLoader {
    private let log: any RecordSource
    private let reference: ReferenceDatabase
    /// Knows which records the log holds, for the producer's account; nil when nobody asks.
    private let ledger: ProducerLedger?
    /// Holds the dead letters against the records; nil when there are none.
    private let letters: DeadLetterBytes?

    private let reader = OrderReader()
    private let crc = CRC32C()
    private let rawCategories = TextTable()
    private let categories = TextTable()
    private let products = TextTable()
    /// The cleaned category of each category as it was sent, and of each product.
    private var categoryOfRaw: [Int] = []
    private var productKey: [UInt8] = []

    private let insertValid: Statement
    private let insertRejected: Statement
    private let insertCategory: Statement
    private let insertProduct: Statement

    private(set) var partitions: [PartitionFacts] = []

    init(
        log: any RecordSource, reference: ReferenceDatabase, ledger: ProducerLedger?,
        letters: DeadLetterBytes?
    ) throws {
        self.log = log
        self.reference = reference
        self.ledger = ledger
        self.letters = letters
        let database = reference.database
        insertValid = try database.prepare(
            "INSERT INTO valid VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)")
        insertRejected = try database.prepare("INSERT INTO rejected VALUES (?, ?, ?, ?, ?)")
        insertCategory = try database.prepare("INSERT INTO categories VALUES (?, ?)")
        insertProduct = try database.prepare("INSERT INTO products VALUES (?, ?, ?, ?)")
    }

    /// Reads all partitions.
    func load(_ batches: [BatchLogRow]) throws {
        try reference.database.execute("BEGIN")
        try reference.insertRanges(batches)
        for partition in 0..<log.partitionCount {
            let rows = batches.filter { $0.partition == partition }
            partitions.append(try load(partition, rows.sorted { $0.batchID < $1.batchID }))
        }
        try reference.database.execute("COMMIT")
    }

    private func load(_ partition: Int, _ rows: [BatchLogRow]) throws -> PartitionFacts {
        var facts = PartitionFacts(bounds: try log.bounds(of: partition))
        facts.ranges = rows.map { RangeFacts(row: $0) }
        insertValid.bind(Int64(partition), at: 1)
        insertRejected.bind(Int64(partition), at: 1)
        ledger?.startPartition()
        var current = 0
        try log.forEachRecord(in: partition, range: facts.bounds) { record in
            facts.recordsInLog += 1
            while current < facts.ranges.count, facts.ranges[current].row.end <= record.position {
                current += 1
            }
            let isConsumed = current < facts.ranges.count
            let isInRange = isConsumed && facts.ranges[current].row.start <= record.position
            let bound = isConsumed ? facts.ranges[current].row.futureBound : Int64.max
            let verdict = reader.read(record.bytes, futureBound: bound)
            ledger?.noteRecord(position: record.position, orderID: reader.orderID)
            guard isConsumed else {
                facts.recordsAfter += 1
                return
            }
            if isInRange {
                facts.ranges[current].count(record, verdict, crc)
            } else {
                facts.recordsInGaps += 1
            }
            // A record in a gap belongs to what the next batch says it has covered (R45).
            let batch = facts.ranges[current].row.batchID
            switch verdict {
            case .success(let order): try insert(order, at: record.position, batch)
            case .failure(let reason):
                letters?.note(record, in: partition)
                try insert(reason, of: record, batch)
            }
        }
        try recountOverlaps(&facts, in: partition)
        return facts
    }

    /// A range that starts before the end of an earlier one got only a part of its records: it is
    /// read on its own. (In a sound batch log there is none.)
    private func recountOverlaps(_ facts: inout PartitionFacts, in partition: Int) throws {
        var end = Int64.min
        for index in facts.ranges.indices {
            var range = RangeFacts(row: facts.ranges[index].row)
            defer { end = max(end, range.row.end) }
            guard range.row.start < end, range.row.start < range.row.end else { continue }
            try log.forEachRecord(in: partition, range: range.row.start..<range.row.end) {
                range.count($0, reader.read($0.bytes, futureBound: range.row.futureBound), crc)
            }
            facts.ranges[index] = range
        }
    }

    private func insert(_ order: Order, at position: Int64, _ batch: Int64) throws {
        let category = try category(of: order)
        insertValid.bind(position, at: 2)
        insertValid.bind(batch, at: 3)
        insertValid.bind(order.eventTime, at: 4)
        insertValid.bind(Int64(try product(of: order, category)), at: 5)
        insertValid.bind(Int64(category), at: 6)
        insertValid.bind(order.price4, at: 7)
        insertValid.bind(order.quantity, at: 8)
        try insertValid.run()
    }

    private func insert(_ reason: RejectReason, of record: LogRecord, _ batch: Int64) throws {
        insertRejected.bind(record.position, at: 2)
        insertRejected.bind(batch, at: 3)
        insertRejected.bind(reason.name, at: 4)
        insertRejected.bind(Int64(record.bytes.count), at: 5)
        try insertRejected.run()
    }

    /// The number of an order's category; each spelling is cleaned once (R25).
    private func category(of order: Order) throws -> Int {
        let raw = rawCategories.number(of: order.category)
        guard raw.isNew else { return categoryOfRaw[raw.number] }
        let number = try withUnsafeTemporaryAllocation(
            byteCount: order.category.count, alignment: 1
        ) { buffer in
            let count = cleanCategory(order.category, into: buffer)
            let cleaned = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            let category = categories.number(of: cleaned)
            if category.isNew {
                insertCategory.bind(Int64(category.number), at: 1)
                insertCategory.bind(text: cleaned, at: 2)
                try insertCategory.run()
            }
            return category.number
        }
        categoryOfRaw.append(number)
        return number
    }

    /// The number of an order's (product_id, product_name, category).
    private func product(of order: Order, _ category: Int) throws -> Int {
        // No text contains U+0000 (R16): it keeps the two apart.
        productKey.removeAll(keepingCapacity: true)
        productKey.append(contentsOf: order.productID)
        productKey.append(0)
        productKey.append(contentsOf: order.productName)
        productKey.append(0)
        withUnsafeBytes(of: Int32(category)) { productKey.append(contentsOf: $0) }
        let product = productKey.withUnsafeBytes { products.number(of: $0) }
        if product.isNew {
            insertProduct.bind(Int64(product.number), at: 1)
            insertProduct.bind(text: order.productID, at: 2)
            insertProduct.bind(text: order.productName, at: 3)
            insertProduct.bind(Int64(category), at: 4)
            try insertProduct.run()
        }
        return product.number
    }
}

extension RangeFacts {
    mutating func count(
        _ record: LogRecord, _ verdict: Result<Order, RejectReason>, _ crc: CRC32C
    ) {
        records += 1
        switch verdict {
        case .success: valid += 1
        case .failure: rejected += 1
        }
        checksum = crc.update(checksum, with: record.covered)
        if record.nextPosition > row.end { cutsRecord = true }
    }
}
