internal import ASEEDSystem
internal import CWebSockets
internal import Glibc

/// A subscriber of the dashboard that the lab connects itself: latencies end at its messages.
///
/// A thread of its own takes the time of each message as soon as the library hands its last byte
/// over. It connects again by itself, and every time without a connection is noted.
final class SubscriptionClient: Sendable {
    fileprivate struct State {
        var log: SubscriptionLog
        var isConnected = false
        var stopping = false
        /// Set while the library's loop runs; only to wake it.
        var context: OpaquePointer?
        var failure: String?
    }

    private let state: ConditionLock<State>
    private let thread: NamedThread

    /// Starts to connect.
    ///
    /// - Parameter url: the dashboard's address, `http://127.0.0.1:5005`.
    init(url: String, partitions: Int) throws {
        guard let address = DashboardAddress(url) else {
            throw RunStop.environment("\"\(url)\" is no address of a dashboard to subscribe to")
        }
        let state = ConditionLock(State(log: SubscriptionLog(partitions: partitions)))
        self.state = state
        thread = try NamedThread("subscriber") {
            SubscriptionLoop(address: address, state: state).run()
        }
    }

    deinit { stop() }

    /// Whether there is a connection now.
    var isConnected: Bool { state.read { $0.isConnected } }

    /// Why there will be none; nil while that may change.
    var failure: String? { state.read { $0.failure } }

    /// What came so far.
    var log: SubscriptionLog { state.read { $0.log } }

    /// What came after the first `count` entries.
    func entries(after count: Int) -> [(receivedNs: Int64, ends: [Int64])] {
        state.read { $0.log.entries(after: count) }
    }

    /// Ends the connection and the thread; safe to call again.
    func stop() {
        state.update { state in
            state.stopping = true
            if let context = state.context { lws_cancel_service(context) }
        }
        thread.join()
    }
}

/// Host and port of `http://HOST:PORT`.
struct DashboardAddress: Equatable, Sendable {
    let host: String
    let port: Int

    init?(_ url: String) {
        guard url.hasPrefix("http://") else { return nil }
        let authority = url.dropFirst(7).prefix { $0 != "/" }
        guard let colon = authority.lastIndex(of: ":"),
            let port = UInt16(authority[authority.index(after: colon)...]), port > 0
        else { return nil }
        var host = authority[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.host = String(host)
        self.port = Int(port)
    }
}

/// The thread's work.
private final class SubscriptionLoop {
    /// A longer message is an error; the largest are first messages with a thousand windows.
    private static let maxMessageBytes = 16 << 20
    private static let retryNs: Int64 = 20_000_000

    private let address: DashboardAddress
    private let state: ConditionLock<SubscriptionClient.State>
    private var message: [UInt8] = []
    /// A connection is there or under way.
    private var isBusy = false
    private var retryNs: Int64 = 0

    init(address: DashboardAddress, state: ConditionLock<SubscriptionClient.State>) {
        self.address = address
        self.state = state
    }

    func run() {
        lws_set_log_level(LLL_ERR, ignoreLine)
        let name = strdup("aseed-subscriber")
        let none = strdup("")
        let protocols = UnsafeMutablePointer<lws_protocols>.allocate(capacity: 2)
        defer {
            protocols.deallocate()
            free(name)
            free(none)
        }
        var one = lws_protocols()
        one.name = UnsafePointer(name)
        one.callback = subscriptionCallback
        one.rx_buffer_size = 64 << 10
        protocols.initialize(to: one)
        (protocols + 1).initialize(to: lws_protocols())
        var info = lws_context_creation_info()
        info.port = CONTEXT_PORT_NO_LISTEN
        info.protocols = UnsafePointer(protocols)
        info.gid = -1
        info.uid = -1
        info.fd_limit_per_thread = 8
        // Proxies of the environment are for other machines.
        info.http_proxy_address = UnsafePointer(none)
        info.pt_serv_buf_size = 64 << 10
        info.user = Unmanaged.passUnretained(self).toOpaque()
        guard let context = lws_create_context(&info) else {
            state.update { $0.failure = "libwebsockets can't make a context" }
            return
        }
        state.update { $0.context = context }
        withExtendedLifetime(self) {
            serve(context)
            // Nobody wakes the loop any more.
            state.update { $0.context = nil }
            lws_context_destroy(context)
        }
        lost()
    }

