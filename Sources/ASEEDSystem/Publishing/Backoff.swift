/// Waiting times between attempts: doubled each time up to a bound, spread by seeded jitter (R65).
struct Backoff: Sendable {
    let firstMs: Int
    let maxMs: Int
    private(set) var failures = 0
    private var random: UInt64

    init(firstMs: Int, maxMs: Int, seed: UInt64) {
        self.firstMs = max(1, firstMs)
        self.maxMs = max(self.firstMs, maxMs)
        random = seed
    }

    /// Counts a failure.
    ///
    /// - Returns: how long to wait now: between half and all of the doubled, bounded time.
    mutating func fail() -> Int64 {
        let doubled = failures < 20 ? firstMs << failures : maxMs
        failures += 1
        let boundNs = Int64(min(maxMs, doubled)) * 1_000_000
        return boundNs / 2 + Int64(next() % UInt64(boundNs / 2 + 1))
    }

    /// The next failure starts from the first waiting time again.
    mutating func succeed() { failures = 0 }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    private mutating func next() -> UInt64 {
        random &+= 0x9e37_79b9_7f4a_7c15
        var value = random
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
