internal import CBytes

/// Whole spans of bytes, from the first product field's value to the next value of the record, and
/// the group that each of them names. Such a span was validated once, when it was learned; a record
/// that has the same bytes in the same plan has the same group.
final class SegmentTable {
    /// The longest span, in bytes.
    static let capacityBytes = 240
    /// How many spans are kept; further ones are read piece by piece.
    static let maxSegments = 1 << 16

    struct Slot: BitwiseCopyable {
        var hash: UInt64 = 0
        /// 0 marks a free slot.
        var length: UInt32 = 0
        var entry: UInt32 = 0
    }

    /// What stands before each entry's bytes.
    struct Head: BitwiseCopyable {
        var plan: UInt32
        var group: Int32
        var category: Int32
        var padding: UInt32 = 0
    }

    static let headBytes = 16
    static let entryBytes = 256

    private(set) var slots: UnsafeMutablePointer<Slot>
    private(set) var mask: Int
    private(set) var entries: UnsafeMutableRawPointer
    private var entryCapacity: Int
    private(set) var count = 0

    init() {
        mask = 2047
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: Slot(), count: mask + 1)
        entryCapacity = 512
        entries = Self.makeEntries(entryCapacity)
    }

    deinit {
        slots.deallocate()
        entries.deallocate()
    }

    private static func makeEntries(_ capacity: Int) -> UnsafeMutableRawPointer {
        // The tail of the last entry is compared in blocks of 64 bytes.
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: capacity * entryBytes + 64, alignment: 64)
        bytes.initializeMemory(as: UInt8.self, repeating: 0, count: capacity * entryBytes + 64)
        return bytes
    }

    /// A hash of the span's first 32 bytes and its plan.
    @inline(__always)
    static func hash(_ start: UnsafePointer<UInt8>, plan: UInt32) -> UInt64 {
        let raw = UnsafeRawPointer(start)
        let a = raw.loadUnaligned(as: UInt64.self)
        let b = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        let c = raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        let d = raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
        return cbytes_fold_multiply(a ^ 0x9e37_79b9_7f4a_7c15, b ^ UInt64(plan))
            ^ cbytes_fold_multiply(c ^ 0xe703_7ed1_a0b4_28db, d ^ 0x8ebc_6af0_9c88_c6e3)
    }

    /// Keeps a span, unless the table is full or the span too long or too short to hash.
    func learn(
        _ start: UnsafePointer<UInt8>, length: Int, plan: UInt32, group: Int32, category: Int32
    ) {
        guard length >= 32, length <= Self.capacityBytes, count < Self.maxSegments else { return }
        if count == entryCapacity { growEntries() }
        if (count + 1) * 4 > mask + 1 { growSlots() }
        let entry = entries + count * Self.entryBytes
        entry.storeBytes(
            of: Head(plan: plan, group: group, category: category), as: Head.self)
        (entry + Self.headBytes).copyMemory(from: start, byteCount: length)
        insert(
            Slot(
                hash: Self.hash(start, plan: plan), length: UInt32(length),
                entry: UInt32(count)))
        count += 1
    }

    private func insert(_ slot: Slot) {
        var index = Int(truncatingIfNeeded: slot.hash) & mask
        while slots[index].length != 0 { index = (index + 1) & mask }
        slots[index] = slot
    }

    private func growSlots() {
        let old = slots
        let oldCount = mask + 1
        mask = oldCount * 2 - 1
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: Slot(), count: mask + 1)
        for index in 0..<oldCount where old[index].length != 0 { insert(old[index]) }
        old.deallocate()
    }

    private func growEntries() {
        let old = entries
        let oldBytes = entryCapacity * Self.entryBytes
        entryCapacity *= 2
        entries = Self.makeEntries(entryCapacity)
        entries.copyMemory(from: old, byteCount: oldBytes)
        old.deallocate()
    }
}
