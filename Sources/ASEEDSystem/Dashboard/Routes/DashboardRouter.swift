/// From a request to its answer. Belongs to the server's thread.
final class DashboardRouter {
    /// What is to be done with a request, once its header is known.
    enum Decision {
        /// Answer; a body, if there is one, does not matter.
        case answer(HTTPReply)
        /// Read the body of so many bytes, then hand it to `post`.
        case readBody(DashboardService.PostTarget, length: Int)
        /// Read the body to its end, so that the client sees the answer, then answer.
        case skipBody(length: Int, HTTPReply)
        /// Keep the connection and send events.
        case events
        /// Answer a poll of Socket.IO when there is something to say.
        case poll
        /// Read a body with packets of a Socket.IO session.
        case packets(session: String, length: Int)
    }

    let service: DashboardService
    private let policy: AccessPolicy
    private let limits: DashboardLimits
    private var writes: TokenBucket
    private var refusedWrites: TokenBucket
    private var openWrites: TokenBucket
    private var reads: TokenBucket
    private var addresses: AddressBuckets

    init(service: DashboardService, policy: AccessPolicy, limits: DashboardLimits) {
        self.service = service
        self.policy = policy
        self.limits = limits
        let nowNs = SystemClock.monotonicNs()
        writes = TokenBucket(perSecond: limits.writesPerSecond, nowNs: nowNs)
        refusedWrites = TokenBucket(perSecond: limits.refusedWritesPerSecond, nowNs: nowNs)
        openWrites = TokenBucket(perSecond: limits.openWritesPerSecond, nowNs: nowNs)
        addresses = AddressBuckets(perSecond: limits.requestsPerAddress)
        reads = TokenBucket(perSecond: limits.readsPerSecond, nowNs: nowNs)
    }

    func error(_ status: Int, _ reason: String) -> HTTPReply {
        .error(status, reason, instanceID: service.instanceID)
    }

    /// Decides on a request by its header.
    func decide(_ head: HTTPRequestHead) -> Decision {
        if head.transferEncoding != nil {
            return .answer(error(411, "send a Content-Length, not a Transfer-Encoding").closing())
        }
        var length = 0
        if let text = head.contentLength {
            guard let parsed = AccessPolicy.length(text) else {
                return .answer(error(400, "Content-Length \"\(text)\" is no length").closing())
            }
            length = parsed
        } else if ["POST", "PUT", "PATCH"].contains(head.method) {
            return .answer(error(411, "send a Content-Length").closing())
        }
        let decision = decideByPath(head, length)
        // A client that holds its body back is not asked for one that nobody reads.
        if head.awaitsContinue, case .skipBody(_, let reply) = decision {
            return .answer(reply.closing())
        }
        return decision
    }

    private func decideByPath(_ head: HTTPRequestHead, _ length: Int) -> Decision {
        guard addresses.take(head.remoteAddress, nowNs: SystemClock.monotonicNs()) else {
            return refuse(tooMany(), length)
        }
        if let refusal = policy.checkNames(head) {
            return refuse(error(refusal.status, refusal.reason), length)
        }
        guard let routes = RouteTable.byPath[head.path] else {
            return refuse(error(404, "nothing is at \(head.path)"), length)
        }
        let method = head.method == "HEAD" ? "GET" : head.method
        guard let route = routes.first(where: { $0.method.rawValue == method }) else {
            return refuse(notAllowed(head, routes), length)
        }
        switch route.work {
        case .body(let target, let limit):
            return decidePost(head, route, target, limits.bytes(limit), length)
        case .answer(let answer):
            if let refusal = refuseRead(head, route) { return refuse(refusal, length) }
            return refuse(answer(self, head), length)
        case .events:
            if let refusal = refuseRead(head, route) { return refuse(refusal, length) }
            guard length == 0, head.method == "GET" else {
                return refuse(error(400, "\(head.path) takes a GET without a body"), length)
            }
            return .events
        case .socketIO:
            if let refusal = refuseRead(head, route) { return refuse(refusal, length) }
            return decideSocketIO(head, length)
        }
    }

