internal import ASEEDSystem

/// What reading a log costs on this machine when nothing is done with the bytes.
enum ReadBench {
    static let read = Benchmark(
        name: "read",
        summary: "pread of a file log in the engine's blocks and nothing else: the others' floor",
        defaultOrders: 5_000_000
    ) { stage in
        let spec = BenchLogSpec(orders: stage.orders)
        let log = try FileLog(opening: try stage.logs.path(spec))
        return BenchLineup(contenders: [
            BenchContender(name: "page cache") {
                var hash = BenchHash()
                let startNs = SystemClock.monotonicNs()
                let startCPUNs = SystemClock.threadCPUNs()
                for partition in 0..<spec.partitions {
                    try read(log, partition, &hash)
                }
                return BenchSample(
                    orders: stage.orders, hash: hash.value,
                    wallNs: SystemClock.monotonicNs() - startNs,
                    cpuNs: SystemClock.threadCPUNs() - startCPUNs)
            }
        ])
    }

    private static func read(
        _ log: FileLog, _ partition: Int, _ hash: inout BenchHash
    ) throws(LogError) {
        let reader = try log.reader(of: partition)
        let end = try log.endPosition(of: partition)
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: ScannerBenchmark.blockBytes, alignment: 64)
        defer { buffer.deallocate() }
        var position: Int64 = 0
        while position < end {
            let count = try reader.read(from: position, upTo: end, into: buffer)
            // A few bytes of each block: the hash must not cost what the copying costs.
            hash.add(UnsafeRawBufferPointer(rebasing: buffer[max(0, count - 64)..<count]))
            position += Int64(count)
        }
    }
}
