/// What a subscriber saw of the log, and when: one entry for each message that went further than all
/// before it.
struct SubscriptionLog: Sendable {
    /// The first message that covers a record.
    struct Cover: Equatable, Sendable {
        /// When the whole message was there, monotonic.
        var receivedNs: Int64
        /// When the dashboard had accepted it.
        var acceptedNs: Int64
    }

    /// The most entries: 14 hours at 20 a second.
    static let maxEntries = 1 << 20

    private let partitions: Int
    private var covers: [Cover] = []
    /// For each entry the end position of each partition.
    private var ends: [Int64] = []
    private var newest: [Int64]
    /// Messages with positions.
    private(set) var messages: Int64 = 0
    /// Entries that found no room.
    private(set) var dropped: Int64 = 0
    /// Times without a connection, the one before the first left out; the last may be open.
    private(set) var gaps: [(fromNs: Int64, untilNs: Int64?)] = []
    /// When the present or last connection was made.
    private(set) var connectedNs: Int64?

    init(partitions: Int) {
        self.partitions = partitions
        newest = Array(repeating: 0, count: partitions)
    }

    /// Notes a connection.
    mutating func connected(atNs: Int64) {
        connectedNs = atNs
        if let last = gaps.indices.last, gaps[last].untilNs == nil { gaps[last].untilNs = atNs }
    }

    /// Notes the end of a connection.
    mutating func disconnected(atNs: Int64) { gaps.append((atNs, nil)) }

    /// Notes a message.
    mutating func received(_ message: PushedMessage, atNs: Int64) {
        messages += 1
        var goesFurther = false
        for (partition, end) in message.positions.prefix(partitions).enumerated()
        where end > newest[partition] {
            newest[partition] = end
            goesFurther = true
        }
        guard goesFurther else { return }
        guard covers.count < Self.maxEntries else {
            dropped += 1
            return
        }
        // What a first message tells was accepted before the connection was made.
        let acceptedNs = message.acceptedNs ?? connectedNs ?? atNs
        covers.append(Cover(receivedNs: atNs, acceptedNs: acceptedNs))
        ends.append(contentsOf: newest)
    }

    /// Whether everything before these positions was covered.
    func covers(_ ends: [Int64]) -> Bool { zip(newest, ends).allSatisfy { $0 >= $1 } }

    /// When each entry after the first `count` was received, and how far it goes.
    func entries(after count: Int) -> [(receivedNs: Int64, ends: [Int64])] {
        (min(count, covers.count)..<covers.count).map { index in
            let start = index * partitions
            return (covers[index].receivedNs, Array(ends[start..<start + partitions]))
        }
    }

    /// The first message whose positions are beyond a record's.
    func cover(partition: Int, position: Int64) -> Cover? {
        var low = 0
        var high = covers.count
        while low < high {
            let middle = (low + high) / 2
            if ends[middle * partitions + partition] > position {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low < covers.count ? covers[low] : nil
    }
}
