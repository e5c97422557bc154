internal import CWebSockets

/// Socket.IO clients: existing pages and scripts of the original.
extension WebEventLoop {
    /// How a connection serves a session.
    enum SocketIOLink {
        /// A poll that waits for packets.
        case poll(SocketIOSession)
        /// A WebSocket to which the session may move.
        case probing(SocketIOSession)
        /// The session's WebSocket.
        case webSocket(SocketIOSession)
    }

    private func session(
        _ id: String
    ) -> SocketIOSession? {
        guard let session = sessions[id] else { return nil }
        session.seen(nowNs: SystemClock.monotonicNs())
        return session
    }

    private func makeSession() -> SocketIOSession? {
        let nowNs = SystemClock.monotonicNs()
        endLostSessions(nowNs: nowNs)
        guard sessions.count < limits.socketIOSessions,
            let id = try? TokenFile.randomHex(bytes: 16)
        else { return nil }
        let session = SocketIOSession(id: id, limits: limits, nowNs: nowNs)
        sessions[id] = session
        return session
    }

    /// A client that polls and went away between two polls has no connection to tell of it.
    private func endLostSessions(nowNs: Int64) {
        for session in sessions.values where session.isLost(nowNs: nowNs) { end(session) }
    }

    /// Forgets a session and closes its connections.
    func end(_ session: SocketIOSession) {
        guard sessions.removeValue(forKey: session.id) != nil else { return }
        countSessions()
        for wsi in [session.poll, session.socket].compactMap({ $0 }) {
            connections[wsi]?.socketIO = nil
            connections[wsi]?.isClosing = true
            lws_callback_on_writable(wsi)
        }
        session.poll = nil
        session.socket = nil
    }

    private func countSessions() {
        router.service.clients.socketIO = sessions.values.count { $0.isConnected }
    }

    // MARK: - Polling

