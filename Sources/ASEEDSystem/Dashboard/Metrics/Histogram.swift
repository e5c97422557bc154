/// Durations in fixed buckets, as Prometheus counts them.
struct Histogram: Sendable {
    /// Upper bounds in seconds.
    static let bounds = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
    ]

    /// How many were at most each bound, those below not included.
    private(set) var counts = [Int64](repeating: 0, count: bounds.count)
    private(set) var total: Int64 = 0
    private(set) var sumSeconds = 0.0

    mutating func add(ns: Int64) {
        let seconds = Double(max(0, ns)) / 1e9
        total += 1
        sumSeconds += seconds
        if let index = Self.bounds.firstIndex(where: { seconds <= $0 }) { counts[index] += 1 }
    }
}
