/// One Socket.IO client, over polling or a WebSocket. Belongs to the server's thread.
final class SocketIOSession {
    let id: String
    /// The connection whose poll waits for an answer.
    var poll: OpaquePointer?
    /// The WebSocket, once the session has moved to it.
    var socket: OpaquePointer?
    /// Whether the client has connected to the main namespace and gets events.
    private(set) var isConnected = false
    private(set) var lastSeenNs: Int64
    private(set) var lastPingNs: Int64
    /// Since when something waits that the client does not take.
    var blockedSinceNs: Int64?
    private var control: [[UInt8]] = []
    private var queue: SubscriberQueue
    private let limits: DashboardLimits

    /// More than that unsent means that the client sends and never reads.
    private static let maxControl = 32

    init(id: String, limits: DashboardLimits, nowNs: Int64) {
        self.id = id
        self.limits = limits
        lastSeenNs = nowNs
        lastPingNs = nowNs
        queue = SubscriberQueue(
            maxFinals: limits.finalsPerClient, maxFinalBytes: limits.finalBytesPerClient)
    }

    var hasPackets: Bool { !control.isEmpty || isConnected && !queue.isEmpty }

    /// Whether the client has been silent for too long.
    func isLost(nowNs: Int64) -> Bool {
        nowNs - lastSeenNs > Int64(limits.pingIntervalMs + limits.pongTimeoutMs) * 1_000_000
    }

    func seen(nowNs: Int64) { lastSeenNs = nowNs }

    /// Asks for a sign of life, when it is time to.
    func pingWhenDue(nowNs: Int64) {
        guard nowNs - lastPingNs > Int64(limits.pingIntervalMs) * 1_000_000 else { return }
        lastPingNs = nowNs
        control.append(EngineIO.ping)
    }

    func add(control packet: [UInt8]) { control.append(packet) }

    func push(_ message: PushMessage) {
        guard isConnected, message.socketIOEvent != nil else { return }
        queue.push(message)
    }

    /// Takes one packet of the client's.
    ///
    /// - Returns: whether the session lives on.
    func take(_ packet: EngineIO.ClientPacket, nowNs: Int64) -> Bool {
        seen(nowNs: nowNs)
        switch packet {
        case .close, .invalid: return false
        case .pong, .noop, .probe, .upgrade: break
        case .connect(let namespace):
            if namespace.isEmpty {
                control.append(Array("40{\"sid\":\"\(id)\"}".utf8))
                isConnected = true
            } else {
                var json = JSONWriter()
                json.object { $0.member("message", "Invalid namespace") }
                control.append(Array("44\(namespace),".utf8) + json.bytes)
            }
        case .disconnect: isConnected = false
        case .event(let acknowledgement):
            // Clients have nothing to say; one that waits for an answer gets an empty one.
            if let id = acknowledgement { control.append(Array("43\(id)[]".utf8)) }
        }
        return control.count <= Self.maxControl
    }

    /// The next packet for the client.
    func next(render: (SubscriberQueue.Item) -> PushMessage?) -> [UInt8]? {
        if !control.isEmpty { return control.removeFirst() }
        guard isConnected else { return nil }
        while let item = queue.pop() {
            if let packet = render(item)?.socketIOEvent { return packet }
        }
        return nil
    }
}
