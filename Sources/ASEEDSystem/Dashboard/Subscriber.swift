/// What waits for one client: the newest of each topic, and a bounded number of messages with final
/// windows (DESIGN.md section 6). More final windows than that are dropped in favour of a new
/// snapshot, which holds the latest of them.
struct SubscriberQueue {
    /// What to send next.
    enum Item {
        /// Everything there is.
        case snapshot
        /// One message.
        case message(PushMessage)
        /// All open windows as they now are, because single changes were left out.
        case openWindows
    }

    private struct Entry {
        var sequence: Int64
        var item: Item
    }

    let maxFinals: Int
    let maxFinalBytes: Int
    private var sequence: Int64 = 0
    private var snapshotWaits = true
    private var newest: [PushMessage.Topic: Entry] = [:]
    private var finals: [Entry] = []
    private var finalBytes = 0

    init(maxFinals: Int, maxFinalBytes: Int) {
        self.maxFinals = maxFinals
        self.maxFinalBytes = maxFinalBytes
    }

    var isEmpty: Bool { !snapshotWaits && newest.isEmpty && finals.isEmpty }

    /// Adds a message.
    mutating func push(_ message: PushMessage) {
        // The snapshot is rendered when it can be sent, and then holds this message too.
        if snapshotWaits { return }
        sequence += 1
        if message.isFinal {
            finals.append(Entry(sequence: sequence, item: .message(message)))
            finalBytes += message.json.count
            if finals.count > maxFinals || finalBytes > maxFinalBytes { dropAll() }
            return
        }
        let isDelta = message.mode == .update && newest[message.topic] != nil
        newest[message.topic] = Entry(
            sequence: sequence, item: isDelta ? .openWindows : .message(message))
    }

    /// Drops what waits in favour of a new snapshot.
    private mutating func dropAll() {
        newest = [:]
        finals = []
        finalBytes = 0
        snapshotWaits = true
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
            if case .message(let message) = first.item { finalBytes -= message.json.count }
            return first.item
        }
        guard let oldest else { return nil }
        newest[oldest.key] = nil
        return oldest.value.item
    }
}

/// A client that listens, whatever way.
struct Subscriber {
    enum Kind {
        /// `/ws`
        case webSocket
        /// `/events`
        case events
        /// `/socket.io/`
        case socketIO

        /// For counting.
        var label: String {
            switch self {
            case .webSocket: "websocket"
            case .events: "event_stream"
            case .socketIO: "socket_io"
            }
        }
    }

    /// Why the connection is being closed: WebSocket status code and reason.
    struct Closing: Equatable {
        let code: UInt32
        let reason: String

        static let slow = Closing(code: 1013, reason: "too slow, try again later")
        static let goingAway = Closing(code: 1001, reason: "the dashboard stops")
        static let tooBig = Closing(code: 1009, reason: "message too big")
    }

    let kind: Kind
    var queue: SubscriberQueue
    /// Since when something waits that the socket does not take; nil when nothing does.
    var blockedSinceNs: Int64?
    var lastPingNs: Int64
    var lastPongNs: Int64
    var pingDue = false
    var closing: Closing?

    init(_ kind: Kind, limits: DashboardLimits, nowNs: Int64) {
        self.kind = kind
        queue = SubscriberQueue(
            maxFinals: limits.finalsPerClient, maxFinalBytes: limits.finalBytesPerClient)
        blockedSinceNs = nowNs
        lastPingNs = nowNs
        lastPongNs = nowNs
    }
}
