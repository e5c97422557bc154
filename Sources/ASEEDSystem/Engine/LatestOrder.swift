/// A valid order in full, for the list of the latest ones.
struct LatestOrder: Equatable {
    var orderID: [UInt8]
    var productID: [UInt8]
    var productName: [UInt8]
    var category: [UInt8]
    var price: Int64
    var quantity: Int64
    var eventTimeUs: Int64
    var partition: Int
    var position: Int64

    /// Newest first; ties by partition and position, so that the list does not depend on batches.
    func isNewer(than other: LatestOrder) -> Bool {
        (eventTimeUs, partition, position) > (other.eventTimeUs, other.partition, other.position)
    }

    /// How many are kept.
    static let kept = 20
}

/// Finds a batch's latest orders by reading again only those blocks that can hold one.
///
/// Every block's latest event time is known. Blocks are read from the latest downwards until the
/// twentieth order found is newer than all that the remaining blocks can have. Blocks of a log that
/// can't be read twice were kept while they were scanned.
struct LatestOrderSearch {
    private var found: [LatestOrder]
    private let validator = RecordValidator()
    private let futureBoundUs: Int64

    /// Starts from the orders that are the latest so far.
    init(known: [LatestOrder], futureBoundUs: Int64) {
        found = known
        self.futureBoundUs = futureBoundUs
    }

    /// The latest orders of what is known and a batch's parts.
    mutating func search(
        _ parts: [PartitionBatch], worker: PartitionWorker
    ) throws(LogError) -> [LatestOrder] {
        var blocks: [(partition: Int, block: PartitionBatch.Block)] = []
        for part in parts {
            for block in part.blocks where block.latestUs != .min {
                blocks.append((part.scan.partition, block))
            }
        }
        blocks.sort {
            ($0.block.latestUs, $0.partition, $0.block.end)
                > ($1.block.latestUs, $1.partition, $1.block.end)
        }
        var memory: [UInt8] = []
        for (partition, block) in blocks {
            if isSettled(before: (block.latestUs, partition, block.end)) { break }
            try read(partition, block, worker: worker, &memory)
        }
        return found
    }

    /// The latest orders of what is known and of kept blocks.
    mutating func search(kept: [LatestBlocks.Kept]) -> [LatestOrder] {
        for entry in kept.sorted(by: { $0.isNewer(than: $1) }) {
            if isSettled(before: (entry.latestUs, entry.partition, entry.end)) { break }
            let bytes = UnsafePointer(entry.block.bytes)
            guard !entry.isSingle else {
                take(bytes, entry.byteCount, entry.partition, entry.block.positions[0])
                continue
            }
            var start = 0
            var record = 0
            for at in 0..<entry.byteCount where bytes[at] == 0x0a {
                take(
                    bytes + start, at - start, entry.partition, entry.block.positions[record])
                start = at + 1
                record += 1
            }
        }
        return found
    }

    /// Whether no record of a block, nor of one that comes after it, is newer than all found.
    private func isSettled(before block: (latestUs: Int64, partition: Int, end: Int64)) -> Bool {
        guard found.count == LatestOrder.kept, let oldest = found.last else { return false }
        return block <= (oldest.eventTimeUs, oldest.partition, oldest.position)
    }

    private mutating func read(
        _ partition: Int, _ block: PartitionBatch.Block, worker: PartitionWorker,
        _ memory: inout [UInt8]
    ) throws(LogError) {
        let count = Int(block.end - block.start)
        if memory.count < count + 64 { memory = [UInt8](repeating: 0, count: count + 64) }
        var failure: LogError?
        memory.withUnsafeMutableBytes { raw in
            do throws(LogError) {
                _ = try worker.read(
                    partition: partition, from: block.start, to: block.end, into: raw)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        memory.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            var start = 0
            for at in 0..<count where base[at] == 0x0a {
                take(base + start, at - start, partition, block.start + Int64(start))
                start = at + 1
            }
        }
    }

    private mutating func take(
        _ record: UnsafePointer<UInt8>, _ count: Int, _ partition: Int, _ position: Int64
    ) {
        guard validator.judge(record, count: count, futureBound: futureBoundUs) == nil else {
            return
        }
        let values = validator.values
        if found.count == LatestOrder.kept, let oldest = found.last,
            (values.eventTime, partition, position)
                <= (oldest.eventTimeUs, oldest.partition, oldest.position)
        {
            return
        }
        let order = LatestOrder(
            orderID: validator.string(.orderID, of: record),
            productID: validator.string(.productID, of: record),
            productName: validator.string(.productName, of: record),
            category: CategoryRule.normalised(validator.string(.category, of: record)),
            price: values.price, quantity: values.quantity, eventTimeUs: values.eventTime,
            partition: partition, position: position)
        let index = found.firstIndex { order.isNewer(than: $0) } ?? found.count
        found.insert(order, at: index)
        if found.count > LatestOrder.kept { found.removeLast() }
    }
}
