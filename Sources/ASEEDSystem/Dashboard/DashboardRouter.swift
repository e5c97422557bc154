/// From a request to its answer. Belongs to the server's thread.
final class DashboardRouter {
    /// What is to be done with a request, once its header is known.
    enum Decision {
        /// Answer; a body, if there is one, does not matter.
        case answer(HTTPReply)
        /// Read the body of so many bytes, then hand it to `post`.
        case readBody(QueryName, length: Int)
        /// Read the body to its end, so that the client sees the answer, then answer.
        case skipBody(length: Int, HTTPReply)
    }

    let service: DashboardService
    private let policy: AccessPolicy
    private let limits: DashboardLimits
    private let files = StaticFiles()
    private var status = ServiceStatus()
    private var writes: TokenBucket
    private var refusedWrites: TokenBucket
    private var reads: TokenBucket

    init(service: DashboardService, policy: AccessPolicy, limits: DashboardLimits) {
        self.service = service
        self.policy = policy
        self.limits = limits
        let nowNs = SystemClock.monotonicNs()
        writes = TokenBucket(perSecond: limits.writesPerSecond, nowNs: nowNs)
        refusedWrites = TokenBucket(perSecond: limits.refusedWritesPerSecond, nowNs: nowNs)
        reads = TokenBucket(perSecond: limits.readsPerSecond, nowNs: nowNs)
    }

    private func error(_ status: Int, _ reason: String) -> HTTPReply {
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
        if let refusal = policy.checkNames(head) {
            return refuse(error(refusal.status, refusal.reason), length)
        }
        if let query = Self.query(at: head.path) { return decidePost(head, query, length) }
        if let file = files[head.path] { return decideRead(head, .file(file), length) }
        guard let read = Self.reads[head.path] else {
            return refuse(error(404, "nothing is at \(head.path)"), length)
        }
        return decideRead(head, read, length)
    }

    /// An answer without the body being used.
    private func refuse(_ reply: HTTPReply, _ length: Int) -> Decision {
        if length == 0 { return .answer(reply) }
        if length > limits.refusedBodyBytes { return .answer(reply.closing()) }
        return .skipBody(length: length, reply)
    }

    private static func query(at path: String) -> QueryName? {
        QueryName.allCases.first { $0.path == path }
    }

    private func decidePost(
        _ head: HTTPRequestHead, _ query: QueryName, _ length: Int
    ) -> Decision {
        guard head.method == "POST" else {
            return refuse(notAllowed(head, allowed: "POST"), length)
        }
        let nowNs = SystemClock.monotonicNs()
        guard policy.isAuthorized(head) else {
            guard refusedWrites.take(nowNs: nowNs) else { return refuse(tooMany(), length) }
            var reply = error(401, "writes need the header Authorization: Bearer TOKEN")
            reply.headers.append(HTTPHeader("www-authenticate", "Bearer"))
            return refuse(reply, length)
        }
        guard writes.take(nowNs: nowNs) else { return refuse(tooMany(), length) }
        guard AccessPolicy.isJSON(head.contentType) else {
            return refuse(error(415, "the content type must be application/json"), length)
        }
        let limit = query == .categoryWindows ? limits.windowsBodyBytes : limits.bodyBytes
        guard length <= limit else {
            return refuse(
                error(413, "the body has \(length) bytes, \(head.path) takes \(limit)"), length)
        }
        guard length > 0 else { return .answer(error(400, "the body is empty")) }
        return .readBody(query, length: length)
    }

    private func decideRead(
        _ head: HTTPRequestHead, _ read: Read, _ length: Int
    ) -> Decision {
        guard head.method == "GET" || head.method == "HEAD" else {
            return refuse(notAllowed(head, allowed: "GET, HEAD"), length)
        }
        guard reads.take(nowNs: SystemClock.monotonicNs()) else { return refuse(tooMany(), length) }
        // The probe of a supervisor has no token; it learns nothing but that the service lives.
        guard policy.readsAreOpen || read.isOpen || policy.isAuthorized(head) else {
            var reply = error(
                401, "reads from elsewhere need the header Authorization: Bearer TOKEN")
            reply.headers.append(HTTPHeader("www-authenticate", "Bearer"))
            return refuse(reply, length)
        }
        return refuse(answer(read, head), length)
    }

    private func notAllowed(_ head: HTTPRequestHead, allowed: String) -> HTTPReply {
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
        if let refusal = policy.checkNames(head) { return error(refusal.status, refusal.reason) }
        guard head.method == "GET", head.path == "/ws" else {
            return error(404, "the WebSocket is at /ws")
        }
        guard policy.readsAreOpen || policy.isAuthorized(head) else {
            return error(401, "reads from elsewhere need the header Authorization: Bearer TOKEN")
        }
        guard reads.take(nowNs: SystemClock.monotonicNs()) else { return tooMany() }
        return nil
    }
}

extension DashboardRouter {
    private enum Read {
        case file(StaticFile)
        case analytics, published, epoch, health, serviceStatus, webSocket

        var isOpen: Bool {
            if case .health = self { true } else { false }
        }
    }

    private static let reads: [String: Read] = [
        "/api/analytics": .analytics, "/api/dashboard_data": .analytics,
        "/api/published": .published, "/api/epoch": .epoch, "/healthz": .health,
        "/api/service-status": .serviceStatus, "/ws": .webSocket,
    ]

    private func answer(_ read: Read, _ head: HTTPRequestHead) -> HTTPReply {
        switch read {
        case .file(let file): return files.reply(file, head)
        case .analytics: return HTTPReply(status: 200, body: service.analytics())
        case .published: return service.published(runID: head.parameter("run_id"))
        case .epoch: return HTTPReply(status: 200, body: DashboardViews.epoch(service.state))
        case .health: return service.health()
        case .serviceStatus:
            let last = service.state.newestRun?.state.counters.updatedNs
            return HTTPReply(status: 200, body: status.json(lastPublicationNs: last))
        case .webSocket:
            var reply = error(426, "/ws is a WebSocket; ask for an upgrade")
            reply.headers.append(HTTPHeader("upgrade", "websocket"))
            return reply
        }
    }
}
