internal import CWebSockets

/// The WebSocket clients.
extension WebEventLoop {
    private static let tickMs = 500

    func subscribed(_ wsi: OpaquePointer) -> Bool {
        guard let connection = connections[wsi] else { return false }
        let nowNs = SystemClock.monotonicNs()
        connection.subscriber = Subscriber(
            queue: SubscriberQueue(
                maxFinals: limits.finalsPerClient, maxFinalBytes: limits.finalBytesPerClient),
            blockedSinceNs: nowNs, lastPingNs: nowNs, lastPongNs: nowNs)
        router.service.subscribers += 1
        setTimer(wsi, ms: Self.tickMs)
        lws_callback_on_writable(wsi)
        return true
    }

    /// Gives an accepted message to every client.
    func broadcast(_ message: DashboardMessage) {
        var text: [UInt8]?
        for (wsi, connection) in connections where connection.subscriber != nil {
            let rendered =
                text ?? PushMessages.update(message, instanceID: router.service.instanceID)
            text = rendered
            let kept = connection.subscriber?.queue.push(
                message.query, message.envelope.mode, rendered)
            if kept == false { connection.subscriber?.closing = .slow }
            if connection.subscriber?.blockedSinceNs == nil {
                connection.subscriber?.blockedSinceNs = SystemClock.monotonicNs()
            }
            lws_callback_on_writable(wsi)
        }
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
        guard let connection = connections[wsi], var subscriber = connection.subscriber else {
            return false
        }
        if let closing = subscriber.closing { return close(wsi, closing) }
        var sent = true
        if subscriber.pingDue {
            subscriber.pingDue = false
            // The library reports no pong that is empty.
            sent = LWSReply.send(message: Array("aseed".utf8), as: LWS_WRITE_PING, on: wsi)
        } else if let item = subscriber.queue.pop(), let text = render(item) {
            sent = LWSReply.send(message: text, as: LWS_WRITE_TEXT, on: wsi)
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

    private func render(_ item: SubscriberQueue.Item) -> [UInt8]? {
        switch item {
        case .snapshot: return PushMessages.snapshot(router.service.analytics())
        case .message(let text): return text
        case .openWindows:
            guard let run = router.service.state.newestRun else { return nil }
            return PushMessages.openWindows(
                runID: run.id, run.state, instanceID: router.service.instanceID)
        }
    }

    /// Clients have nothing to say; what they send is only counted.
    func subscriberSent(_ wsi: OpaquePointer, _ count: Int) -> Bool {
        guard let connection = connections[wsi], var subscriber = connection.subscriber else {
            return false
        }
        subscriber.receivedBytes =
            lws_is_first_fragment(wsi) != 0 ? count : subscriber.receivedBytes + count
        let tooBig =
            subscriber.receivedBytes + lws_remaining_packet_payload(wsi) > limits.clientMessageBytes
        connection.subscriber = subscriber
        return tooBig ? close(wsi, .tooBig) : true
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
                return close(wsi, .slow)
            }
        }
        if nowNs - subscriber.lastPongNs
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

    /// Ends a connection with a close frame.
    private func close(_ wsi: OpaquePointer, _ closing: Subscriber.Closing) -> Bool {
        var reason = Array(closing.reason.utf8)
        lws_close_reason(wsi, lws_close_status(closing.code), &reason, reason.count)
        return false
    }
}
