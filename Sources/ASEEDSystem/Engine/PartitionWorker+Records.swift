internal import CBytes
internal import Glibc

/// Logs whose records have positions of their own.
extension PartitionWorker {
    /// How a turn at a partition ended.
    enum Turn {
        /// Everything up to the end was read, or the batch takes no more.
        case done
        /// There is more.
        case more
        /// Nothing was at hand.
        case empty
    }

    /// Blocks of a turn; then another partition has its turn, so that all are fetched evenly.
    private static let blocksOfTurn = 32

    /// Reads on in a partition, up to `end` and at most `maxRecords` records of the batch.
    ///
    /// - Parameter waitMs: how long the first record is waited for.
    func advance(
        _ batch: inout PartitionBatch, to end: Int64, maxRecords: Int64, waitMs: Int32
    ) throws(LogError) -> Turn {
        guard case .records(let reader) = try source(of: batch.scan.partition) else {
            preconditionFailure("a log of records has readers of records")
        }
        var waitMs = waitMs
        for _ in 0..<Self.blocksOfTurn {
            let left = min(maxRecords - batch.scan.records, Int64(RecordBlock.maxRecords))
            guard batch.end < end, left > 0 else { return .done }
            let block = latest.block
            switch try reader.stage(
                from: batch.end, upTo: end, maxRecords: Int(left), into: block, waitMs: waitMs)
            {
            case .block: scan(block, into: &batch)
            case .single(let bytes, let position): judge(bytes, at: position, &batch)
            case .gap(let position): batch.end = position
            case .notYet: return .empty
            case .stalled: return .done
            }
            if batch.wasCut { return .done }
            waitMs = 0
        }
        return .more
    }

    private func scan(_ block: RecordBlock, into batch: inout PartitionBatch) {
        let found = scanner.scan(
            block.bytes, count: block.byteCount, positions: .init(each: block.positions),
            maxRecords: block.recordCount, into: &batch.scan)
        batch.wasCut = found.mustCut
        guard found.records > 0 else { return }
        batch.crc = cbytes_crc32c(batch.crc, block.bytes, found.consumed)
        batch.end =
            found.records == block.recordCount
            ? block.end : block.positions[found.records - 1] + 1
        note(found.latestUs, &batch)
        latest.offer(
            partition: batch.scan.partition, latestUs: found.latestUs, end: batch.end,
            byteCount: found.consumed, isSingle: false)
    }

    /// A record of its own: it may hold line feeds, so only the validator reads it.
    private func judge(
        _ record: UnsafeRawBufferPointer, at position: Int64, _ batch: inout PartitionBatch
    ) {
        guard record.count <= OrderLimits.recordBytes else {
            rejectOversized(record, at: position, &batch)
            return
        }
        if let base = record.baseAddress { memcpy(bytes, base, record.count) }
        bytes[record.count] = 0x0a
        memset(bytes + record.count + 1, 0, OrderScanner.slackBytes)
        let found = scanner.judgeAlone(
            bytes, count: record.count, position: position, into: &batch.scan)
        batch.wasCut = found.mustCut
        guard found.records > 0 else { return }
        batch.crc = cbytes_crc32c(batch.crc, bytes, record.count + 1)
        batch.end = position + 1
        note(found.latestUs, &batch)
        guard found.latestUs != .min else { return }
        latest.offerSingle(
            UnsafeRawBufferPointer(start: bytes, count: record.count), at: position,
            partition: batch.scan.partition, latestUs: found.latestUs)
    }

    private func rejectOversized(
        _ record: UnsafeRawBufferPointer, at position: Int64, _ batch: inout PartitionBatch
    ) {
        guard let base = record.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        batch.crc = cbytes_crc32c(batch.crc, base, record.count)
        var lineFeed: UInt8 = 0x0a
        batch.crc = cbytes_crc32c(batch.crc, &lineFeed, 1)
        batch.scan.records += 1
        scanner.reject(
            .recordTooLarge, base, count: DeadLetter.keptBytes, byteCount: record.count,
            position: position, scan: &batch.scan)
        batch.end = position + 1
        batch.wasCut = scanner.isFullOfDeadLetters
    }

    /// Progress reports the latest event time of the blocks.
    private func note(_ latestUs: Int64, _ batch: inout PartitionBatch) {
        guard latestUs != .min else { return }
        if batch.blocks.isEmpty {
            batch.blocks.append(.init(start: batch.start, end: batch.end, latestUs: latestUs))
        } else {
            batch.blocks[0].end = batch.end
            batch.blocks[0].latestUs = max(batch.blocks[0].latestUs, latestUs)
        }
    }
}
