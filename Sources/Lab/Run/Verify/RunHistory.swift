internal import LoadGen
internal import Verifier

/// The generator's history as the verifier reads it.
struct RunHistory: HistorySource {
    let path: String

    func forEachEntry(_ body: (JudgedOrder) throws -> Void) throws {
        let reader = try HistoryReader(path: path)
        var text = OrderIDText(digits: reader.orderIDDigits)
        try reader.forEach { entry in
            try text.set(entry).withUnsafeBytes { bytes in
                try body(
                    JudgedOrder(
                        orderID: bytes, partition: entry.partition, position: entry.position,
                        outcome: Self.outcome(entry.outcome),
                        isDeclaredDuplicate: entry.fate == .duplicate,
                        isDeclaredInvalid: entry.fate == .invalid))
            }
        }
    }

    private static func outcome(_ outcome: OrderOutcome) -> JudgedOrder.Outcome {
        switch outcome {
        case .acknowledged: .acknowledged
        case .failed: .failed
        case .unknown: .unknown
        }
    }
}

/// Order ids one after the other in the same memory: the first is spelled by the generator, of the
/// others only the digits change.
private struct OrderIDText {
    private let digits: Int
    private var bytes: [UInt8] = []

    init(digits: Int) { self.digits = digits }

    mutating func set(_ entry: borrowing LoadGen.HistoryEntry) -> [UInt8] {
        var rest = entry.sequence
        guard bytes.count > digits else {
            bytes = entry.orderID(digits: digits)
            return bytes
        }
        for index in stride(from: bytes.count - 1, through: bytes.count - digits, by: -1) {
            bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        // A number with more digits is longer.
        if rest > 0 {
            defer { bytes = [] }
            return entry.orderID(digits: digits)
        }
        return bytes
    }
}
