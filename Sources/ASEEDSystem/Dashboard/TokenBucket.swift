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
