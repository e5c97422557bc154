internal import CWebSockets

/// The clients that listen.
extension WebEventLoop {
    private static let tickMs = 500

    func subscribed(_ wsi: OpaquePointer, _ kind: Subscriber.Kind) -> Bool {
        guard let connection = connections[wsi] else { return false }
        connection.subscriber = Subscriber(
            kind, limits: limits, nowNs: SystemClock.monotonicNs())
        count(kind, 1)
        setTimer(wsi, ms: Self.tickMs)
        lws_callback_on_writable(wsi)
        return true
    }

    func unsubscribed(_ connection: WebConnection) {
        if let subscriber = connection.subscriber { count(subscriber.kind, -1) }
    }

    private func count(_ kind: Subscriber.Kind, _ difference: Int) {
        switch kind {
        case .webSocket: router.service.clients.webSocket += difference
        case .events: router.service.clients.events += difference
        case .socketIO: break  // counted by session
        }
    }

    /// Gives a message to every client.
    func broadcast(_ message: PushMessage) {
        sequence += 1
        message.sequence = sequence
        for (wsi, connection) in connections where connection.subscriber != nil {
            connection.subscriber?.queue.push(message)
            if connection.subscriber?.blockedSinceNs == nil {
                connection.subscriber?.blockedSinceNs = SystemClock.monotonicNs()
            }
            lws_callback_on_writable(wsi)
        }
        broadcastToSessions(message)
    }

    /// Asks every client to go, because the server stops.
    ///
    /// - Returns: how many there are.
    func closeSubscribers() -> Int {
        var count = 0
        for (wsi, connection) in connections where connection.subscriber != nil {
            count += 1
            if connection.subscriber?.closing == nil { connection.subscriber?.closing = .goingAway }
            lws_callback_on_writable(wsi)
        }
        return count
    }

    /// Sends one thing that waits; called again as long as something does.
    func subscriberWritable(_ wsi: OpaquePointer) -> Bool {
        guard let connection = connections[wsi], !connection.isClosing else { return false }
        if let link = connection.socketIO { return socketIOWritable(link, connection, wsi) }
        guard var subscriber = connection.subscriber else { return true }
        if let closing = subscriber.closing { return close(wsi, subscriber.kind, closing) }
        var sent = true
        if subscriber.pingDue {
            subscriber.pingDue = false
            sent = ping(wsi, subscriber.kind)
        } else if let item = subscriber.queue.pop() {
            sent = send(item, wsi, subscriber.kind)
        }
        if subscriber.queue.isEmpty, !subscriber.pingDue {
            // What the library still buffers is not sent either.
            subscriber.blockedSinceNs =
                lws_partial_buffered(wsi) != 0 ? SystemClock.monotonicNs() : nil
        } else {
            subscriber.blockedSinceNs = SystemClock.monotonicNs()
            lws_callback_on_writable(wsi)
        }
        connection.subscriber = subscriber
        return sent
    }

    private func ping(_ wsi: OpaquePointer, _ kind: Subscriber.Kind) -> Bool {
        switch kind {
        // The library reports no pong that is empty.
        case .webSocket:
            LWSReply.send(message: Array("aseed".utf8), as: LWS_WRITE_PING, on: wsi)
        case .events: LWSReply.send(message: EventText.keepAlive, as: LWS_WRITE_HTTP, on: wsi)
        case .socketIO: true
        }
    }

    private func send(
        _ item: SubscriberQueue.Item, _ wsi: OpaquePointer, _ kind: Subscriber.Kind
    ) -> Bool {
        guard let message = message(item) else { return true }
        defer { router.service.metrics.pushed(to: kind, arrivedNs: message.arrivedNs) }
        switch kind {
        case .webSocket: return LWSReply.send(message: message.json, as: LWS_WRITE_TEXT, on: wsi)
        case .events: return LWSReply.send(message: message.event, as: LWS_WRITE_HTTP, on: wsi)
        case .socketIO: return true
        }
    }

    func message(_ item: SubscriberQueue.Item) -> PushMessage? {
        let service = router.service
        switch item {
        case .message(let message): return message
        case .snapshot:
            let analytics = service.analytics()
            let snapshot = PushMessage(
                .snapshot, json: PushMessages.snapshot(analytics), content: analytics)
            snapshot.sequence = sequence
            return snapshot
        case .openWindows:
            guard let run = service.state.newestRun,
                let json = PushMessages.openWindows(
                    runID: run.id, run.state, instanceID: service.instanceID, at: .now())
            else { return nil }
            let windows = PushMessage(
                .query(.categoryWindows), mode: .update, json: json, runID: run.id)
            windows.sequence = sequence
            return windows
        }
    }

    /// Clients of `/ws` have nothing to say: what they send is only counted.
    func clientSent(_ wsi: OpaquePointer, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let connection = connections[wsi], !connection.isClosing else { return false }
        if lws_is_first_fragment(wsi) != 0 {
            connection.receivedBytes = 0
            connection.body = []
        }
        connection.receivedBytes += bytes.count
        let whole = connection.receivedBytes + lws_remaining_packet_payload(wsi)
        guard whole <= limits.clientMessageBytes else { return close(wsi, .webSocket, .tooBig) }
        guard let link = connection.socketIO else { return connection.subscriber != nil }
        connection.body.append(contentsOf: bytes)
        guard lws_is_final_fragment(wsi) != 0 else { return true }
        let packet = connection.body
        connection.body = []
        return socketIOReceived(link, packet, connection, wsi)
    }

    func subscriberTick(_ wsi: OpaquePointer, _ connection: WebConnection) -> Bool {
        guard var subscriber = connection.subscriber else { return false }
        let nowNs = SystemClock.monotonicNs()
        if let since = subscriber.blockedSinceNs,
            nowNs - since > Int64(limits.slowClientMs) * 1_000_000
        {
            if lws_partial_buffered(wsi) == 0, subscriber.queue.isEmpty {
                subscriber.blockedSinceNs = nil
            } else {
                return close(wsi, subscriber.kind, .slow)
            }
        }
        if subscriber.kind != .events,
            nowNs - subscriber.lastPongNs
                > Int64(limits.pingIntervalMs + limits.pongTimeoutMs) * 1_000_000
        {
            return false
        }
        if nowNs - subscriber.lastPingNs > Int64(limits.pingIntervalMs) * 1_000_000 {
            subscriber.lastPingNs = nowNs
            subscriber.pingDue = true
            lws_callback_on_writable(wsi)
        }
        connection.subscriber = subscriber
        setTimer(wsi, ms: Self.tickMs)
        return true
    }

    /// Ends a connection; a WebSocket with a close frame.
    private func close(
        _ wsi: OpaquePointer, _ kind: Subscriber.Kind, _ closing: Subscriber.Closing
    ) -> Bool {
        guard kind == .webSocket else { return false }
        var reason = Array(closing.reason.utf8)
        lws_close_reason(wsi, lws_close_status(closing.code), &reason, reason.count)
        return false
    }
}
