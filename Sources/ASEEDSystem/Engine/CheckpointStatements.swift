internal import SQLite

/// The prepared statements of a batch's transaction. The work is proportional to what changed.
final class CheckpointStatements {
    private let batch: Statement
    private let position: Statement
    private let product: Statement
    private let category: Statement
    private let window: Statement
    private let total: Statement
    private let reject: Statement
    private let latest: Statement
    private let outbox: Statement
    private let deadLetter: Statement
    private let meta: Statement
    /// Rows of `dead_letters`.
    private(set) var deadLetterCount: Int64

    init(_ database: Database) throws(SQLiteError) {
        func insert(_ table: String, _ columns: Int) throws(SQLiteError) -> Statement {
            let marks = [String](repeating: "?", count: columns).joined(separator: ",")
            return try database.prepare("INSERT OR REPLACE INTO \(table) VALUES (\(marks))")
        }
        batch = try insert("batches", 14)
        position = try insert("positions", 3)
        product = try insert("products", 8)
        category = try insert("categories", 6)
        window = try insert("windows", 8)
        total = try insert("totals", 5)
        reject = try insert("rejects", 2)
        latest = try insert("latest_orders", 10)
        outbox = try insert("outbox", 2)
        deadLetter = try insert("dead_letters", 6)
        meta = try insert("meta", 2)
        deadLetterCount = try database.integer("SELECT count(*) FROM dead_letters") ?? 0
    }

    func write(
        _ changes: BatchChanges, state: EngineState, epoch: Int64
    ) throws(SQLiteError) {
        try writeBatch(changes, state, epoch)
        for id in changes.groups { try writeProduct(id, state) }
        for id in changes.categories { try writeCategory(state.categories[Int(id)]) }
        for key in changes.windows {
            guard let window = state.windows[key] else { continue }
            for (id, sums) in window.categories where window.changedIn[id] == changes.batchID {
                try writeWindow(key, id, sums, final: nil, changes.windowSpecs, state)
            }
        }
        for (key, window) in changes.finals {
            for (id, sums) in window.categories {
                try writeWindow(key, id, sums, final: changes.batchID, changes.windowSpecs, state)
            }
        }
        if !changes.finals.isEmpty {
            outbox.bind(changes.batchID, at: 1)
            outbox.bind(
                Int64(changes.finals.reduce(0) { $0 + $1.window.categories.count }), at: 2)
            try outbox.run()
        }
        try writeProfile(state.profile)
        if changes.latestChanged { try writeLatest(state.latest) }
        try writeDeadLetters(changes)
        for (key, value) in [
            ("watermark_floor", state.watermark.floorUs),
            ("watermark_next", state.watermark.nextUs),
            ("latest_event_time", state.latestUs),
            ("dead_letters_dropped", state.profile.deadLettersDropped),
        ] {
            meta.bind(key, at: 1)
            meta.bind(value, at: 2)
            try meta.run()
        }
    }

    private func writeBatch(
        _ changes: BatchChanges, _ state: EngineState, _ epoch: Int64
    ) throws(SQLiteError) {
        let floor = changes.context.lateFloorUs
        for part in changes.parts {
            let scan = part.scan
            let values: [Int64?] = [
                changes.batchID, Int64(scan.partition), part.start, part.end, scan.records,
                scan.valid, scan.rejected, scan.latePairs, scan.lateRecords, Int64(part.crc),
                changes.context.futureBoundUs, floor == .min ? nil : floor,
                changes.watermarkUs == .min ? nil : changes.watermarkUs, epoch,
            ]
            for (index, value) in values.enumerated() { batch.bind(value, at: Int32(index + 1)) }
            try batch.run()
            position.bind(Int64(scan.partition), at: 1)
            position.bind(part.end, at: 2)
            position.bind(scan.highUs == .min ? nil : scan.highUs, at: 3)
            try position.run()
        }
    }

    private func writeProduct(_ id: Int32, _ state: EngineState) throws(SQLiteError) {
        let group = state.groups[Int(id)]
        product.bind(Int64(id), at: 1)
        group.key.bytes.withUnsafeBytes { bytes in
            let nameStart = Int(group.key.idCount)
            let categoryStart = nameStart + Int(group.key.nameCount)
            product.bind(text: .init(rebasing: bytes[..<nameStart]), at: 2)
            product.bind(text: .init(rebasing: bytes[nameStart..<categoryStart]), at: 3)
            product.bind(text: .init(rebasing: bytes[categoryStart...]), at: 4)
        }
        bind(group.sums, to: product, from: 5)
        try product.run()
    }

