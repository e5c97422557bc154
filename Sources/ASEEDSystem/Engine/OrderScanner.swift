internal import CBytes
internal import Glibc

/// One worker's reading, checking and summing of orders. Owned by one thread.
///
/// The loop in `OrderScanner+Scan.swift` is the data plane: nothing in it allocates, locks or counts
/// references for a usual order. Everything else here is called for unusual ones.
final class OrderScanner {
    /// How far past a block's end the scanner may read; these bytes are zero.
    static let slackBytes = 1024

    let groups = GroupTable()
    let segments = SegmentTable()
    let panes = PaneTable()
    let validator = RecordValidator()
    let plans = PlanBook()
    let grid: PaneGrid
    var context = BatchContext()

    /// Sums by group id of this worker.
    var sums: UnsafeMutablePointer<Accumulator>
    /// Ids of the groups with orders in this batch.
    var touched: UnsafeMutablePointer<Int32>
    private var sumCapacity = 1024
    var touchedCount = 0

    /// Count and revenue of the orders from the middle band's lower bound on, and of those from the
    /// upper band's on.
    var midOrMore = Accumulator()
    var premium = Accumulator()
    /// Records that went through the validator, since the start.
    var slowRecords = 0
    /// Counts of rejected records by `RejectReason.rawValue`.
    var rejects: InlineArray<18, Int64> = .init(repeating: 0)
    var deadLetters: [DeadLetter] = []
    /// Bytes kept in `deadLetters`.
    private var deadLetterBytes = 0
    /// Dead letters of this batch that were over the limit.
    var deadLettersDropped: Int64 = 0
    var late = LateSums()
    var large = LargeSums()

    /// The pane that the last order fell into.
    var paneStart = Int64.min
    var paneRow: UnsafeMutablePointer<Accumulator>
    var paneLateLimit = Int64.max

    /// The product's strings of the record at hand, while they are read piece by piece.
    let product: UnsafeMutablePointer<GroupTable.RawProduct>

    let minutes: UnsafeMutablePointer<MinuteEntry>
    static let minuteMask = 63
    let powers: UnsafeMutablePointer<Int64>

    /// A minute's 16 characters and its time.
    struct MinuteEntry: BitwiseCopyable {
        var key0: UInt64 = 0
        var key1: UInt64 = 0
        var timeUs: Int64 = .min
    }

    init(grid: PaneGrid) {
        self.grid = grid
        sums = .allocate(capacity: sumCapacity)
        sums.initialize(repeating: Accumulator(), count: sumCapacity)
        touched = .allocate(capacity: sumCapacity)
        touched.initialize(repeating: 0, count: sumCapacity)
        minutes = .allocate(capacity: Self.minuteMask + 1)
        minutes.initialize(repeating: MinuteEntry(), count: Self.minuteMask + 1)
        // 10^(4 - digits of the fraction), by that number of digits; 0 where there is none.
        powers = .allocate(capacity: 8)
        powers.initialize(repeating: 0, count: 8)
        for digits in 1...4 { powers[digits] = [0, 1000, 100, 10, 1][digits] }
        product = .allocate(capacity: 1)
        let nothing = UnsafeRawPointer(powers).assumingMemoryBound(to: UInt8.self)
        product.initialize(to: .init(id: nothing, name: nothing, category: nothing))
        paneRow = panes.rows
    }

    deinit {
        product.deallocate()
        sums.deallocate()
        touched.deallocate()
        minutes.deallocate()
        powers.deallocate()
    }

    /// The group of the strings in `product`, when they were seen before.
    @inline(never)
    func findProduct() -> GroupTable.IDs? { groups.find(product.pointee) }

    /// Starts a batch; the sums of the last one are cleared.
    func begin(_ context: BatchContext) {
        self.context = context
        for index in 0..<touchedCount { sums[Int(touched[index])] = Accumulator() }
        touchedCount = 0
        panes.clear()
        groups.clearNew()
        midOrMore = Accumulator()
        premium = Accumulator()
        rejects = .init(repeating: 0)
        deadLetters.removeAll(keepingCapacity: true)
        deadLettersDropped = 0
        deadLetterBytes = 0
        late = LateSums()
        large = LargeSums()
        leavePane()
    }

    /// Forgets the current pane: its late limit depends on the partition's high time.
    func leavePane() {
        paneStart = .min
        paneRow = panes.rows
        paneLateLimit = .max
    }

    /// Goes to the pane of a time.
    ///
    /// - Returns: false when the batch has no room for a further pane.
    @inline(never)
    func enterPane(of timeUs: Int64, partitionHighUs: Int64) -> Bool {
        guard hasRoomForPane(of: timeUs) else { return false }
        let start = grid.start(of: timeUs)
        let row = panes.row(paneStart: start) {
            let end = grid.earliestEnd(paneStart: start)
            return end == .max ? .max : context.lateLimit(earliestEndUs: end)
        }
        paneStart = start
        paneRow = panes.rows + row * panes.stride
        let limit = panes.lateLimits[row]
        paneLateLimit = partitionHighUs >= limit ? .min : limit
        return true
    }

    /// Whether the batch has room for the pane of a time.
    func hasRoomForPane(of timeUs: Int64) -> Bool {
        !panes.isFull || panes.hasRow(paneStart: grid.start(of: timeUs))
    }

