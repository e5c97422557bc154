internal import CWebSockets
internal import Glibc

/// The libwebsockets context, its listeners, and the C memory that it refers to.
///
/// Made and destroyed on the server's thread; only `wake` may be called from another.
final class LWSContext {
    private var context: OpaquePointer?
    private let protocols = UnsafeMutablePointer<lws_protocols>.allocate(capacity: 2)
    /// Text that the library keeps pointers to.
    private var strings: [UnsafeMutablePointer<CChar>] = []
    /// The port that was bound.
    private(set) var port = 0

    /// Makes the context; callbacks get `user` by `lws_context_user`.
    init(
        limits: DashboardLimits, usesTLS: Bool, user: UnsafeMutableRawPointer
    ) throws(DashboardError) {
        var one = lws_protocols()
        one.name = keep("aseed")
        one.callback = dashboardCallback
        one.rx_buffer_size = limits.clientMessageBytes
        one.tx_packet_size = 64 << 10
        protocols.initialize(to: one)
        (protocols + 1).initialize(to: lws_protocols())
        var info = lws_context_creation_info()
        info.port = CONTEXT_PORT_NO_LISTEN
        info.gid = -1
        info.uid = -1
        info.options = UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
        if usesTLS { info.options |= UInt64(LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT) }
        info.user = user
        info.server_string = keep("aseed-dashboard")
        info.fd_limit_per_thread = UInt32(limits.connections + 8)
        info.max_http_header_data2 = UInt32(limits.headerBytes)
        info.max_http_header_pool2 = UInt32(limits.connections)
        info.pt_serv_buf_size = 64 << 10
        info.timeout_secs = UInt32(max(1, limits.headerTimeoutMs / 1_000))
        context = lws_create_context(&info)
        guard context != nil else {
            free()
            throw .server("libwebsockets can't make a context")
        }
    }

    /// Listens on an address; port 0 takes a free one.
    func listen(
        on address: String, port: Int, tls: TLSFiles?, limits: DashboardLimits
    ) throws(DashboardError) {
        try ListenCheck.run(address: address, port: port)
        var info = lws_context_creation_info()
        info.port = Int32(port)
        info.protocols = UnsafePointer(protocols)
        info.keepalive_timeout = Int32(max(1, limits.idleTimeoutMs / 1_000))
        info.timeout_secs = UInt32(max(1, limits.headerTimeoutMs / 1_000))
        info.options = UInt64(LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND)
        if !address.contains(":") { info.options |= UInt64(LWS_SERVER_OPTION_DISABLE_IPV6) }
        info.iface = keep(address)
        info.vhost_name = info.iface
        if let tls {
            info.ssl_cert_filepath = keep(tls.certificate)
            info.ssl_private_key_filepath = keep(tls.key)
            info.ssl_options_set = cws_no_old_tls
            info.alpn = keep("http/1.1")
        }
        guard let vhost = lws_create_vhost(context, &info) else {
            if let tls { try ListenCheck.run(address: address, port: port, failing: tls) }
            // Another process took the port after the check.
            throw .portTaken(address: address, port: port, holder: PortHolder.find(port: port))
        }
        self.port = Int(lws_get_vhost_listen_port(vhost))
    }

    /// Waits for events and handles them, until there is something else to do.
    func service() -> Bool { lws_service(context, 0) >= 0 }

    /// Handles the events that are there, without waiting.
    func serviceReady() -> Bool { lws_service(context, -1) >= 0 }

    /// Ends the wait of `service`, from any thread.
    func wake() { lws_cancel_service(context) }

    /// Closes all connections and frees everything.
    func destroy() {
        guard let context else { return }
        self.context = nil
        lws_context_destroy(context)
        free()
    }

    private func keep(_ text: String) -> UnsafePointer<CChar>? {
        guard let copy = strdup(text) else { return nil }
        strings.append(copy)
        return UnsafePointer(copy)
    }

    private func free() {
        for text in strings { Glibc.free(text) }
        strings = []
        protocols.deallocate()
    }
}

/// Tells why an address can't be listened on, before libwebsockets only says that it can't.
enum ListenCheck {
    /// The address is still free, so it was the certificate.
    static func run(
        address: String, port: Int, failing tls: TLSFiles
    ) throws(DashboardError) {
        try run(address: address, port: port)
        throw .configuration(
            "TLS: OpenSSL takes no certificate chain from \(tls.certificate) with the key of "
                + "\(tls.key); both are PEM files, and the key must be the certificate's")
    }

    static func run(address: String, port: Int) throws(DashboardError) {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address, String(port), &hints, &found)
        guard code == 0, let found else {
            throw .cannotListen(
                address: address, port: port,
                reason:
                    "\(String(cString: gai_strerror(code))); give an IP address, such as 127.0.0.1")
        }
        defer { freeaddrinfo(found) }
        let descriptor = socket(
            found.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure(address, port, errno) }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0,
            Glibc.listen(descriptor, 1) == 0
        else { throw failure(address, port, errno) }
    }

    private static func failure(
        _ address: String, _ port: Int, _ code: Int32
    ) -> DashboardError {
        if code == EADDRINUSE {
            return .portTaken(address: address, port: port, holder: PortHolder.find(port: port))
        }
        return .cannotListen(
            address: address, port: port, reason: String(cString: strerror(code)))
    }
}