    private func serve(_ context: OpaquePointer) {
        while !state.read({ $0.stopping }) {
            if !isBusy {
                // A pause that only a stop cuts short; the first one is none.
                _ = state.wait(untilNs: retryNs) { $0.stopping ? true : nil }
                if state.read({ $0.stopping }) { return }
                connect(context)
            }
            guard lws_service(context, 0) >= 0 else {
                state.update { $0.failure = "libwebsockets ended its service loop" }
                return
            }
        }
    }

    private func connect(_ context: OpaquePointer) {
        isBusy = true
        address.host.withCString { host in
            "/ws".withCString { path in
                "aseed-subscriber".withCString { name in
                    var info = lws_client_connect_info()
                    info.context = context
                    info.address = host
                    info.host = host
                    info.port = Int32(address.port)
                    info.path = path
                    info.local_protocol_name = name
                    info.ietf_version_or_minus_one = -1
                    // A refusal is told by the callback, or by no handle at all.
                    if lws_client_connect_via_info(&info) == nil { lost() }
                }
            }
        }
    }

    private func lost() {
        isBusy = false
        retryNs = SystemClock.monotonicNs() + Self.retryNs
        message = []
        state.update { state in
            guard state.isConnected else { return }
            state.isConnected = false
            // The lab's own stop is no gap.
            if !state.stopping { state.log.disconnected(atNs: SystemClock.monotonicNs()) }
        }
    }

    /// Takes an event of the library.
    ///
    /// - Returns: false to close the connection.
    func handle(
        _ reason: lws_callback_reasons, _ wsi: OpaquePointer, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        switch reason {
        case LWS_CALLBACK_CLIENT_ESTABLISHED:
            let nowNs = SystemClock.monotonicNs()
            state.update { state in
                state.isConnected = true
                state.log.connected(atNs: nowNs)
            }
        case LWS_CALLBACK_CLIENT_RECEIVE:
            return received(wsi, bytes, atNs: SystemClock.monotonicNs())
        case LWS_CALLBACK_CLIENT_CONNECTION_ERROR, LWS_CALLBACK_CLIENT_CLOSED: lost()
        default: break
        }
        return true
    }

    private func received(
        _ wsi: OpaquePointer, _ bytes: UnsafeRawBufferPointer, atNs: Int64
    ) -> Bool {
        if lws_is_first_fragment(wsi) != 0 { message.removeAll(keepingCapacity: true) }
        guard message.count + bytes.count <= Self.maxMessageBytes else { return false }
        message.append(contentsOf: bytes)
        guard lws_is_final_fragment(wsi) != 0, lws_remaining_packet_payload(wsi) == 0 else {
            return true
        }
        if let pushed = PushedMessage(message) {
            state.update { $0.log.received(pushed, atNs: atNs) }
        }
        return true
    }
}

@c(aseed_subscription_callback)
private func subscriptionCallback(
    _ wsi: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?,
    _ data: UnsafeMutableRawPointer?, _ length: Int
) -> Int32 {
    guard let wsi, let context = lws_get_context(wsi), let owner = lws_context_user(context) else {
        return 0
    }
    let loop = Unmanaged<SubscriptionLoop>.fromOpaque(owner).takeUnretainedValue()
    let bytes = UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : length)
    return loop.handle(reason, wsi, bytes) ? 0 : -1
}

/// A refused connection is no news: the loop notes it itself.
@c(aseed_subscription_log)
private func ignoreLine(_ level: Int32, _ line: UnsafePointer<CChar>?) {}
