/// One client connection as the event loop sees it. Belongs to the server's thread.
final class WebConnection {
    /// What is to be done with the body that is being read.
    enum BodyUse {
        case post(QueryName)
        case skip(HTTPReply)
    }

    /// The client's address when it is not this machine's, for the limit per address.
    let remoteAddress: String?
    var bodyUse: BodyUse?
    var body: [UInt8] = []
    var bodyLength = 0
    /// Whether the request is HEAD: the answer has no body.
    var isHead = false
    /// How many bytes had been read from the socket when the last answer went out.
    var bytesReadAtAnswer: Int64?
    /// Whether the answer before was still being sent when its request ended.
    var answerPending = false
    var subscriber: Subscriber?

    init(remoteAddress: String?) { self.remoteAddress = remoteAddress }
}

/// A WebSocket client.
struct Subscriber {
    /// Why the connection is being closed: WebSocket status code and reason.
    struct Closing: Equatable {
        let code: UInt32
        let reason: String

        static let slow = Closing(code: 1013, reason: "too slow, try again later")
        static let goingAway = Closing(code: 1001, reason: "the dashboard stops")
        static let tooBig = Closing(code: 1009, reason: "message too big")
    }

    var queue: SubscriberQueue
    /// Since when something waits that the socket does not take; nil when nothing does.
    var blockedSinceNs: Int64?
    var lastPingNs: Int64
    var lastPongNs: Int64
    var pingDue = false
    var receivedBytes = 0
    var closing: Closing?
}
