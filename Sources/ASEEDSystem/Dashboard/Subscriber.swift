/// What waits for one WebSocket client: the newest result of each query, and a bounded number of
/// messages with final windows (DESIGN.md section 6).
struct SubscriberQueue: Sendable {
    /// What to send next.
    enum Item: Equatable, Sendable {
        /// Everything there is, on connecting.
        case snapshot
        /// One accepted message.
        case message([UInt8])
        /// All open windows as they now are, because single changes were left out.
        case openWindows
    }

    private struct Entry: Sendable {
        var sequence: Int64
        var item: Item
    }

    let maxFinals: Int
    let maxFinalBytes: Int
    private var sequence: Int64 = 0
    private var snapshotWaits = true
    private var newest: [QueryName: Entry] = [:]
    private var finals: [Entry] = []
    private var finalBytes = 0

    init(maxFinals: Int, maxFinalBytes: Int) {
        self.maxFinals = maxFinals
        self.maxFinalBytes = maxFinalBytes
    }

    var isEmpty: Bool { !snapshotWaits && newest.isEmpty && finals.isEmpty }

    /// Adds an accepted message.
    ///
    /// - Returns: false when too many final windows wait: the client is too slow.
    mutating func push(_ query: QueryName, _ mode: OutputMode, _ text: [UInt8]) -> Bool {
        // The first message will be rendered later and then holds this one too.
        if snapshotWaits { return true }
        sequence += 1
        if mode == .append {
            finals.append(Entry(sequence: sequence, item: .message(text)))
            finalBytes += text.count
            return finals.count <= maxFinals && finalBytes <= maxFinalBytes
        }
        let isDelta = mode == .update && newest[query] != nil
        newest[query] = Entry(
            sequence: sequence, item: isDelta ? .openWindows : .message(text))
        return true
    }

    /// Takes the next item out, in the order of arrival.
    mutating func pop() -> Item? {
        if snapshotWaits {
            snapshotWaits = false
            return .snapshot
        }
        let oldest = newest.min { $0.value.sequence < $1.value.sequence }
        if let first = finals.first, first.sequence < oldest?.value.sequence ?? Int64.max {
            finals.removeFirst()
            if case .message(let text) = first.item { finalBytes -= text.count }
            return first.item
        }
        guard let oldest else { return nil }
        newest[oldest.key] = nil
        return oldest.value.item
    }
}
