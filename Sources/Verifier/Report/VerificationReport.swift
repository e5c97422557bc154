/// What the verifier found.
public struct VerificationReport: Sendable {
    /// The verdict over all checks.
    public enum Verdict: String, Sendable {
        /// Every check was done and found nothing.
        case passed
        /// A check found a fault.
        case wrong
        /// No fault, but a check could not be done.
        case incomplete
    }

    /// What was counted against the reference.
    public struct Counts: Sendable, Equatable {
        /// Published rows and values that differ.
        public var mismatchedResults: Int64 = 0
        /// Orders that the results, or the log, lack.
        public var lostOrders: Int64 = 0
        /// Orders that are in the results, or in the log, once too often.
        public var doubledOrders: Int64 = 0
        /// Consumed records that are neither valid nor rejected, and acknowledged ones that a drained
        /// run did not consume.
        public var unaccountedOrders: Int64 = 0
        /// Records that the load generator repeated on purpose.
        public var declaredDuplicates: Int64 = 0
    }

    /// Acknowledged = valid + rejected; pairs = contributed + late.
    public struct Conservation: Sendable, Equatable {
        /// Records that the load generator has acknowledged; nil without a history.
        public var acknowledged: Int64?
        /// Records in the log.
        public var inLog: Int64 = 0
        /// Records in the batch ranges.
        public var consumed: Int64 = 0
        /// Valid ones, by the reference.
        public var valid: Int64 = 0
        /// Rejected ones, by the reference.
        public var rejected: Int64 = 0
        /// (record, window) pairs, by the reference.
        public var windowPairs: Int64 = 0
        /// Pairs in published windows; nil without published results.
        public var contributedPairs: Int64?
        /// Pairs that the engine's batch log calls late; nil without a batch log.
        public var latePairs: Int64?
    }

    /// What a part of the work cost.
    public struct Phase: Sendable, Equatable {
        /// The part: `read`, `window sums`, …
        public var name: String
        /// CPU seconds of this thread.
        public var cpuSeconds: Double
    }

    /// The checks that were asked for, C1 first.
    public var checks: [Check]
    /// What was counted.
    public var counts: Counts
    /// The sums that must agree.
    public var conservation: Conservation
    /// The differences that are listed, the first cause first.
    public var differences: [Difference]
    /// How many there are in all.
    public var differenceCount: Int
    /// CPU time by phase.
    public var phases: [Phase]

    /// The verdict.
    public var verdict: Verdict {
        var skipped = checks.isEmpty
        for check in checks {
            switch check.outcome {
            case .fail: return .wrong
            case .skipped: skipped = true
            case .pass: continue
            }
        }
        return skipped ? .incomplete : .passed
    }

    /// The difference to read first.
    public var firstDifference: Difference? { differences.first }
}