    private func decideSocketIO(_ head: HTTPRequestHead, _ length: Int) -> Decision {
        guard head.method == "POST" else {
            return length == 0 && head.method == "GET"
                ? .poll : refuse(EngineIO.Refusal.badRequest.reply(), length)
        }
        switch SocketIORequest.parse(head, transport: "polling") {
        case .failure(let refusal): return refuse(refusal.reason.reply(), length)
        case .success(.open): return refuse(EngineIO.Refusal.badRequest.reply(), length)
        case .success(.session(let id)):
            guard length > 0, length <= limits.clientMessageBytes else {
                return refuse(EngineIO.Refusal.badRequest.reply(), length)
            }
            return .packets(session: id, length: length)
        }
    }

    /// An answer without the body being used.
    private func refuse(_ reply: HTTPReply, _ length: Int) -> Decision {
        if length == 0 { return .answer(reply) }
        if length > limits.refusedBodyBytes { return .answer(reply.closing()) }
        return .skipBody(length: length, reply)
    }

    private func decidePost(
        _ head: HTTPRequestHead, _ route: Route, _ target: DashboardService.PostTarget,
        _ limit: Int, _ length: Int
    ) -> Decision {
        let nowNs = SystemClock.monotonicNs()
        if case .originalWrite = route.access, policy.originalWritesAreOpen,
            head.authorization == nil, case .query(let query) = target
        {
            guard openWrites.take(nowNs: nowNs) else { return refuse(tooMany(), length) }
            return decideBody(head, .original(query), limit, length)
        }
        guard policy.isAuthorized(head) else {
            guard refusedWrites.take(nowNs: nowNs) else { return refuse(tooMany(), length) }
            var reply = error(401, "writes need the header Authorization: Bearer TOKEN")
            reply.headers.append(HTTPHeader("www-authenticate", "Bearer"))
            return refuse(reply, length)
        }
        guard writes.take(nowNs: nowNs) else { return refuse(tooMany(), length) }
        return decideBody(head, target, limit, length)
    }

    private func decideBody(
        _ head: HTTPRequestHead, _ target: DashboardService.PostTarget, _ limit: Int,
        _ length: Int
    ) -> Decision {
        guard AccessPolicy.isJSON(head.contentType) else {
            return refuse(error(415, "the content type must be application/json"), length)
        }
        guard length <= limit else {
            return refuse(
                error(413, "the body has \(length) bytes, \(head.path) takes \(limit)"), length)
        }
        guard length > 0 else { return .answer(error(400, "the body is empty")) }
        return .readBody(target, length: length)
    }

    /// Why a read is refused; nil when it may go on.
    private func refuseRead(_ head: HTTPRequestHead, _ route: Route) -> HTTPReply? {
        guard reads.take(nowNs: SystemClock.monotonicNs()) else { return tooMany() }
        if case .open = route.access { return nil }
        guard policy.readsAreOpen || policy.isAuthorized(head) else {
            var reply = error(
                401, "reads from elsewhere need the header Authorization: Bearer TOKEN")
            reply.headers.append(HTTPHeader("www-authenticate", "Bearer"))
            return reply
        }
        return nil
    }

    private func notAllowed(_ head: HTTPRequestHead, _ routes: [Route]) -> HTTPReply {
        let allowed = routes.map { $0.method == .get ? "GET, HEAD" : $0.method.rawValue }
            .joined(separator: ", ")
        var reply = error(405, "\(head.path) takes \(allowed), not \(head.method)")
        reply.headers.append(HTTPHeader("allow", allowed))
        return reply
    }

    private func tooMany() -> HTTPReply {
        var reply = error(429, "too many requests a second")
        reply.headers.append(HTTPHeader("retry-after", "1"))
        return reply
    }

    /// Whether a request may become a WebSocket; nil when it may.
    func refuseWebSocket(_ head: HTTPRequestHead) -> HTTPReply? {
        guard addresses.take(head.remoteAddress, nowNs: SystemClock.monotonicNs()) else {
            return tooMany()
        }
        if let refusal = policy.checkNames(head) { return error(refusal.status, refusal.reason) }
        guard head.method == "GET", ["/ws", RouteTable.socketIOPath].contains(head.path) else {
            return error(404, "the WebSocket is at /ws")
        }
        guard policy.readsAreOpen || policy.isAuthorized(head) else {
            return error(401, "reads from elsewhere need the header Authorization: Bearer TOKEN")
        }
        guard reads.take(nowNs: SystemClock.monotonicNs()) else { return tooMany() }
        if head.path == RouteTable.socketIOPath,
            case .failure(let refusal) = SocketIORequest.parse(head, transport: "websocket")
        {
            return refusal.reason.reply()
        }
        return nil
    }
}
