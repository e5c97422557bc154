/// The faults found so far: all are counted, a bounded number of each check is kept.
final class FaultList {
    private let limit: Int
    private(set) var kept: [Difference] = []
    private(set) var counts: [CheckName: Int] = [:]

    init(limit: Int) { self.limit = max(1, limit) }

    /// How many faults there are.
    var total: Int { counts.values.reduce(0, +) }

    /// Counts a fault, and keeps it unless its check has enough already.
    func add(_ difference: Difference) {
        let before = counts[difference.check, default: 0]
        counts[difference.check] = before + 1
        if before < limit { kept.append(difference) }
    }

    /// Whether one more fault of a check would be kept: its story is worth looking for.
    func hasRoom(for check: CheckName) -> Bool { counts[check, default: 0] < limit }

    /// The kept ones, the likely cause first: a hole in the batch log explains wrong results, never
    /// the other way round.
    func sorted() -> [Difference] {
        let order: [CheckName] = [
            .tiling, .sameBytes, .bounds, .rejects, .results, .late, .account, .order, .producer,
        ]
        let sorted = order.flatMap { check in kept.filter { $0.check == check } }
        return Array(sorted.prefix(limit))
    }
}

extension Difference {
    /// A fault of the batch log, in which nothing has to be searched.
    init(
        _ check: CheckName, _ faultClass: FaultClass, in subject: String, key: String,
        field: String, expected: String, got: String, batchID: Int64? = nil, story: String
    ) {
        self.init(
            check: check, faultClass: faultClass, subject: subject, key: key, windowStart: nil,
            windowEnd: nil, field: field, expected: expected, got: got, batchID: batchID,
            orders: [], candidates: 0, story: story)
    }
}
