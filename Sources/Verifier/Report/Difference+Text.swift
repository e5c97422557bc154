extension Difference: CustomStringConvertible {
    /// The difference as a story of a few lines for a terminal.
    public var description: String {
        var lines = ["\(check.rawValue) \(faultClass.rawValue): \(subject), \(key)"]
        if let windowStart, let windowEnd {
            lines.append("  window    \(timeText(windowStart)) to \(timeText(windowEnd))")
        }
        lines.append("  \(field): expected \(expected), got \(got)")
        if let batchID { lines.append("  batch     \(batchID)") }
        for order in orders { lines.append("  order     \(order)") }
        if candidates > orders.count {
            lines.append("  (\(candidates) orders explain it equally well)")
        }
        lines.append("  \(story)")
        return lines.joined(separator: "\n")
    }
}

extension OrderTrace: CustomStringConvertible {
    /// Where the order is, when it happened, and what decided over it.
    public var description: String {
        var text = "\(orderID) at partition \(partition), position \(position)"
        if let eventTime { text += ", event time \(timeText(eventTime))" }
        if let watermark { text += ", watermark \(timeText(watermark))" }
        if let batchID { text += ", batch \(batchID)" }
        if let epoch { text += ", epoch \(epoch)" }
        return text
    }
}
