internal import CWebSockets

/// Turns libwebsockets' events into requests, answers and messages. All of it happens on the
/// server's thread; a handler that returns false closes its connection.
final class WebEventLoop {
    let router: DashboardRouter
    let limits: DashboardLimits
    /// Headers of every answer.
    private let commonHeaders: [HTTPHeader]
    /// The connections by their handle; a handle is removed when the library destroys it.
    var connections: [OpaquePointer: WebConnection] = [:]
    /// The Socket.IO clients.
    var sessions: [String: SocketIOSession] = [:]
    /// How many messages were broadcast; the ids of events.
    var sequence: Int64 = 0

    init(router: DashboardRouter, limits: DashboardLimits) {
        self.router = router
        self.limits = limits
        commonHeaders = [
            HTTPHeader("x-instance-id", router.service.instanceID),
            HTTPHeader("cache-control", "no-store"),
            HTTPHeader("x-content-type-options", "nosniff"),
            HTTPHeader("referrer-policy", "no-referrer"),
            HTTPHeader(
                "content-security-policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                    + "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
                    + "frame-ancestors 'none'"),
            HTTPHeader("cross-origin-opener-policy", "same-origin"),
            HTTPHeader("cross-origin-resource-policy", "same-origin"),
            HTTPHeader("x-frame-options", "DENY"),
        ]
    }

    /// Handles one event.
    ///
    /// - Returns: whether the connection lives on.
    func handle(
        _ reason: lws_callback_reasons, _ wsi: OpaquePointer, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        switch reason {
        case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED: return connected(wsi)
        case LWS_CALLBACK_WSI_DESTROY:
            if let gone = connections.removeValue(forKey: wsi) {
                unsubscribed(gone)
                if let link = gone.socketIO { socketIOGone(link, wsi) }
            }
            return true
        case LWS_CALLBACK_HTTP: return requestArrived(wsi)
        case LWS_CALLBACK_HTTP_BODY: return bodyArrived(wsi, bytes)
        case LWS_CALLBACK_HTTP_BODY_COMPLETION: return bodyCompleted(wsi)
        case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: return confirmUpgrade(wsi)
        case LWS_CALLBACK_ESTABLISHED: return established(wsi)
        case LWS_CALLBACK_SERVER_WRITEABLE, LWS_CALLBACK_HTTP_WRITEABLE:
            return subscriberWritable(wsi)
        case LWS_CALLBACK_RECEIVE: return clientSent(wsi, bytes)
        case LWS_CALLBACK_RECEIVE_PONG:
            connections[wsi]?.subscriber?.lastPongNs = SystemClock.monotonicNs()
            return true
        case LWS_CALLBACK_TIMER: return timerFired(wsi)
        // Some other protocol than HTTP, for which there is nothing here.
        case LWS_CALLBACK_RAW_ADOPT, LWS_CALLBACK_RAW_RX, LWS_CALLBACK_RAW_CONNECTED: return false
        default: return true
        }
    }

    func setTimer(_ wsi: OpaquePointer, ms: Int) {
        lws_set_timer_usecs(wsi, lws_usec_t(ms) * 1_000)
    }

    private func connected(_ wsi: OpaquePointer) -> Bool {
        let address = LWSRequest.remoteAddress(wsi)
        if let address {
            let others = connections.values.count { $0.remoteAddress == address }
            guard others < limits.connectionsPerAddress else { return false }
        }
        connections[wsi] = WebConnection(remoteAddress: address)
        setTimer(wsi, ms: limits.headerTimeoutMs)
        return true
    }

    private func requestArrived(_ wsi: OpaquePointer) -> Bool {
        guard let connection = connections[wsi] else { return false }
        if connection.answerPending {
            // A pipelined request before the answer is out would be answered out of turn.
            guard lws_partial_buffered(wsi) == 0 else { return false }
            connection.answerPending = false
        }
        connection.begin(nil)
        setTimer(wsi, ms: limits.bodyTimeoutMs)
        guard LWSRequest.urlBytes(wsi) <= limits.urlBytes else {
            return answer(error(414, "the URL is too long").closing(), connection, wsi)
        }
        guard var head = LWSRequest.head(wsi) else {
            return answer(error(501, "no such method").closing(), connection, wsi)
        }
        head.remoteAddress = connection.remoteAddress
        connection.begin(head)
        router.service.connections = connections.count
        let decision = router.decide(head)
        if case .answer(let reply) = decision { return answer(reply, connection, wsi) }
        guard !wasPipelined(connection, wsi) else {
            return answer(
                error(400, "wait for the answer before a body").closing(), connection, wsi)
        }
        switch decision {
        case .answer: break
        case .events:
            note(200, connection)
            cws_set_send_buffer(lws_get_socket_fd(wsi), Int32(limits.sendBufferBytes))
            return LWSReply.sendEventStreamHead(headers: commonHeaders, on: wsi)
                && subscribed(wsi, .events)
        case .poll: return poll(head, connection, wsi)
        case .packets(let session, let length):
            connection.bodyUse = .socketIO(session: session)
            connection.bodyLength = length
        case .readBody(let target, let length):
            connection.bodyUse = .post(target)
            connection.bodyLength = length
            connection.body.reserveCapacity(length)
            if head.awaitsContinue { return LWSReply.sendContinue(on: wsi) }
        case .skipBody(let length, let reply):
            connection.bodyUse = .skip(reply)
            connection.bodyLength = length
        }
        return true
    }

