import ASEEDSystem
import Glibc

/// `lab dashboard`: the dashboard service, until it is told to stop.
enum DashboardCommand: Command {
    static let spec = CommandSpec(
        name: "dashboard",
        summary: "The dashboard service: takes results over HTTP and shows them",
        options: [
            .init(
                "port", "PORT", help: "port to listen on, 0 for a free one (DASHBOARD_PORT, 5005)"),
            .init("bind", "ADDRESS", help: "IP address to listen on (127.0.0.1); repeatable"),
            .init("data", "DIR", help: "folder of the state (./checkpoints/dashboard)"),
            .init(
                "token-file", "FILE", help: "bearer token for writes, made when missing (DIR/token)"
            ),
            .init(
                "allow-unauthenticated-writes",
                help:
                    "take the results of the original's clients, which send no token; loopback only"
            ),
            .init("tls-cert", "FILE", help: "certificate chain (PEM): serve over TLS alone"),
            .init("tls-key", "FILE", help: "private key of --tls-cert (PEM, mode 600)"),
            .init("allow-host", "NAME", help: "further host name to be reached under; repeatable"),
        ] + ServiceLog.options,
        examples: [
            ("lab dashboard", "listens on http://127.0.0.1:5005"),
            ("lab dashboard --port 0 --data /tmp/d", "a free port, state in /tmp/d"),
        ])

    static func run(_ arguments: Arguments) throws -> ExitCode {
        // Before any thread starts, so that all of them leave these signals to this one.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let log = try ServiceLog.open(
            arguments, service: ServiceNames.dashboard, command: "dashboard")
        let (server, tokenFile) = try log.telling { try start(arguments, log) }
        var ready = JSONWriter()
        ready.object { json in
            json.member("ready", "dashboard")
            json.member("pid", getpid())
            json.member("port", server.port)
            json.member("url", server.url)
            json.member("instance_id", server.instanceID)
            json.member("token_file", tokenFile)
        }
        StandardStream.out.write(ready.text + "\n")
        log.info(
            "service.started", "listens on \(server.url)",
            ["url": .text(server.url), "pid": .integer(Int64(getpid()))])
        var received: Int32 = 0
        sigwait(&signals, &received)
        server.stop()
        log.info("service.stopped", "stopped by signal \(received)")
        return .success
    }

    private static func start(
        _ arguments: Arguments, _ log: Log
    ) throws -> (DashboardServer, tokenFile: String) {
        do {
            var (configuration, file) = try configuration(arguments)
            configuration.log = { log.warn("server.warning", $0) }
            return (try DashboardServer(configuration: configuration), file)
        } catch let error as DashboardError {
            throw CommandFailure(exitCode(error), "\(error)")
        }
    }

    private static func configuration(
        _ arguments: Arguments
    ) throws -> (DashboardServer.Configuration, tokenFile: String) {
        let folder = arguments.string("data") ?? "checkpoints/dashboard"
        let tokenFile = arguments.string("token-file") ?? folder + "/token"
        try DashboardServer.prepareFolder(folder)
        let addresses = arguments.strings("bind")
        // A token that everyone on this machine can't know must be chosen for other machines.
        if !addresses.isEmpty, !addresses.allSatisfy(DashboardServer.isLoopback),
            arguments.string("token-file") == nil
        {
            throw UsageError(
                "lab dashboard: --bind \(addresses.joined(separator: " ")) can be reached from "
                    + "other machines; name a --token-file that reads and writes must carry")
        }
        var configuration = DashboardServer.Configuration(
            port: try port(arguments), token: try TokenFile.readOrMake(tokenFile),
            dataFolder: folder)
        if !addresses.isEmpty { configuration.addresses = addresses }
        configuration.allowsUnauthenticatedWrites = arguments.has("allow-unauthenticated-writes")
        configuration.tls = try tls(arguments)
        configuration.allowedHosts = arguments.strings("allow-host")
        return (configuration, tokenFile)
    }

    private static func tls(_ arguments: Arguments) throws -> TLSFiles? {
        switch (arguments.string("tls-cert"), arguments.string("tls-key")) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            return try TLSFiles(certificate: certificate, key: key)
        default: throw UsageError("lab dashboard: --tls-cert and --tls-key go together")
        }
    }

    private static func port(_ arguments: Arguments) throws(UsageError) -> Int {
        if let port = try arguments.integer("port", in: 0...65_535) { return Int(port) }
        guard let text = getenv("DASHBOARD_PORT").map({ String(cString: $0) }) else { return 5_005 }
        guard let port = Int(text), (0...65_535).contains(port) else {
            throw UsageError(
                "lab dashboard: DASHBOARD_PORT is a port from 0 to 65535, not \"\(text)\"")
        }
        return port
    }

    private static func exitCode(_ error: DashboardError) -> ExitCode {
        switch error {
        case .portTaken, .cannotListen, .dataInUse, .server: .unavailable
        case .configuration: .configuration
        case .storage: .inputOutput
        }
    }
}
