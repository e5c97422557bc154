import Foundation
import Testing

@testable import ASEEDSystem

/// Requests as bytes, and as the `curl` program sends them.
@Suite struct DashboardWireTests {
    private static let authorized = """
        Host: localhost\r\nAuthorization: Bearer \(DashboardFixture.token)\r\n\
        Content-Type: application/json\r\n
        """

    private func statuses(_ request: String, _ port: Int, last: String) throws -> [String] {
        let socket = try RawSocket(port: port)
        let answer = try socket.exchange(request, until: last)
        return answer.split(separator: "HTTP/1.1 ").map { String($0.prefix(3)) }
    }

    @Test(arguments: [
        ("Content-Length: -5", "400"), ("Content-Length: +5", "400"),
        ("Content-Length: 2\r\nContent-Length: 5", "400"), ("Content-Length: 5, 5", "400"),
        ("Transfer-Encoding: chunked", "411"),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", "411"), ("X: y", "411"),
    ])
    func refusesAmbiguousLengths(header: String, status: String) throws {
        let fixture = try DashboardFixture()
        let socket = try RawSocket(port: fixture.port)
        let hidden = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        try socket.send(
            "POST /api/categories HTTP/1.1\r\n\(Self.authorized)\(header)\r\n\r\nabcde\(hidden)")
        let answer = String(decoding: socket.receive { _ in false }, as: UTF8.self)
        // The connection ends with this answer, so nothing of the body is taken for a request.
        #expect(socket.ended)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)"))
        #expect(!answer.contains("uptime_seconds"))
    }

    private static let get = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let missing = "GET /missing HTTP/1.1\r\nHost: localhost\r\n\r\n"

    private static func post(batch: Int64) -> String {
        let body = String(decoding: Body.categories(batch: batch), as: UTF8.self)
        return "POST /api/categories HTTP/1.1\r\n\(authorized)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test func answersPipelinedRequestsInOrder() throws {
        let fixture = try DashboardFixture()
        let requests = Self.post(batch: 1) + Self.get + Self.get + Self.missing
        let found = try statuses(requests, fixture.port, last: "nothing is at")
        #expect(found == ["200", "200", "200", "404"])
    }

    @Test func endsConnectionsWithPipelinedBodies() throws {
        let fixture = try DashboardFixture()
        for first in [Self.get, Self.post(batch: 1)] {
            let socket = try RawSocket(port: fixture.port)
            try socket.send(first + Self.post(batch: 2) + Self.get + Self.get)
            let answer = String(decoding: socket.receive { _ in false }, as: UTF8.self)
            #expect(socket.ended)
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            #expect(answer.contains("wait for the answer before a body"))
        }
        #expect(try fixture.get("/healthz").status == 200)
        #expect(try fixture.published()["acceptances"]?.elements?.count == 1)
    }

    @Test func readsTheBodyOfARefusedRequestThenCloses() throws {
        let fixture = try DashboardFixture()
        let socket = try RawSocket(port: fixture.port)
        try socket.send(
            Self.get + "POST /api/categories HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Length: 5\r\n\r\nabcde" + Self.get)
        let answer = String(decoding: socket.receive { _ in false }, as: UTF8.self)
        #expect(socket.ended)
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        let alone = try RawSocket(port: fixture.port)
        try alone.send(
            "POST /api/categories HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nabcde"
                + Self.get)
        let refused = String(decoding: alone.receive { _ in false }, as: UTF8.self)
        #expect(alone.ended)
        #expect(refused.hasPrefix("HTTP/1.1 401"))
    }

    @Test(arguments: [
        "CONNECT localhost:80 HTTP/1.1", "PRI * HTTP/2.0", "BREW / HTTP/1.1",
        "GET /healthz HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            + "HTTP2-Settings: AAMAAABkAAQAAP__",
        "POST /api/categories HTTP/1.1\r\nUpgrade: other\r\nConnection: Upgrade\r\n"
            + "Content-Length: 5", "\u{16}\u{3}\u{1}garbage", "GET http://localhost/ HTTP/1.1",
    ])
    func endsConnectionsOfOtherProtocols(line: String) throws {
        let fixture = try DashboardFixture()
        let socket = try RawSocket(port: fixture.port)
        try socket.send("\(line)\r\nHost: localhost\r\n\r\n\r\n")
        let answer = String(decoding: socket.receive { _ in false }, as: UTF8.self)
        #expect(socket.ended)
        #expect(!answer.contains(" 200 "))
        #expect(try fixture.get("/healthz").status == 200)
    }

    @Test func limitsHeadersAndURLs() throws {
        let fixture = try DashboardFixture()
        let long = String(repeating: "a", count: 9_000)
        let url = "GET /\(long) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        #expect(try statuses(url, fixture.port, last: "too long") == ["414"])
        let socket = try RawSocket(port: fixture.port)
        try socket.send("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: \(long)\(long)\r\n\r\n")
        _ = socket.receive { _ in false }
        #expect(socket.ended)
    }

    @Test func endsConnectionsThatSendTooSlowly() throws {
        let fixture = try DashboardFixture {
            $0.limits.headerTimeoutMs = 300
            $0.limits.bodyTimeoutMs = 300
            $0.limits.idleTimeoutMs = 300
        }
        let header = try RawSocket(port: fixture.port)
        try header.send("GET / HTTP/1.1\r\n")
        let body = try RawSocket(port: fixture.port)
        try body.send(
            "POST /api/categories HTTP/1.1\r\n\(Self.authorized)Content-Length: 50\r\n\r\nabc")
        let idle = try RawSocket(port: fixture.port)
        try idle.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for socket in [header, body, idle] {
            _ = socket.receive { _ in false }
            #expect(socket.ended)
        }
        #expect(try fixture.get("/healthz").status == 200)
    }

    @Test func survivesManyConnections() throws {
        let fixture = try DashboardFixture { $0.limits.connections = 20 }
        var sockets: [RawSocket] = []
        for _ in 0..<40 {
            if let socket = try? RawSocket(port: fixture.port) { sockets.append(socket) }
        }
        sockets.removeAll()
        #expect(eventually { (try? fixture.get("/healthz").status) == 200 })
    }

    @Test func curlGetsAnAnswerToALargeBody() throws {
        let fixture = try DashboardFixture()
        let file = fixture.folder.path + "/large"
        #expect(StandardFile.write(file, [UInt8](repeating: 0x20, count: 2 << 20)))
        let arguments = [
            "-sS", "-m", "10", "-o", "-", "-w", " %{http_code}", "-H",
            "Authorization: Bearer \(DashboardFixture.token)", "-H",
            "Content-Type: application/json", "--data-binary", "@\(file)",
        ]
        let refused = try curl(arguments + [fixture.server.url + "/api/categories"])
        #expect(refused.hasSuffix(" 413"))
        let read = try curl(arguments + [fixture.server.url + "/api/windows"])
        #expect(read.hasSuffix(" 400"))
    }

    @Test func curlPostsAndReads() throws {
        let fixture = try DashboardFixture()
        let posted = try curl([
            "-sS", "-m", "10", "-H", "Authorization: Bearer \(DashboardFixture.token)", "-H",
            "Content-Type: application/json", "-d",
            String(decoding: Body.categories(), as: UTF8.self),
            fixture.server.url + "/api/categories",
        ])
        #expect(posted.contains("\"status\":\"success\""))
        let read = try curl(["-sS", "-m", "10", fixture.server.url + "/api/dashboard_data"])
        #expect(read.contains("\"total_revenue\":899.9700"))
    }

    private func curl(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "--noproxy", "*"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
