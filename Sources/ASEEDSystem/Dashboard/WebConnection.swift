/// One client connection as the event loop sees it. Belongs to the server's thread.
final class WebConnection {
    /// What is to be done with the body that is being read.
    enum BodyUse {
        case post(DashboardService.PostTarget)
        /// Packets of a Socket.IO session.
        case socketIO(session: String)
        case skip(HTTPReply)
    }

    /// The client's address when it is not this machine's, for the limit per address.
    let remoteAddress: String?
    var bodyUse: BodyUse?
    var body: [UInt8] = []
    var bodyLength = 0
    /// Whether the request is HEAD: the answer has no body.
    var isHead = false
    /// The request that is being answered.
    var method = ""
    var path = ""
    /// When the request's header was read, monotonic.
    var arrivedNs: Int64 = 0
    /// How many bytes had been read from the socket when the last answer went out.
    var bytesReadAtAnswer: Int64?
    /// Whether the answer before was still being sent when its request ended.
    var answerPending = false
    /// A client of `/ws` or `/events`.
    var subscriber: Subscriber?
    /// What the connection does for a Socket.IO client.
    var socketIO: WebEventLoop.SocketIOLink?
    /// The header that a WebSocket started with.
    var upgrade: HTTPRequestHead?
    /// The size so far of the WebSocket message that is being received.
    var receivedBytes = 0
    /// Whether the connection is to be closed.
    var isClosing = false

    init(remoteAddress: String?) { self.remoteAddress = remoteAddress }

    /// Starts over with a new request.
    func begin(_ head: HTTPRequestHead?) {
        bodyUse = nil
        body = []
        isHead = head?.method == "HEAD"
        method = head?.method ?? ""
        path = head?.path ?? ""
        arrivedNs = SystemClock.monotonicNs()
    }
}
