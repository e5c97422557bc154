/// The watermark of a run: what a batch may still take, and which windows it makes final.
struct Watermark: Equatable, Sendable {
    let policy: LatenessPolicy
    let delayUs: Int64
    /// `record`: F(n−1), −∞ as `Int64.min` (R34). `batch`: W(n−1) (R35).
    private(set) var floorUs: Int64
    /// `batch`: W(n); not used by `record`.
    private(set) var nextUs: Int64

    /// The state before the first batch.
    init(policy: LatenessPolicy, delayUs: Int64) {
        self.policy = policy
        self.delayUs = delayUs
        floorUs = policy == .record ? .min : 0
        nextUs = 0
    }

    /// The state that a checkpoint kept.
    init(policy: LatenessPolicy, delayUs: Int64, floorUs: Int64, nextUs: Int64) {
        self.policy = policy
        self.delayUs = delayUs
        self.floorUs = floorUs
        self.nextUs = nextUs
    }

    /// The late floor of the next batch.
    var lateFloorUs: Int64 { floorUs }

    /// `batch`: whether a batch without records has to follow to make windows final (R35).
    var hasMoved: Bool { policy == .batch && nextUs > floorUs }

    /// Ends a batch.
    ///
    /// - Parameters:
    ///   - highs: the largest event time of each partition, `Int64.min` for none; partitions that
    ///     are left out as idle are not in it.
    ///   - latestUs: the largest event time of all records so far, `Int64.min` for none.
    /// - Returns: F(n), `Int64.min` for −∞.
    mutating func endBatch(highs: [Int64], latestUs: Int64) -> Int64 {
        switch policy {
        case .record:
            if let lowest = highs.min(), lowest != .min {
                floorUs = max(floorUs, lowest - delayUs)
            }
            return floorUs
        case .batch:
            let final = nextUs
            var next = nextUs
            if latestUs != .min {
                next = max(next, floorDivide(latestUs, 1000) * 1000 - delayUs)
            }
            (floorUs, nextUs) = (nextUs, next)
            return final
        }
    }
}
