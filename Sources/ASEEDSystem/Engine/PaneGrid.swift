/// How event time is cut into panes: equal pieces that no window edge and no full hour cuts, so that
/// windows, hours and weekdays are sums of panes.
struct PaneGrid: Sendable {
    let widthUs: Int64
    let originUs: Int64
    let windows: [WindowSpec]

    init(windows: [WindowSpec]) {
        let hourMs: Int64 = 3_600_000
        var width = hourMs
        for window in windows {
            width = Self.greatestDivisor(width, window.sizeMs)
            width = Self.greatestDivisor(width, window.slideMs)
            if window.offsetMs != 0 { width = Self.greatestDivisor(width, window.offsetMs) }
        }
        widthUs = width * 1000
        originUs = 0
        self.windows = windows
    }

    /// The start of the pane of a time.
    func start(of timeUs: Int64) -> Int64 { floorDivide(timeUs, widthUs) * widthUs }

    /// The earliest end of any window that contains this pane; `Int64.max` when there are no windows.
    func earliestEnd(paneStart: Int64) -> Int64 {
        var earliest = Int64.max
        for index in windows.indices {
            earliest = min(earliest, windows[index].earliestEnd(containing: paneStart))
        }
        return earliest
    }

    private static func greatestDivisor(_ a: Int64, _ b: Int64) -> Int64 {
        b == 0 ? a : greatestDivisor(b, a % b)
    }
}

/// Sums of pane × category of one batch, in rows of one pane each.
final class PaneTable {
    /// Categories beyond this many are kept in a hash table.
    static let maxDenseCategories = 256
    /// Rows of one batch; the batch is cut before it needs more.
    static let maxRows = 1 << 16
    /// Sums of all rows: 32 MiB.
    static let maxSums = 1 << 20

    private(set) var rows: UnsafeMutablePointer<Accumulator>
    /// Accumulators a row.
    private(set) var stride = 16
    private var rowCapacity = 64
    private var slots: UnsafeMutablePointer<Int32>
    private var slotMask = 255
    /// Starts of the panes with a row, in the order of their rows.
    private(set) var paneStarts: [Int64] = []
    /// The high time from which on a pane's orders may be late, in the same order.
    private(set) var lateLimits: [Int64] = []
    /// Sums of categories that the rows have no room for.
    private(set) var sparse: [SparseKey: Accumulator] = [:]

    struct SparseKey: Hashable {
        var paneStart: Int64
        var category: Int32
    }

    init() {
        rows = .allocate(capacity: rowCapacity * stride)
        rows.initialize(repeating: Accumulator(), count: rowCapacity * stride)
        slots = .allocate(capacity: slotMask + 1)
        slots.initialize(repeating: -1, count: slotMask + 1)
        paneStarts.reserveCapacity(rowCapacity)
        lateLimits.reserveCapacity(rowCapacity)
    }

    deinit {
        rows.deallocate()
        slots.deallocate()
    }

    var isFull: Bool {
        paneStarts.count >= Self.maxRows || (paneStarts.count + 1) * stride > Self.maxSums
    }

    /// Whether a pane has a row.
    func hasRow(paneStart: Int64) -> Bool {
        var slot = Self.slot(paneStart) & slotMask
        while slots[slot] >= 0 {
            if paneStarts[Int(slots[slot])] == paneStart { return true }
            slot = (slot + 1) & slotMask
        }
        return false
    }

    /// The row's index of a pane; made when it is new.
    ///
    /// - Parameter lateLimit: asked for a new pane only.
    func row(paneStart: Int64, lateLimit: () -> Int64) -> Int {
        var slot = Self.slot(paneStart) & slotMask
        while slots[slot] >= 0 {
            let row = Int(slots[slot])
            if paneStarts[row] == paneStart { return row }
            slot = (slot + 1) & slotMask
        }
        let row = paneStarts.count
        if row == rowCapacity { growRows() }
        paneStarts.append(paneStart)
        lateLimits.append(lateLimit())
        if (row + 1) * 2 > slotMask + 1 {
            growSlots()
        } else {
            slots[slot] = Int32(row)
        }
        return row
    }

    /// Makes the rows wide enough for a category, up to `maxDenseCategories`.
    func makeRoom(categories: Int) {
        guard categories > stride, stride < Self.maxDenseCategories else { return }
        var wider = stride
        while wider < min(categories, Self.maxDenseCategories) { wider *= 2 }
        // With many rows the further categories go to the hash table, for this batch.
        guard rowCapacity * wider <= Self.maxSums else { return }
        relay(capacity: rowCapacity, stride: wider)
    }

    /// Adds an order of a category that the rows have no room for.
    func addSparse(
        paneStart: Int64, category: Int32, quantity: Int64, revenue: Int64, price: Int64
    ) {
        sparse[SparseKey(paneStart: paneStart, category: category), default: Accumulator()]
            .add(quantity: quantity, revenue: revenue, price: price)
    }

    /// Forgets everything of the batch.
    func clear() {
        rows.update(repeating: Accumulator(), count: paneStarts.count * stride)
        slots.update(repeating: -1, count: slotMask + 1)
        paneStarts.removeAll(keepingCapacity: true)
        lateLimits.removeAll(keepingCapacity: true)
        sparse.removeAll(keepingCapacity: true)
    }

    private func growRows() { relay(capacity: rowCapacity * 2, stride: stride) }

    private func relay(capacity: Int, stride newStride: Int) {
        let new = UnsafeMutablePointer<Accumulator>.allocate(capacity: capacity * newStride)
        new.initialize(repeating: Accumulator(), count: capacity * newStride)
        for row in 0..<paneStarts.count {
            (new + row * newStride).update(from: rows + row * stride, count: stride)
        }
        rows.deallocate()
        rows = new
        rowCapacity = capacity
        stride = newStride
    }

    private func growSlots() {
        slots.deallocate()
        slotMask = (slotMask + 1) * 2 - 1
        slots = .allocate(capacity: slotMask + 1)
        slots.initialize(repeating: -1, count: slotMask + 1)
        for (row, paneStart) in paneStarts.enumerated() {
            var slot = Self.slot(paneStart) & slotMask
            while slots[slot] >= 0 { slot = (slot + 1) & slotMask }
            slots[slot] = Int32(row)
        }
    }

    private static func slot(_ paneStart: Int64) -> Int {
        let mixed = UInt64(bitPattern: paneStart) &* 0x9e37_79b9_7f4a_7c15
        return Int(truncatingIfNeeded: mixed >> 32)
    }
}
