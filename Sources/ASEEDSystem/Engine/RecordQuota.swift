/// Shares a batch's limit of records among partitions.
enum RecordQuota {
    /// Shares of `limit` in proportion to what is unread, at least one each where the limit is
    /// enough for that; what rounding leaves goes to those with most unread. The shares sum to at
    /// most `limit`.
    static func shares(of limit: Int64, unread: [Int64]) -> [Int64] {
        let all = unread.reduce(0) { $0 + Int128($1) }
        guard all > 0 else { return unread.map { _ in 0 } }
        let waiting = Int64(unread.count { $0 > 0 })
        let first: Int64 = waiting <= limit ? 1 : 0
        let shared = Int128(limit - first * waiting)
        var shares = unread.map { $0 > 0 ? first + Int64(shared * Int128($0) / all) : 0 }
        var rest = limit - shares.reduce(0, +)
        let byBacklog = unread.indices.filter { unread[$0] > 0 }
            .sorted { unread[$0] > unread[$1] }
        for index in byBacklog where rest > 0 {
            shares[index] += 1
            rest -= 1
        }
        return shares
    }
}