    /// Makes room for the sums of a new group and its category.
    @inline(never)
    func makeRoom() {
        if groups.groupCount > sumCapacity {
            let capacity = sumCapacity * 2
            let newSums = UnsafeMutablePointer<Accumulator>.allocate(capacity: capacity)
            newSums.initialize(repeating: Accumulator(), count: capacity)
            newSums.update(from: sums, count: sumCapacity)
            let newTouched = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
            newTouched.initialize(repeating: 0, count: capacity)
            newTouched.update(from: touched, count: touchedCount)
            sums.deallocate()
            touched.deallocate()
            (sums, touched, sumCapacity) = (newSums, newTouched, capacity)
        }
        panes.makeRoom(categories: groups.categoryCount)
    }

    /// The minute of a timestamp's first 16 characters; `Int64.min` when they are none.
    @inline(never)
    func minute(_ text: UnsafePointer<UInt8>, _ key0: UInt64, _ key1: UInt64) -> Int64 {
        let mixed = (key0 ^ key1) &* 0x9e37_79b9_7f4a_7c15
        let entry = minutes + (Int(truncatingIfNeeded: mixed >> 48) & Self.minuteMask)
        if entry.pointee.key0 == key0, entry.pointee.key1 == key1 { return entry.pointee.timeUs }
        guard let time = TimestampRule.minute(text) else { return .min }
        entry.pointee = MinuteEntry(key0: key0, key1: key1, timeUs: time)
        return time
    }

    /// An order that the loop does not sum by itself: late, of very high revenue, or of a category
    /// beyond the dense rows.
    @inline(never)
    func addUnusual(
        _ ids: GroupTable.IDs, _ values: OrderValues, scan: inout PartitionScan, highUs: Int64
    ) {
        let revenue = values.price * values.quantity
        if highUs >= paneLateLimit {
            addIfLate(ids.category, values, revenue, scan: &scan, highUs: highUs)
        }
        let isLarge = revenue >= Accumulator.largeRevenue
        let small = isLarge ? 0 : revenue
        sums[Int(ids.group)].add(
            quantity: values.quantity, revenue: small, price: values.price)
        if Int(ids.category) < panes.stride {
            paneRow[Int(ids.category)].add(
                quantity: values.quantity, revenue: small, price: values.price)
        } else {
            panes.addSparse(
                paneStart: paneStart, category: ids.category, quantity: values.quantity,
                revenue: small, price: values.price)
        }
        let band = PriceBand(price: values.price)
        if band != .budget {
            midOrMore.count += 1
            midOrMore.revenue += small
        }
        if band == .premium {
            premium.count += 1
            premium.revenue += small
        }
        if isLarge {
            large.add(
                revenue, group: ids.group, paneStart: paneStart, category: ids.category, band: band)
        }
    }

    private func addIfLate(
        _ category: Int32, _ values: OrderValues, _ revenue: Int64, scan: inout PartitionScan,
        highUs: Int64
    ) {
        let sums = ExactSums(
            count: 1, quantity: values.quantity, revenue: Int128(revenue),
            price: Int128(values.price))
        // R38: late is the record that none of its windows takes, whichever query they belong to.
        var contributed = false
        for (index, spec) in grid.windows.enumerated() {
            var start = spec.lastStart(at: values.eventTime)
            while start + spec.sizeUs > values.eventTime {
                if context.contributes(windowEndUs: start + spec.sizeUs, highUs: highUs) {
                    contributed = true
                } else {
                    scan.latePairs += 1
                    let key = LateSums.Key(spec: index, windowStart: start, category: category)
                    late.sums[key, default: ExactSums()].add(sums)
                }
                start -= spec.slideUs
            }
        }
        if !contributed { scan.lateRecords += 1 }
    }

    /// Whether the batch must end: its dead letters are kept in memory until it is committed.
    var isFullOfDeadLetters: Bool { deadLetterBytes >= DeadLetter.maxBatchBytes }

    /// Counts a rejected record and keeps it for the dead-letter log.
    @inline(never)
    func reject(
        _ reason: RejectReason, _ record: UnsafePointer<UInt8>, count: Int, byteCount: Int,
        position: Int64, scan: inout PartitionScan
    ) {
        rejects[Int(reason.rawValue)] += 1
        scan.rejected += 1
        guard deadLetters.count < context.deadLetterLimit else {
            deadLettersDropped += 1
            return
        }
        let kept = min(count, DeadLetter.keptBytes)
        deadLetterBytes += kept
        deadLetters.append(
            DeadLetter(
                partition: scan.partition, position: position, reason: reason,
                byteCount: byteCount,
                bytes: Array(UnsafeBufferPointer(start: record, count: kept))))
    }
}

/// (Record, window) pairs of one batch that did not contribute (R38).
struct LateSums {
    struct Key: Hashable {
        var spec: Int
        var windowStart: Int64
        var category: Int32
    }

    var sums: [Key: ExactSums] = [:]
}

/// Revenue of orders that 64-bit sums are not safe for.
struct LargeSums {
    var groups: [Int32: Int128] = [:]
    var panes: [PaneTable.SparseKey: Int128] = [:]
    var midOrMore: Int128 = 0
    var premium: Int128 = 0

    mutating func add(
        _ revenue: Int64, group: Int32, paneStart: Int64, category: Int32, band: PriceBand
    ) {
        groups[group, default: 0] += Int128(revenue)
        panes[.init(paneStart: paneStart, category: category), default: 0] += Int128(revenue)
        if band != .budget { midOrMore += Int128(revenue) }
        if band == .premium { premium += Int128(revenue) }
    }
}
