/// One client connection as the event loop sees it. Belongs to the server's thread.
final class WebConnection {
    /// What is to be done with the body that is being read.
    enum BodyUse {
        case post(DashboardService.PostTarget)
        case skip(HTTPReply)
    }

    /// The client's address when it is not this machine's, for the limit per address.
    let remoteAddress: String?
    var bodyUse: BodyUse?
    var body: [UInt8] = []
    var bodyLength = 0
    /// Whether the request is HEAD: the answer has no body.
    var isHead = false
    /// When the request's header was read, monotonic.
    var arrivedNs: Int64 = 0
    /// How many bytes had been read from the socket when the last answer went out.
    var bytesReadAtAnswer: Int64?
    /// Whether the answer before was still being sent when its request ended.
    var answerPending = false
    var subscriber: Subscriber?

    init(remoteAddress: String?) { self.remoteAddress = remoteAddress }
}