    private func writeCategory(_ value: EngineState.Category) throws(SQLiteError) {
        value.name.withUnsafeBytes { category.bind(text: $0, at: 1) }
        bind(value.sums, to: category, from: 2)
        category.bind(value.uniqueProducts, at: 6)
        try category.run()
    }

    private func writeWindow(
        _ key: EngineState.WindowKey, _ id: Int32, _ sums: ExactSums, final: Int64?,
        _ specs: [WindowSpec], _ state: EngineState
    ) throws(SQLiteError) {
        window.bind(key.startUs, at: 1)
        window.bind(key.startUs + specs[key.spec].sizeUs, at: 2)
        state.categories[Int(id)].name.withUnsafeBytes { window.bind(text: $0, at: 3) }
        bind(sums, to: window, from: 4)
        window.bind(final, at: 8)
        try window.run()
    }

    private func writeProfile(_ profile: OrderProfile) throws(SQLiteError) {
        func write(_ name: String, _ sums: ExactSums) throws(SQLiteError) {
            total.bind(name, at: 1)
            bind(sums, to: total, from: 2)
            try total.run()
        }
        func write(_ name: String, _ share: OrderProfile.Share) throws(SQLiteError) {
            try write(name, ExactSums(count: share.count, revenue: share.revenue))
        }
        try write("all", profile.totals)
        for band in PriceBand.allCases {
            try write("band \(band.name)", profile.bands[band.rawValue])
        }
        for hour in 0..<24 where profile.hours[hour].count > 0 {
            try write("hour \(hour)", profile.hours[hour])
        }
        for day in 0..<7 where profile.weekdays[day].count > 0 {
            try write("weekday \(day + 1)", profile.weekdays[day])
        }
        try write("records", OrderProfile.Share(count: profile.records))
        try write("late_pairs", OrderProfile.Share(count: profile.latePairs))
        try write("late_records", OrderProfile.Share(count: profile.lateRecords))
        for reason in RejectReason.allCases where profile.rejects[Int(reason.rawValue)] > 0 {
            reject.bind(reason.name, at: 1)
            reject.bind(profile.rejects[Int(reason.rawValue)], at: 2)
            try reject.run()
        }
    }

    private func writeLatest(_ orders: [LatestOrder]) throws(SQLiteError) {
        for (rank, order) in orders.enumerated() {
            latest.bind(Int64(rank), at: 1)
            for (index, text) in [
                order.orderID, order.productID, order.productName, order.category,
            ].enumerated() {
                text.withUnsafeBytes { latest.bind(text: $0, at: Int32(index + 2)) }
            }
            latest.bind(Decimals.money(Int128(order.price)), at: 6)
            latest.bind(order.quantity, at: 7)
            latest.bind(order.eventTimeUs, at: 8)
            latest.bind(Int64(order.partition), at: 9)
            latest.bind(order.position, at: 10)
            try latest.run()
        }
    }

    private func writeDeadLetters(_ changes: BatchChanges) throws(SQLiteError) {
        for letter in changes.deadLetters {
            deadLetter.bind(Int64(letter.partition), at: 1)
            deadLetter.bind(letter.position, at: 2)
            deadLetter.bind(changes.batchID, at: 3)
            deadLetter.bind(letter.reason.name, at: 4)
            deadLetter.bind(Int64(letter.byteCount), at: 5)
            letter.bytes.withUnsafeBytes { deadLetter.bind(blob: $0, at: 6) }
            try deadLetter.run()
        }
        deadLetterCount += Int64(changes.deadLetters.count)
    }

    private func bind(_ sums: ExactSums, to statement: Statement, from index: Int32) {
        statement.bind(sums.count, at: index)
        statement.bind(sums.quantity, at: index + 1)
        statement.bind(Decimals.money(sums.revenue), at: index + 2)
        statement.bind(Decimals.money(sums.price), at: index + 3)
    }
}
