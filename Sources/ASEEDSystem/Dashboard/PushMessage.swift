/// One thing for all clients that listen, rendered once for each way of listening.
final class PushMessage {
    /// Of each topic only the newest waits for a client.
    enum Topic: Hashable, Sendable {
        case query(QueryName)
        case verification
        case services
        /// Everything there is; rendered for one client.
        case snapshot

        /// The name of the event in an event stream.
        var eventName: String {
            switch self {
            case .query: "update"
            case .verification: "verification"
            case .services: "services"
            case .snapshot: "snapshot"
            }
        }

        /// The name of the event that the original's clients know; nil when they know none.
        var socketIOName: String? {
            switch self {
            case .query(.topProducts): "top_products_update"
            case .query(.categories): "categories_update"
            case .query(.rawOrders): "raw_orders_update"
            case .query(.categoryWindows), .verification: nil
            case .services: "service_status_update"
            case .snapshot: "initial_data"
            }
        }
    }

    let topic: Topic
    /// How a query's results are to be taken.
    let mode: OutputMode?
    /// The message of a WebSocket.
    let json: [UInt8]
    /// What the message is about, without what is around it: the body as it was posted.
    private let content: [UInt8]
    /// The run of a query's results.
    let runID: String?
    /// When the POST arrived that led to it.
    var arrivedNs: Int64?
    /// How many messages were broadcast up to this one.
    var sequence: Int64 = 0
    /// The event of an event stream.
    private(set) lazy var event = EventText.event(topic.eventName, id: sequence, json)

    init(
        _ topic: Topic, mode: OutputMode? = nil, json: [UInt8], content: [UInt8] = [],
        runID: String? = nil
    ) {
        self.content = content
        self.topic = topic
        self.mode = mode
        self.json = json
        self.runID = runID
    }

    /// The packet of Socket.IO; nil for what the original had no event for.
    private(set) lazy var socketIOEvent: [UInt8]? = topic.socketIOName.map {
        EngineIO.event($0, content)
    }

    /// Final windows, of which every message counts.
    var isFinal: Bool { mode == .append }
}

/// The text of Server-Sent Events (WHATWG HTML, section 9.2).
enum EventText {
    /// A comment, which clients pass over.
    static let keepAlive = Array(": keep-alive\n\n".utf8)

    static func event(_ name: String, id: Int64, _ json: [UInt8]) -> [UInt8] {
        var text = Array("event: \(name)\nid: \(id)\ndata: ".utf8)
        text.reserveCapacity(text.count + json.count + 2)
        // JSON has line breaks between values only, where a space means the same.
        for byte in json { text.append(byte == 0x0a || byte == 0x0d ? 0x20 : byte) }
        text.append(contentsOf: [0x0a, 0x0a])
        return text
    }
}