    /// Answers a poll, or holds it until there is something to say.
    func answerPoll(
        _ head: HTTPRequestHead, _ connection: WebConnection, _ wsi: OpaquePointer
    ) -> Bool {
        switch SocketIORequest.parse(head, transport: "polling") {
        case .failure(let refusal): return answer(refusal.reason.reply(), connection, wsi)
        case .success(.open):
            guard let session = makeSession() else {
                return answer(EngineIO.Refusal.forbidden.reply(status: 503), connection, wsi)
            }
            return answer(
                EngineIO.reply(EngineIO.open(sid: session.id, canUpgrade: true, limits: limits)),
                connection, wsi)
        case .success(.session(let id)):
            guard let session = session(id) else {
                return answer(EngineIO.Refusal.unknownSession.reply(), connection, wsi)
            }
            // Two polls at a time, or one beside the WebSocket, break the protocol.
            guard session.poll == nil, session.socket == nil else {
                end(session)
                return answer(EngineIO.Refusal.badRequest.reply(), connection, wsi)
            }
            session.pingWhenDue(nowNs: SystemClock.monotonicNs())
            if session.hasPackets { return answer(payload(session), connection, wsi) }
            session.poll = wsi
            connection.socketIO = .poll(session)
            // The library would end a request without an answer; the timer looks after this one.
            lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0)
            setTimer(wsi, ms: Self.socketIOTickMs)
            return true
        }
    }

    private static let socketIOTickMs = 500

    /// What waits for a session, as many packets as fit in a payload.
    private func payload(_ session: SocketIOSession) -> HTTPReply {
        var text: [UInt8] = []
        while text.count < EngineIO.maxPayloadBytes / 2, let packet = next(session) {
            if !text.isEmpty { text.append(EngineIO.separator) }
            text.append(contentsOf: packet)
        }
        return EngineIO.reply(text.isEmpty ? EngineIO.noop : text)
    }

    private func next(_ session: SocketIOSession) -> [UInt8]? {
        session.next { item in
            let message = self.message(item)
            router.service.metrics.pushed(to: .socketIO, arrivedNs: message?.arrivedNs)
            return message
        }
    }

    /// Takes the packets of a POST.
    func socketIOPosted(
        _ id: String, _ body: [UInt8], _ connection: WebConnection, _ wsi: OpaquePointer
    ) -> Bool {
        guard let session = session(id) else {
            return answer(EngineIO.Refusal.unknownSession.reply(), connection, wsi)
        }
        for packet in body.split(separator: EngineIO.separator) {
            guard take(EngineIO.parse(packet), session) else {
                return answer(EngineIO.Refusal.badRequest.reply(), connection, wsi)
            }
        }
        return answer(EngineIO.reply(Array("ok".utf8)), connection, wsi)
    }

    private func take(_ packet: EngineIO.ClientPacket, _ session: SocketIOSession) -> Bool {
        guard session.take(packet, nowNs: SystemClock.monotonicNs()) else {
            end(session)
            return packet == .close
        }
        countSessions()
        wake(session)
        return true
    }

    private func wake(_ session: SocketIOSession) {
        guard session.hasPackets, let wsi = session.socket ?? session.poll else { return }
        if session.blockedSinceNs == nil { session.blockedSinceNs = SystemClock.monotonicNs() }
        lws_callback_on_writable(wsi)
    }

    /// Gives a message to every session.
    func broadcastToSessions(_ message: PushMessage) {
        endLostSessions(nowNs: SystemClock.monotonicNs())
        for session in sessions.values {
            session.push(message)
            wake(session)
        }
    }

    // MARK: - WebSocket

    /// Starts a session on a WebSocket, or lets one move to it.
    func socketIOEstablished(
        _ head: HTTPRequestHead, _ connection: WebConnection, _ wsi: OpaquePointer
    ) -> Bool {
        guard case .success(let request) = SocketIORequest.parse(head, transport: "websocket")
        else { return false }
        setTimer(wsi, ms: Self.socketIOTickMs)
        switch request {
        case .open:
            guard let session = makeSession() else { return false }
            session.add(
                control: EngineIO.open(sid: session.id, canUpgrade: false, limits: limits))
            session.socket = wsi
            connection.socketIO = .webSocket(session)
            wake(session)
            return true
        case .session(let id):
            guard let session = session(id), session.socket == nil else { return false }
            connection.socketIO = .probing(session)
            return true
        }
    }

    /// Takes a whole message of a client.
    func socketIOReceived(
        _ link: SocketIOLink, _ bytes: [UInt8], _ connection: WebConnection, _ wsi: OpaquePointer
    ) -> Bool {
        let packet = EngineIO.parse(bytes)
        switch (link, packet) {
        case (.poll, _): return false
        case (.webSocket(let session), _): return take(packet, session)
        case (.probing(let session), .probe):
            // The client waits for its poll to end before it moves.
            if let poll = session.poll {
                session.add(control: EngineIO.noop)
                lws_callback_on_writable(poll)
            }
            return LWSReply.send(message: EngineIO.probeAnswer, as: LWS_WRITE_TEXT, on: wsi)
        case (.probing(let session), .upgrade):
            guard sessions[session.id] != nil, session.socket == nil else { return false }
            session.socket = wsi
            connection.socketIO = .webSocket(session)
            if let poll = session.poll {
                session.add(control: EngineIO.noop)
                lws_callback_on_writable(poll)
            }
            wake(session)
            return true
        case (.probing, _): return false
        }
    }

    /// Sends what waits, when the connection can take it.
    func socketIOWritable(
        _ link: SocketIOLink, _ connection: WebConnection, _ wsi: OpaquePointer
    ) -> Bool {
        switch link {
        case .probing: return true
        case .poll(let session):
            guard session.hasPackets else { return true }
            session.poll = nil
            session.blockedSinceNs = nil
            connection.socketIO = nil
            return answer(payload(session), connection, wsi)
        case .webSocket(let session):
            if let packet = next(session) {
                guard LWSReply.send(message: packet, as: LWS_WRITE_TEXT, on: wsi) else {
                    return false
                }
            }
            session.blockedSinceNs =
                session.hasPackets || lws_partial_buffered(wsi) != 0
                ? SystemClock.monotonicNs() : nil
            if session.hasPackets { lws_callback_on_writable(wsi) }
            return true
        }
    }

    /// Looks after time-outs.
    func socketIOTick(
        _ link: SocketIOLink, _ connection: WebConnection, _ wsi: OpaquePointer
    ) -> Bool {
        let nowNs = SystemClock.monotonicNs()
        switch link {
        case .probing(let session):
            guard !session.isLost(nowNs: nowNs), sessions[session.id] != nil else { return false }
        case .poll(let session):
            session.seen(nowNs: nowNs)  // a client that waits is there
            session.pingWhenDue(nowNs: nowNs)
            wake(session)
        case .webSocket(let session):
            let slowNs = Int64(limits.slowClientMs) * 1_000_000
            let isSlow = session.blockedSinceNs.map { nowNs - $0 > slowNs } ?? false
            if isSlow, lws_partial_buffered(wsi) == 0, !session.hasPackets {
                session.blockedSinceNs = nil
            } else if isSlow || session.isLost(nowNs: nowNs) {
                return false
            }
            session.pingWhenDue(nowNs: nowNs)
            wake(session)
        }
        setTimer(wsi, ms: Self.socketIOTickMs)
        return true
    }

    /// A connection went.
    func socketIOGone(_ link: SocketIOLink, _ wsi: OpaquePointer) {
        switch link {
        case .probing: break
        case .poll(let session): if session.poll == wsi { session.poll = nil }
        case .webSocket(let session):
            session.socket = nil
            end(session)
        }
    }
}
