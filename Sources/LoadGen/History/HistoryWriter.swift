public import ASEEDSystem
internal import Glibc

/// Writes the history of a load: for every order what was scheduled, sent and acknowledged, where.
public final class HistoryWriter {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private static let bufferBytes = 1 << 18

    /// Starts a new file; one of that name is replaced.
    public init(path: String, plan: LoadPlan) throws(SystemError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError("create \(path)", errno: errno) }
        self.path = path
        buffer.reserveCapacity(2 * Self.bufferBytes)
        buffer += HistoryFormat.magic
        put(HistoryFormat.version)
        put(UInt32(plan.partitions))
        put(UInt32(plan.orderIDDigits))
        put(0 as UInt32)
        put(plan.seed)
    }

    deinit { close(descriptor) }

    /// Adds the orders of one set of blocks; all of them are answered.
    func append(_ sent: SentBlocks) throws(SystemError) {
        let lengths = sent.lengths
        guard !lengths.isEmpty else { return }
        let hasRuns = sent.receipts.contains { !$0.runs.isEmpty }
        put(HistoryFormat.blockMagic)
        put(UInt32(blockBytes(sent, hasRuns: hasRuns)))
        put(UInt32(lengths.count))
        put(UInt32(sent.exceptions.count))
        put(sent.firstSequence)
        let base = sent.dueNs.first ?? 0
        put(sent.startNs + base)
        put(UInt32(sent.stage))
        put(
            (sent.dueNs.isEmpty ? 0 : HistoryFormat.hasSchedule)
                | (hasRuns ? HistoryFormat.hasRuns : 0))
        for receipt in sent.receipts { put(receipt) }
        lengths.withUnsafeBufferPointer { put($0) }
        for offset in sent.dueNs { put(UInt32(truncatingIfNeeded: offset - base)) }
        for exception in sent.exceptions {
            put(UInt32(exception.index))
            buffer.append(exception.fate.rawValue)
            buffer.append(exception.kind?.rawValue ?? HistoryFormat.noKind)
            put(0 as UInt16)
            put(lengths[exception.index])
            put(0 as UInt32)
            put(exception.sequence)
        }
        if hasRuns { for receipt in sent.receipts { put(receipt.runs) } }
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    private func put(_ runs: [ReceiptRun]) {
        put(UInt32(runs.count))
        for run in runs {
            put(UInt32(run.first))
            put(UInt32(run.count))
            put(run.position)
            put(run.answeredNs)
            put(UInt64(run.outcome.rawValue))
        }
    }

    /// Hands everything to the system.
    public func flush() throws(SystemError) {
        var done = 0
        while done < buffer.count {
            let wrote = buffer.withUnsafeBytes { bytes in
                write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if wrote > 0 {
                done += wrote
            } else if errno != EINTR {
                throw SystemError("write \(path)", errno: errno)
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func blockBytes(_ sent: SentBlocks, hasRuns: Bool) -> Int {
        let orders = sent.lengths.count
        let runs =
            hasRuns
            ? sent.receipts.reduce(0) { $0 + 4 + $1.runs.count * HistoryFormat.runBytes } : 0
        return HistoryFormat.blockHeaderBytes
            + sent.receipts.count * HistoryFormat.partitionBytes + (orders * 2 + 3) / 4 * 4
            + sent.dueNs.count * 4 + sent.exceptions.count * HistoryFormat.exceptionBytes + runs
    }

    private func put(_ receipt: BlockReceipt) {
        put(receipt.start)
        put(receipt.acknowledgedBytes)
        put(receipt.sentNs)
        put(receipt.acknowledgedNs)
        put(UInt64(receipt.restOutcome.rawValue))
    }

    private func put(_ lengths: UnsafeBufferPointer<UInt32>) {
        let start = buffer.count
        let bytes = (lengths.count * 2 + 3) / 4 * 4
        buffer.append(contentsOf: repeatElement(0, count: bytes))
        buffer.withUnsafeMutableBytes { raw in
            let target = UnsafeMutableRawBufferPointer(rebasing: raw[start...])
            for index in 0..<lengths.count {
                let length = UInt16(min(lengths[index], UInt32(HistoryFormat.longLength)))
                target.storeBytes(of: length.littleEndian, toByteOffset: index * 2, as: UInt16.self)
            }
        }
    }

    private func put<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { buffer.append(contentsOf: $0) }
    }
}
