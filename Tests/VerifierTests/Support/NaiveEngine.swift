import Verifier

/// A group's sums.
struct NaiveSums: Equatable {
    var count: Int128 = 0
    var quantity: Int128 = 0
    var revenue: Int128 = 0
    var price: Int128 = 0
    var products: Set<String> = []

    mutating func add(_ order: TrueOrder) {
        count += 1
        quantity += Int128(order.quantity)
        revenue += Int128(order.price4) * Int128(order.quantity)
        price += Int128(order.price4)
        products.insert(order.productID)
    }
}

/// Text by its bytes: Swift's String calls canonically equal texts equal (R26 does not).
struct ByteKey: Hashable, Comparable {
    var bytes: [UInt8]
    init(_ text: String) { bytes = Array(text.utf8) }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    static func < (left: ByteKey, right: ByteKey) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

struct WindowKey: Hashable {
    var start: Int64
    var end: Int64
    var category: ByteKey
}

struct ProductKey: Hashable {
    var id: ByteKey
    var name: ByteKey
    var category: ByteKey
}

/// What is wrong with an engine.
enum Mutation: String, CaseIterable {
    case skipsAnOrder, skipsAnOrderInWindows, doublesAfterRestart, losesAfterRestart
    case closedWindowEdge, dropsLateItShouldKeep, keepsLateItShouldDrop, doubleMoney, stalePublish
    case rawCategory, losesReject, wrongRejectReason, rejectsValid, acceptsInvalid, wrongAverage
    case truncatedAverage, finalOneBatchLate, wrongChecksum, gapBetweenBatches
    case overlappingBatches, watermarkOfFastest, wrongLateCount, wrongTopOrder, missingFinal
    case conflictingFinal, fallingPublication, wrongHour, wrongLatestOrder, missingSnapshot
    case composedCategory, wrongPositions, newestNeverPublished
}

/// A slow, plain engine over true records: Swift dictionaries, no SQL, no parser.
struct NaiveEngine {
    var run: RunDescription
    var mutation: Mutation?
    /// The batch before which a new engine takes over.
    var restart: Int64?

    // State.
    var totals = NaiveSums()
    var products: [ProductKey: NaiveSums] = [:]
    var categories: [ByteKey: NaiveSums] = [:]
    var windows: [WindowKey: NaiveSums] = [:]
    var finals: [WindowKey: Int64] = [:]
    var bands: [String: NaiveSums] = [:]
    var hours: [Int64: NaiveSums] = [:]
    var weekdays: [Int64: NaiveSums] = [:]
    var rejected: [String: Int] = [:]
    var rejectedCount = 0
    var latePairs = 0
    var lateRecords = 0
    var latest: [TrueRecord] = []
    var highs: [Int64?]
    var watermark: Int64?
    var lateFloor: Int64?
    var maxSeen: Int64?
    var isFirstBatch = true
    var hasMutated = false
    var lastApplied: [TrueRecord] = []

    // Output.
    var batches: [BatchLogRow] = []
    var deadLetters: [DeadLetter] = []
    var snapshots: [NaiveEngine] = []
    var positions: [Int64]
    var batchID: Int64 = -1
    var epoch: Int64 = 1

    init(run: RunDescription, partitions: Int, mutation: Mutation? = nil, restart: Int64? = nil) {
        self.run = run
        self.mutation = mutation
        self.restart = restart
        highs = Array(repeating: nil, count: partitions)
        positions = Array(repeating: 0, count: partitions)
    }

    var delay: Int64 { run.watermarkDelayMs * 1_000 }

    /// Whether this is the time to make the one mistake.
    mutating func makesMistake(_ kind: Mutation, when condition: Bool = true) -> Bool {
        guard mutation == kind, condition, !hasMutated else { return false }
        hasMutated = true
        return true
    }

    /// Takes a batch: the next records of each partition.
    mutating func take(_ ranges: [[TrueRecord]]) {
        batchID += 1
        if batchID == restart { restartEngine() }
        beginBounds()
        let latePairsBefore = latePairs
        let lateRecordsBefore = lateRecords
        var rows: [BatchLogRow] = []
        lastApplied = []
        for (partition, records) in ranges.enumerated() {
            rows.append(take(records, of: partition))
        }
        endBounds()
        for index in rows.indices {
            rows[index].watermark = watermark
            rows[index].lateFloor = lateFloor
        }
        rows[0].latePairs = Int64(latePairs - latePairsBefore)
        rows[0].lateRecords = Int64(lateRecords - lateRecordsBefore)
        if makesMistake(.wrongLateCount, when: batchID == 2) { rows[0].latePairs += 1 }
        if makesMistake(.wrongChecksum, when: batchID == 1) { rows[0].crc32c ^= 1 }
        batches += rows
        finish()
    }

