internal import ASEEDSystem

/// One order of a history.
public struct HistoryEntry: Equatable, Sendable {
    /// Its number; the order id derives from it. A duplicate has the number of its original.
    public var sequence: Int64
    /// What the mix made of it.
    public var fate: OrderFate
    /// Why it is rejected, when its fate is `invalid`.
    public var invalidKind: InvalidKind?
    /// The stage of the plan.
    public var stage: Int
    /// Where it was sent.
    public var partition: Int
    /// The position of its record; -1 when it failed, or when the log did not tell it.
    public var position: Int64
    /// The record's bytes, without the line feed.
    public var length: Int
    /// When it was due, monotonic ns.
    public var scheduledNs: Int64
    /// When it was sent, monotonic ns.
    public var sentNs: Int64
    /// When the log answered, monotonic ns.
    public var acknowledgedNs: Int64
    /// What the log answered.
    public var outcome: OrderOutcome

    /// `ORD-000000001`, as bytes.
    ///
    /// - Parameter digits: `HistoryReader.orderIDDigits`.
    public func orderID(digits: Int) -> [UInt8] {
        Array(OrderID.text(sequence: sequence, digits: digits).utf8)
    }

    /// The order id without an allocation, for millions of entries.
    ///
    /// - Parameter buffer: `4 + digits` bytes or more.
    /// - Returns: the id, inside the buffer.
    public func orderID(
        digits: Int, in buffer: UnsafeMutableRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        precondition(buffer.count >= 4 + digits, "an order id has 4 + \(digits) bytes")
        buffer.storeBytes(of: UInt32(littleEndian: 0x2d44_524f), as: UInt32.self)  // "ORD-"
        var rest = sequence
        for place in stride(from: 3 + digits, to: 3, by: -1) {
            buffer[place] = UInt8(0x30 + rest % 10)
            rest /= 10
        }
        return UnsafeRawBufferPointer(rebasing: buffer[..<(4 + digits)])
    }

    /// Whether the record in the log is a valid order that carries this order id.
    public var isOrder: Bool { fate != .invalid }
}
