/// Collects the parts of one message, in order. Nothing of it counts before the last part came.
///
/// One message at a time: a newer one takes the place of one whose parts stopped coming.
struct PartAssembly {
    /// What became of a part.
    enum Verdict {
        /// More are to come.
        case waiting
        /// The whole message.
        case whole(DashboardMessage)
        /// A part before this one is not here: the sender must start over.
        case incomplete
    }

    private static let maxRows = 500_000

    private var first: DashboardMessage?
    private var rows: [WindowRow] = []
    private var taken = 0

    /// Takes the next part of open windows.
    mutating func take(_ message: DashboardMessage, _ part: MessagePart) -> Verdict {
        guard case .open(let more, let full) = message.content else { return .incomplete }
        if part.number == 1 {
            self = PartAssembly()
            first = message
        }
        guard let first, first.envelope.runID == message.envelope.runID,
            first.envelope.version == message.envelope.version, first.part?.count == part.count,
            rows.count + more.count <= Self.maxRows
        else { return .incomplete }
        // The same part again: its answer was lost.
        if part.number == taken { return .waiting }
        guard part.number == taken + 1 else { return .incomplete }
        taken = part.number
        rows += more
        guard taken == part.count else { return .waiting }
        var whole = message
        whole.content = .open(rows, full: full)
        whole.part = nil
        whole.body = []
        self = PartAssembly()
        return .whole(whole)
    }
}