    private mutating func restartEngine() {
        epoch += 1
        if makesMistake(.doublesAfterRestart) {
            for record in lastApplied { count(record) }
        }
        if makesMistake(.losesAfterRestart), let older = snapshots.dropLast().last {
            let kept = self
            self = older
            batchID = kept.batchID
            epoch = kept.epoch
            batches = kept.batches
            deadLetters = kept.deadLetters
            snapshots = kept.snapshots
            positions = kept.positions
            highs = kept.highs
            watermark = kept.watermark
            lateFloor = kept.lateFloor
            rejected = kept.rejected
            rejectedCount = kept.rejectedCount
            finals = kept.finals
            hasMutated = true
        }
    }

    private mutating func beginBounds() {
        switch run.policy {
        case .record: lateFloor = watermark
        case .batch:
            // R35: W(0) = 0 and W(n+1) = max(W(n), M − delay).
            lateFloor = isFirstBatch ? 0 : watermark
            watermark = max(watermark ?? 0, maxSeen.map { $0 / 1_000 * 1_000 - delay } ?? 0)
        }
        isFirstBatch = false
    }

    private mutating func endBounds() {
        guard run.policy == .record else { return }
        let known = highs.compactMap { $0 }
        let pick = mutation == .watermarkOfFastest ? known.max() : known.min()
        guard known.count == highs.count, let pick else { return }
        watermark = max(watermark ?? .min, pick - delay)
    }

    private mutating func take(_ records: [TrueRecord], of partition: Int) -> BatchLogRow {
        var row = BatchLogRow(
            batchID: batchID, partition: partition, start: positions[partition],
            end: records.last?.next ?? positions[partition], records: Int64(records.count),
            valid: 0, rejected: 0, latePairs: 0, lateRecords: 0,
            crc32c: bitwiseCRC32C(records.flatMap { $0.line + [0x0a] }),
            futureBound: RandomLog.futureBound, lateFloor: nil, watermark: nil, epoch: epoch)
        var records = records
        if batchID == 2, partition == 0, let first = records.first {
            if makesMistake(.gapBetweenBatches) {
                records.removeFirst()
                row.start = first.next
                row.records -= 1
                row.crc32c = bitwiseCRC32C(records.flatMap { $0.line + [0x0a] })
            }
        }
        if batchID == 2, partition == 0, let last = lastOf(partition),
            makesMistake(.overlappingBatches)
        {
            records.insert(last, at: 0)
            row.start = last.position
            row.records += 1
            row.crc32c = bitwiseCRC32C(records.flatMap { $0.line + [0x0a] })
        }
        positions[partition] = row.end
        for record in records {
            if let order = record.order {
                if batchID == 1, makesMistake(.rejectsValid) {
                    reject(record, "price_range", &row)
                    continue
                }
                row.valid += 1
                highs[partition] = max(highs[partition] ?? .min, order.eventTime)
                maxSeen = max(maxSeen ?? .min, order.eventTime)
                lastOrders[partition] = record
                if batchID == 1, makesMistake(.skipsAnOrder) { continue }
                lastApplied.append(record)
                count(record)
            } else if batchID > 0, makesMistake(.acceptsInvalid) {
                row.valid += 1
                let order = TrueOrder(
                    orderID: "x", productID: "P", productName: "N", rawCategory: "C",
                    category: "C", price4: 10_000, quantity: 2, eventTime: highs[partition] ?? 0)
                var accepted = record
                accepted.order = order
                count(accepted)
            } else {
                reject(record, record.reason, &row)
            }
        }
        return row
    }

    private var lastOrders: [Int: TrueRecord] = [:]
    private func lastOf(_ partition: Int) -> TrueRecord? {
        lastOrders[partition].flatMap { $0.next == positions[partition] ? $0 : nil }
    }

    private mutating func reject(_ record: TrueRecord, _ reason: String, _ row: inout BatchLogRow) {
        row.rejected += 1
        rejected[reason, default: 0] += 1
        rejectedCount += 1
        if makesMistake(.losesReject, when: batchID == 1) { return }
        let isWrong = makesMistake(.wrongRejectReason, when: reason != "empty")
        deadLetters.append(
            DeadLetter(
                partition: record.partition, position: record.position, batchID: batchID,
                reason: isWrong ? "empty" : reason, byteCount: Int64(record.line.count),
                record: record.line))
    }