    /// Whether the request had been read together with the one before.
    ///
    /// libwebsockets 4.1 takes the header of such a request for its body when it has one, and then
    /// never returns; without a body it is answered in its turn.
    private func wasPipelined(_ connection: WebConnection, _ wsi: OpaquePointer) -> Bool {
        guard let before = connection.bytesReadAtAnswer else { return false }
        let now = cws_bytes_read(lws_get_socket_fd(wsi))
        if now == -1 { return false }  // a kernel before Linux 4.1
        // The end of the stream counts as a byte.
        return now < 0 || before < 0 || now - before <= 1
    }

    func error(_ status: Int, _ reason: String) -> HTTPReply {
        .error(status, reason, instanceID: router.service.instanceID)
    }

    private func bodyArrived(_ wsi: OpaquePointer, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let connection = connections[wsi] else { return false }
        switch connection.bodyUse {
        case .post, .socketIO: break
        case .skip, nil: return true
        }
        guard connection.body.count + bytes.count <= connection.bodyLength else { return false }
        connection.body.append(contentsOf: bytes)
        return true
    }

    private func bodyCompleted(_ wsi: OpaquePointer) -> Bool {
        guard let connection = connections[wsi] else { return false }
        defer { connection.bodyUse = nil }
        switch connection.bodyUse {
        case .post(let target):
            let body = connection.body
            connection.body = []
            let outcome = router.service.post(target, body)
            if let push = outcome.push {
                push.arrivedNs = connection.arrivedNs
                broadcast(push)
            }
            return answer(outcome.reply, connection, wsi)
        case .socketIO(let session):
            let body = connection.body
            connection.body = []
            return socketIOPosted(session, body, connection, wsi)
        // Closing also keeps strangers away from what `wasPipelined` can't see.
        case .skip(let reply): return answer(reply.closing(), connection, wsi)
        case nil: return true  // answered before: the library reports an empty body's end too
        }
    }

    func answer(
        _ reply: HTTPReply, _ connection: WebConnection, _ wsi: OpaquePointer
    ) -> Bool {
        note(reply.status, connection)
        let sent = LWSReply.send(
            reply, headers: commonHeaders, withoutBody: connection.isHead, on: wsi)
        guard sent, !reply.closes else { return false }
        setTimer(wsi, ms: limits.idleTimeoutMs)
        connection.bytesReadAtAnswer = cws_bytes_read(lws_get_socket_fd(wsi))
        let lives = lws_http_transaction_completed(wsi) == 0
        connection.answerPending = lives && lws_partial_buffered(wsi) != 0
        return lives
    }

    private func note(_ status: Int, _ connection: WebConnection) {
        router.service.metrics.answered(
            method: connection.method, path: connection.path, status: status,
            ns: SystemClock.monotonicNs() - connection.arrivedNs)
    }

    private func confirmUpgrade(_ wsi: OpaquePointer) -> Bool {
        guard let connection = connections[wsi], LWSRequest.isWebSocketUpgrade(wsi),
            var head = LWSRequest.head(wsi)
        else { return false }
        head.remoteAddress = connection.remoteAddress
        connection.begin(head)
        guard let refusal = router.refuseWebSocket(head) else {
            note(101, connection)
            connection.upgrade = head
            return true
        }
        note(refusal.status, connection)
        _ = LWSReply.send(
            refusal.closing(), headers: commonHeaders, withoutBody: connection.isHead, on: wsi)
        return false
    }

    private func established(_ wsi: OpaquePointer) -> Bool {
        guard let connection = connections[wsi], let head = connection.upgrade else { return false }
        cws_set_send_buffer(lws_get_socket_fd(wsi), Int32(limits.sendBufferBytes))
        if head.path == RouteTable.socketIOPath {
            return socketIOEstablished(head, connection, wsi)
        }
        return subscribed(wsi, .webSocket)
    }

    private func timerFired(_ wsi: OpaquePointer) -> Bool {
        guard let connection = connections[wsi], !connection.isClosing else { return false }
        if let link = connection.socketIO { return socketIOTick(link, connection, wsi) }
        guard connection.subscriber != nil else { return false }
        return subscriberTick(wsi, connection)
    }
}
