/// Lets a number of events a second through, and a second's worth at once.
struct TokenBucket: Sendable {
    private let perSecond: Double
    private var tokens: Double
    private var lastNs: Int64

    init(perSecond: Int, nowNs: Int64) {
        self.perSecond = Double(max(1, perSecond))
        tokens = self.perSecond
        lastNs = nowNs
    }

    /// Takes one token.
    ///
    /// - Returns: whether there was one.
    mutating func take(nowNs: Int64) -> Bool {
        let elapsed = Double(max(0, nowNs - lastNs)) / 1e9
        lastNs = max(lastNs, nowNs)
        tokens = min(perSecond, tokens + elapsed * perSecond)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}

/// A bucket for each address that is not this machine's.
struct AddressBuckets: Sendable {
    private static let maxAddresses = 4_096
    private let perSecond: Int
    private var buckets: [String: TokenBucket] = [:]

    init(perSecond: Int) { self.perSecond = perSecond }

    /// Takes one token of an address; this machine's (nil) always has one.
    mutating func take(_ address: String?, nowNs: Int64) -> Bool {
        guard let address else { return true }
        // Starting over lets everyone have a second's worth once more, and keeps the table small.
        if buckets.count >= Self.maxAddresses, buckets[address] == nil { buckets = [:] }
        return buckets[address, default: TokenBucket(perSecond: perSecond, nowNs: nowNs)]
            .take(nowNs: nowNs)
    }
}
