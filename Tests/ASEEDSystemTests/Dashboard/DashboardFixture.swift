import Testing

@testable import ASEEDSystem

/// A real dashboard on a free port, with its own folder.
final class DashboardFixture {
    static let token = "0123456789abcdef0123456789abcdef"
    let folder: TemporaryFolder
    private(set) var server: DashboardServer
    private let change: (inout DashboardServer.Configuration) -> Void

    init(
        port: Int = 0, _ change: @escaping (inout DashboardServer.Configuration) -> Void = { _ in }
    ) throws {
        folder = try TemporaryFolder()
        self.change = change
        server = try Self.start(port: port, folder: folder.path, change)
    }

    deinit { server.stop() }

    var port: Int { server.port }

    /// Stops the server and starts it on the same port.
    ///
    /// - Parameter folder: the folder of its state; nil keeps the same.
    func restart(folder: String? = nil) throws {
        let port = server.port
        server.stop()
        server = try Self.start(port: port, folder: folder ?? self.folder.path, change)
    }

    private static func start(
        port: Int, folder: String, _ change: (inout DashboardServer.Configuration) -> Void
    ) throws -> DashboardServer {
        var configuration = DashboardServer.Configuration(
            port: port, token: token, dataFolder: folder)
        change(&configuration)
        return try DashboardServer(configuration: configuration)
    }

    func get(_ path: String, headers: [HTTPHeader] = []) throws -> HTTPResponse {
        try HTTPClient().send(HTTPRequest("GET", server.url + path, headers: headers))
    }

    func post(
        _ path: String, _ body: [UInt8], token: String? = DashboardFixture.token,
        type: String = "application/json"
    ) throws -> HTTPResponse {
        var headers = [HTTPHeader("Content-Type", type)]
        if let token { headers.append(HTTPHeader("Authorization", "Bearer \(token)")) }
        return try HTTPClient().send(
            HTTPRequest("POST", server.url + path, headers: headers, body: body))
    }

    func json(_ path: String) throws -> JSONValue { try JSONParser.parse(try get(path).body) }

    /// What the verifier judges of a run.
    func published(_ run: String = "run-1") throws -> JSONValue {
        try json("/api/published?run_id=\(run)")
    }
}

extension HTTPResponse {
    var json: JSONValue? { try? JSONParser.parse(body) }
    var statusWord: String? { json?["status"]?.string }
}