    /// Counts a valid order in every query.
    private mutating func count(_ record: TrueRecord) {
        guard let order = record.order else { return }
        let category = ByteKey(
            mutation == .rawCategory
                ? order.rawCategory
                : mutation == .composedCategory
                    ? order.category.replacing("e\u{301}", with: "\u{e9}") : order.category)
        totals.add(order)
        let product = ProductKey(
            id: ByteKey(order.productID), name: ByteKey(order.productName), category: category)
        products[product, default: NaiveSums()].add(order)
        categories[category, default: NaiveSums()].add(order)
        let band =
            order.price4 < 500_000 ? "Budget" : order.price4 < 2_000_000 ? "Mid-range" : "Premium"
        bands[band, default: NaiveSums()].add(order)
        let shift: Int64 = makesMistake(.wrongHour) ? 1 : 0
        hours[(order.eventTime / 3_600_000_000 + shift) % 24, default: NaiveSums()].add(order)
        // 1970-01-04 was a Sunday.
        let weekday = (order.eventTime / 86_400_000_000 - 3 + 7_000_000) % 7 + 1
        weekdays[weekday, default: NaiveSums()].add(order)
        latest.append(record)
        // Only an order that came in order, into a window that has others: else it can't be told from
        // one that was dropped as late, or from a window that is not published at all.
        let window = run.windows[0].sizeMs * 1_000
        let key = WindowKey(
            start: order.eventTime / window * window,
            end: order.eventTime / window * window + window,
            category: category)
        let isPlain = windows[key] != nil && order.eventTime == highs[record.partition]
        if batchID > 0, makesMistake(.skipsAnOrderInWindows, when: isPlain) { return }
        countInWindows(order, category, high: highs[record.partition] ?? .min)
    }

    private mutating func countInWindows(_ order: TrueOrder, _ category: ByteKey, high: Int64) {
        var taken = false
        for window in run.windows {
            let size = window.sizeMs * 1_000
            let slide = window.slideMs * 1_000
            let offset = window.offsetMs * 1_000
            var start = offset + ((order.eventTime - offset) / slide - 1) * slide
            while start > order.eventTime { start -= slide }
            while start + slide <= order.eventTime { start += slide }
            var isClosed = mutation == .closedWindowEdge && start == order.eventTime
            if isClosed { start -= slide }
            while start + size > order.eventTime || isClosed && start + size >= order.eventTime {
                let end = start + size
                if contributes(end: end, high: high) {
                    windows[
                        WindowKey(start: start, end: end, category: category),
                        default: NaiveSums()
                    ].add(order)
                    taken = true
                } else {
                    latePairs += 1
                }
                start -= slide
                if isClosed, start + size < order.eventTime { isClosed = false }
            }
        }
        if !taken { lateRecords += 1 }
    }

    private func contributes(end: Int64, high: Int64) -> Bool {
        if mutation == .keepsLateItShouldDrop { return true }
        let strict = mutation == .dropsLateItShouldKeep ? delay : 0
        switch run.policy {
        case .record:
            return end > high - delay + strict && end > lateFloor ?? .min
        case .batch: return end > (lateFloor ?? 0) + (lateFloor ?? 0 > 0 ? strict : 0)
        }
    }

    private mutating func finish() {
        if let watermark {
            for key in windows.keys where finals[key] == nil {
                let isFinal =
                    mutation == .finalOneBatchLate
                    ? snapshots.last?.watermark.map { key.end <= $0 } ?? false
                    : key.end <= watermark
                if isFinal { finals[key] = batchID }
            }
        }
        latest.sort { left, right in
            (left.order?.eventTime ?? 0, left.partition, left.position)
                > (right.order?.eventTime ?? 0, right.partition, right.position)
        }
        var copy = self
        copy.snapshots = []
        snapshots.append(copy)
    }
}

/// CRC-32C bit by bit.
func bitwiseCRC32C(_ bytes: [UInt8]) -> UInt32 {
    var state: UInt32 = 0xffff_ffff
    for byte in bytes {
        state ^= UInt32(byte)
        for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0x82f6_3b78 : state >> 1 }
    }
    return state ^ 0xffff_ffff
}
