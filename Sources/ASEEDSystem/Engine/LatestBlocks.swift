internal import Glibc

/// The blocks of a batch that can hold one of its latest orders, for logs that are not read twice.
///
/// The twenty latest records lie in the twenty blocks whose latest event times are the greatest: any
/// other block's records are older than twenty of those. So blocks are kept by swapping them for
/// spare ones, and no record costs anything. Belongs to one thread.
struct LatestBlocks {
    /// A block of a partition whose records were read.
    struct Kept {
        var block: RecordBlock
        var partition: Int
        var latestUs: Int64
        /// The position after its last record.
        var end: Int64
        /// Bytes of its records that belong to the batch.
        var byteCount: Int
        /// Whether it holds one record, line feeds inside of it included.
        var isSingle: Bool

        func isNewer(than other: Kept) -> Bool {
            (latestUs, partition, end) > (other.latestUs, other.partition, other.end)
        }
    }

    /// The block to stage the next records in.
    private(set) var block = RecordBlock()
    /// Newest first.
    private(set) var kept: [Kept] = []
    private var spare: [RecordBlock] = []

    /// Starts a batch.
    mutating func clear() {
        for entry in kept where entry.block.capacity == RecordBlock.usualBytes {
            spare.append(entry.block)
        }
        kept.removeAll(keepingCapacity: true)
    }

    /// Offers the block that was just read.
    mutating func offer(
        partition: Int, latestUs: Int64, end: Int64, byteCount: Int, isSingle: Bool
    ) {
        guard latestUs != .min else { return }
        let entry = Kept(
            block: block, partition: partition, latestUs: latestUs, end: end,
            byteCount: byteCount, isSingle: isSingle)
        guard isWanted(entry) else { return }
        insert(entry)
        block = spare.popLast() ?? RecordBlock()
    }

    /// Offers a record that was judged by itself; it is copied when it is wanted.
    mutating func offerSingle(
        _ record: UnsafeRawBufferPointer, at position: Int64, partition: Int, latestUs: Int64
    ) {
        var entry = Kept(
            block: block, partition: partition, latestUs: latestUs, end: position + 1,
            byteCount: record.count, isSingle: true)
        guard isWanted(entry) else { return }
        let isUsual = record.count < RecordBlock.usualBytes
        let copy =
            isUsual
            ? spare.popLast() ?? RecordBlock() : RecordBlock(capacity: record.count + 1)
        copy.clear()
        _ = copy.append(record.baseAddress, count: record.count, position: position)
        copy.seal()
        entry.block = copy
        insert(entry)
    }

    private func isWanted(_ entry: Kept) -> Bool {
        guard kept.count >= LatestOrder.kept, let oldest = kept.last else { return true }
        return entry.isNewer(than: oldest)
    }

    private mutating func insert(_ entry: Kept) {
        let index = kept.firstIndex { entry.isNewer(than: $0) } ?? kept.count
        kept.insert(entry, at: index)
        guard kept.count > LatestOrder.kept, let dropped = kept.popLast() else { return }
        if dropped.block.capacity == RecordBlock.usualBytes { spare.append(dropped.block) }
    }
}
