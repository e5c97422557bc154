internal import CWebSockets
internal import Glibc

/// The dashboard service: takes results over HTTP, keeps them, hands them on (R61–R64).
///
/// One thread runs everything: requests, the state, its store, WebSockets. So nothing is locked,
/// and what is acknowledged is on disk.
///
///     let server = try DashboardServer(configuration: .init(port: 0, token: token, dataFolder: dir))
///     print(server.url)
///     server.stop()
public final class DashboardServer: Sendable {
    /// Where to listen, what to keep, whom to trust.
    public struct Configuration: Sendable {
        /// The port; 0 takes a free one.
        public var port: Int
        /// The addresses to listen on. Those of this machine alone need no token for reads.
        public var addresses = ["127.0.0.1"]
        /// The token that writes carry.
        public var token: String
        /// The folder of the state; nil keeps it in memory, until the process ends.
        public var dataFolder: String?
        /// Further host names under which the server may be reached.
        public var allowedHosts: [String] = []
        /// Serves over TLS (1.2 or newer) alone.
        public var tls: TLSFiles?
        /// Lets the original's clients, which send no token, post their results; on loopback only.
        public var allowsUnauthenticatedWrites = false
        /// The bounds.
        public var limits = DashboardLimits()
        /// Takes a line for the service's log.
        public var log: @Sendable (String) -> Void = { _ in }

        /// Settings for a server on the loopback address.
        public init(port: Int, token: String, dataFolder: String?) {
            self.port = port
            self.token = token
            self.dataFolder = dataFolder
        }
    }

    private enum Phase {
        case starting
        case running(LWSContext, port: Int)
        case failed(DashboardError)
        case ended
    }

    private struct Status {
        var phase = Phase.starting
        var stopping = false
    }

    /// The port that is listened on.
    public let port: Int
    /// New at each start (R64).
    public let instanceID: String
    /// The address for clients on this machine.
    public let url: String
    private let status: ConditionLock<Status>
    private let thread: NamedThread

    /// Starts the server; it listens when this returns.
    public init(configuration: Configuration) throws(DashboardError) {
        let policy = try Self.policy(configuration)
        let instanceID = try TokenFile.randomHex(bytes: 16)
        let status = ConditionLock(Status())
        LWSLog.route(to: configuration.log)
        do {
            thread = try NamedThread("dashboard") {
                Self.run(configuration, policy, instanceID, status)
            }
        } catch {
            throw .server("\(error)")
        }
        let started = status.wait(untilNs: SystemClock.monotonicNs() + 30_000_000_000) {
            state -> Result<Int, DashboardError>? in
            switch state.phase {
            case .starting: nil
            case .running(_, let port): .success(port)
            case .failed(let error): .failure(error)
            case .ended: .failure(.server("ended while it started"))
            }
        }
        guard let started else {
            status.update { $0.stopping = true }
            throw .server("did not start within 30 s; is the disk of the data folder slow or full?")
        }
        port = try started.get()
        self.instanceID = instanceID
        self.status = status
        let host = configuration.addresses.first ?? "127.0.0.1"
        url =
            "\(configuration.tls == nil ? "http" : "https")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    deinit { stop() }

    /// Closes all connections, tells WebSocket clients, and ends the thread; safe to call again.
    public func stop() {
        status.update { status in
            status.stopping = true
            if case .running(let context, _) = status.phase { context.wake() }
        }
        thread.join()
    }

    /// Makes the folder of the state, and those above it, for this user only.
    public static func prepareFolder(_ path: String) throws(DashboardError) {
        try DataFolder.makeFolders(path)
    }

    /// Whether only this machine can connect to an address.
    public static func isLoopback(_ address: String) -> Bool {
        address == "::1" || address.hasPrefix("127.")
    }

    private static func policy(
        _ configuration: Configuration
    ) throws(DashboardError) -> AccessPolicy {
        guard configuration.token.utf8.count >= 16 else {
            throw .configuration("the token has fewer than 16 bytes")
        }
        guard !configuration.addresses.isEmpty else {
            throw .configuration("there is no address to listen on")
        }
        guard (0...65_535).contains(configuration.port) else {
            throw .configuration("port \(configuration.port) is outside of 0 to 65535")
        }
        var hosts: Set = ["localhost", "127.0.0.1", "[::1]"]
        for address in configuration.addresses {
            hosts.insert(address.contains(":") ? "[\(address.lowercased())]" : address)
        }
        hosts.formUnion(configuration.allowedHosts.map { $0.lowercased() })
        if configuration.tls == nil, !configuration.addresses.allSatisfy(isLoopback) {
            configuration.log(
                "dashboard: the token crosses the network in clear; give --tls-cert and --tls-key")
        }
        let isLocal = configuration.addresses.allSatisfy(isLoopback)
        guard isLocal || !configuration.allowsUnauthenticatedWrites else {
            throw .configuration(
                "writes without the token are for loopback addresses alone; leave out "
                    + "--allow-unauthenticated-writes or the other addresses")
        }
        return AccessPolicy(
            hosts: hosts, token: Array(configuration.token.utf8), readsAreOpen: isLocal,
            originalWritesAreOpen: configuration.allowsUnauthenticatedWrites)
    }
}

/// The thread's work.
extension DashboardServer {
    private static func run(
        _ configuration: Configuration, _ policy: AccessPolicy, _ instanceID: String,
        _ status: ConditionLock<Status>
    ) {
        do throws(DashboardError) {
            let folder = try configuration.dataFolder.map { path throws(DashboardError) in
                try DataFolder(path: path)
            }
            let store = try DashboardStore(path: folder?.databasePath ?? ":memory:")
            let service = try DashboardService(store: store, instanceID: instanceID)
            let router = DashboardRouter(
                service: service, policy: policy, limits: configuration.limits)
            let loop = WebEventLoop(router: router, limits: configuration.limits)
            let context = try LWSContext(
                limits: configuration.limits, usesTLS: configuration.tls != nil,
                user: Unmanaged.passUnretained(loop).toOpaque())
            defer { withExtendedLifetime(loop) { context.destroy() } }
            try listen(context, configuration)
            status.update { $0.phase = .running(context, port: context.port) }
            serve(context, loop, status, configuration.log)
            // From here on nobody wakes the context any more.
            status.update { $0.phase = .ended }
            withExtendedLifetime(folder) {}
        } catch {
            status.update { $0.phase = .failed(error) }
        }
    }

    private static func listen(
        _ context: LWSContext, _ configuration: Configuration
    ) throws(DashboardError) {
        var port = configuration.port
        for address in configuration.addresses {
            try context.listen(
                on: address, port: port, tls: configuration.tls, limits: configuration.limits)
            port = context.port
        }
    }

    private static func serve(
        _ context: LWSContext, _ loop: WebEventLoop, _ status: ConditionLock<Status>,
        _ log: @Sendable (String) -> Void
    ) {
        while !status.read({ $0.stopping }) {
            guard context.service() else {
                log("dashboard: libwebsockets ended its service loop")
                return
            }
        }
        // WebSocket clients get their close frame; those that do not take it in time are cut off.
        let deadlineNs = SystemClock.monotonicNs() + 500_000_000
        while loop.closeSubscribers() > 0, SystemClock.monotonicNs() < deadlineNs {
            guard context.serviceReady() else { return }
            // A pause; nobody changes the status any more.
            _ = status.wait(untilNs: SystemClock.monotonicNs() + 2_000_000) { _ -> Void? in nil }
        }
    }
}
