internal import ASEEDSystem

/// How fast orders are made, without a log.
public enum GeneratorBenchmark {
    /// Makes orders of the default shop into memory.
    ///
    /// - Returns: how many, their bytes, the CPU time of this thread, and a hash of the lengths and
    ///   last lines that a change of any order changes.
    public static func run(
        orders: Int64, seed: Int64 = 42
    ) -> (orders: Int64, bytes: Int64, cpuNs: Int64, hash: UInt64) {
        let stage = LoadPlan.Stage(
            name: "benchmark", executor: .backlog(orders: orders, eventRate: 20_000))
        let stream = LoadStream(plan: LoadPlan(seed: seed, stages: [stage]))
        stream.start(stage: 0)
        var bytes: Int64 = 0
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        let startNs = SystemClock.threadCPUNs()
        while stream.nextDueNs != nil {
            _ = stream.produce(dueByNs: .max)
            for partition in 0..<stream.blocks.partitions {
                let block = stream.blocks.bytes(of: partition)
                bytes += Int64(block.count)
                hash = (hash ^ UInt64(block.count)) &* 0x0000_0100_0000_01b3
                for byte in block.suffix(256) {
                    hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
                }
            }
            stream.clear()
        }
        return (orders, bytes, SystemClock.threadCPUNs() - startNs, hash)
    }
}
