/// The engine's loop over orders in memory, without log, merge and checkpoint: for benchmarks.
///
/// Belongs to one thread.
public final class ScannerBenchmark {
    /// Bytes that the engine reads at a time.
    public static let blockBytes = PartitionWorker.blockBytes

    /// What a run found and took.
    public struct Result: Sendable {
        /// Records read.
        public var records: Int64 = 0
        /// Records that are orders.
        public var valid: Int64 = 0
        /// CPU time of this thread.
        public var cpuNs: Int64 = 0
        /// Of all sums by product group, and of the latest event time.
        public var hash: UInt64 = 0xcbf2_9ce4_8422_2325

        mutating func mix(_ value: Int64) {
            hash = (hash ^ UInt64(bitPattern: value)) &* 0x0000_0100_0000_01b3
        }
    }

    private struct Block {
        let bytes: UnsafeMutablePointer<UInt8>
        let count: Int
    }

    /// The sums of a batch are safe for this many records.
    private static let batchRecords = 1 << 20

    private var blocks: [Block] = []

    /// Starts without orders.
    public init() {}

    deinit { for block in blocks { block.bytes.deallocate() } }

    /// Adds whole lines, cut into blocks as a worker reads them.
    public func append(_ lines: UnsafeRawBufferPointer) {
        var start = 0
        while start < lines.count {
            var end = min(lines.count, start + PartitionWorker.blockBytes)
            if end < lines.count,
                let last = lines[start..<end].lastIndex(of: UInt8(ascii: "\n"))
            {
                end = last + 1
            }
            let bytes = UnsafeMutablePointer<UInt8>.allocate(
                capacity: end - start + OrderScanner.slackBytes)
            bytes.initialize(repeating: 0, count: end - start + OrderScanner.slackBytes)
            UnsafeMutableRawBufferPointer(start: bytes, count: end - start)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: lines[start..<end]))
            blocks.append(Block(bytes: bytes, count: end - start))
            start = end
        }
    }

    /// Scans everything once with a scanner that knows no shapes and no products yet.
    public func run() -> Result {
        let scanner = OrderScanner(grid: PaneGrid(windows: [.minute]))
        var result = Result()
        var scan = PartitionScan(partition: 0, highUs: .min)
        var batch = 0
        let startNs = SystemClock.threadCPUNs()
        scanner.begin(BatchContext())
        for block in blocks {
            var at = 0
            while at < block.count {
                let found = scanner.scan(
                    block.bytes + at, count: block.count - at, positions: .init(),
                    maxRecords: Self.batchRecords - batch, into: &scan)
                at += found.consumed
                batch += found.records
                if batch == Self.batchRecords || found.mustCut {
                    Self.mix(scanner, into: &result)
                    scanner.begin(BatchContext())
                    batch = 0
                } else if found.consumed == 0 {
                    break
                }
            }
        }
        result.cpuNs = SystemClock.threadCPUNs() - startNs
        Self.mix(scanner, into: &result)
        result.records = scan.records
        result.valid = scan.valid
        result.mix(scan.highUs)
        return result
    }

    private static func mix(_ scanner: OrderScanner, into result: inout Result) {
        for group in 0..<scanner.groups.groupCount {
            let sum = scanner.sums[group]
            for value in [sum.count, sum.quantity, sum.revenue, sum.price] { result.mix(value) }
        }
    }
}
