/// Shares a batch's limit of records among partitions.
enum RecordQuota {
    /// Shares of `limit` in proportion to the unread bytes; what rounding leaves goes to those with
    /// most unread. The shares sum to at most `limit`.
    static func shares(of limit: Int64, unreadBytes: [Int64]) -> [Int64] {
        let all = unreadBytes.reduce(0) { $0 + Int128($1) }
        guard all > 0 else { return unreadBytes.map { _ in 0 } }
        var shares = unreadBytes.map { Int64(Int128(limit) * Int128($0) / all) }
        var rest = limit - shares.reduce(0, +)
        let byBacklog = unreadBytes.indices.filter { unreadBytes[$0] > 0 }
            .sorted { unreadBytes[$0] > unreadBytes[$1] }
        for index in byBacklog where rest > 0 {
            shares[index] += 1
            rest -= 1
        }
        return shares
    }
}
