internal import ASEEDSystem

/// What the mix made of an order.
public enum OrderFate: UInt8, CaseIterable, Sendable {
    /// A plain order.
    case normal
    /// Behind the greatest event time of its partition.
    case outOfOrder
    /// Behind the watermark of its partition.
    case late
    /// Exactly at, just before or just after a window end or lateness limit.
    case boundary
    /// The same record once more.
    case duplicate
    /// A record that is rejected.
    case invalid

    /// As results name it.
    public var name: String {
        switch self {
        case .normal: "normal"
        case .outOfOrder: "out_of_order"
        case .late: "late"
        case .boundary: "boundary"
        case .duplicate: "duplicate"
        case .invalid: "invalid"
        }
    }
}

/// What became of an order's append.
public enum OrderOutcome: UInt8, CaseIterable, Sendable {
    /// It is in the log (R7).
    case acknowledged
    /// It is not in the log.
    case failed
    /// It is in the log once or not at all (R7).
    case unknown

    /// As the log answered.
    init(_ outcome: AppendOutcome) {
        self =
            switch outcome {
            case .acknowledged: .acknowledged
            case .failed: .failed
            case .unknown: .unknown
            }
    }
}
