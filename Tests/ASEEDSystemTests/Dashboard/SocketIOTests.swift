import Foundation
import Testing

@testable import ASEEDSystem

/// Engine.IO 4 and Socket.IO 5, frame by frame.
@Suite struct SocketIOTests {
    private let path = "/socket.io/?EIO=4&transport=polling"

    /// Opens a session by polling.
    private func open(_ fixture: DashboardFixture) throws -> String {
        let response = try fixture.get(path)
        #expect(response.status == 200)
        #expect(response.header("content-type") == "text/plain; charset=UTF-8")
        #expect(response.text.hasPrefix("0{"))
        let json = try JSONParser.parse(String(response.text.dropFirst()))
        #expect(json["upgrades"]?.elements?.map(\.string) == ["websocket"])
        #expect(json["pingInterval"]?.integer ?? 0 > 0)
        return try #require(json["sid"]?.string)
    }

    private func send(_ fixture: DashboardFixture, _ sid: String, _ packets: String) throws
        -> HTTPResponse
    {
        try fixture.post(
            "\(path)&sid=\(sid)", Array(packets.utf8), token: nil,
            type: "text/plain;charset=UTF-8")
    }

    private func poll(_ fixture: DashboardFixture, _ sid: String) throws -> [String] {
        try fixture.get("\(path)&sid=\(sid)").text.split(separator: "\u{1e}").map(String.init)
    }

    /// The name and the data of an event.
    private func event(_ packet: String?) throws -> (name: String?, data: JSONValue?) {
        let packet = try #require(packet)
        #expect(packet.hasPrefix("42["))
        let elements = try JSONParser.parse(String(packet.dropFirst(2))).elements
        return (elements?.first?.string, elements?.last)
    }

    @Test func pollsGetTheSnapshotThenEachUpdate() throws {
        let fixture = try DashboardFixture()
        let sid = try open(fixture)
        #expect(try send(fixture, sid, "40").text == "ok")
        let first = try poll(fixture, sid)
        #expect(first.first?.hasPrefix("40{\"sid\":") == true)
        let initial = try event(first.last)
        #expect(initial.name == "initial_data")
        #expect(initial.data?["recent_orders"] != nil)
        #expect(try fixture.json("/api/status")["socket_io_clients"]?.integer == 1)
        _ = try fixture.post("/api/top_products", Body.topProducts())
        _ = try fixture.post("/api/categories", Body.categories())
        _ = try fixture.post("/api/raw_orders", Body.rawOrders(total: 5))
        _ = try fixture.post("/api/windows", Body.open([], full: true))
        _ = try fixture.post("/api/services", DashboardLiveTests.services())
        let names = try poll(fixture, sid).map { try event($0).name }
        #expect(
            names == [
                "top_products_update", "categories_update", "raw_orders_update",
                "service_status_update",
            ])
    }

    @Test func aPollWaitsUntilThereIsSomething() throws {
        let fixture = try DashboardFixture()
        let sid = try open(fixture)
        _ = try send(fixture, sid, "40")
        _ = try poll(fixture, sid)
        let socket = try RawSocket(port: fixture.port)
        try socket.send("GET \(path)&sid=\(sid) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(socket.receive(withinMs: 200) { !$0.isEmpty }.isEmpty)
        _ = try fixture.post("/api/raw_orders", Body.rawOrders(total: 5))
        let answer = socket.receive { bytes in
            String(decoding: bytes, as: UTF8.self).contains("raw_orders_update")
        }
        #expect(String(decoding: answer, as: UTF8.self).contains("\"total_orders\":5"))
    }

    @Test func twoPollsAtATimeEndTheSession() throws {
        let fixture = try DashboardFixture()
        let sid = try open(fixture)
        let socket = try RawSocket(port: fixture.port)
        try socket.send("GET \(path)&sid=\(sid) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(eventually { (try? fixture.get("\(path)&sid=\(sid)").status) == 400 })
        // Whichever poll came second was refused, and the first one's connection ended.
        let answer = socket.receive { !$0.isEmpty }
        #expect(socket.ended || String(decoding: answer, as: UTF8.self).contains(" 400 "))
        #expect(try fixture.get("\(path)&sid=\(sid)").json?["code"]?.integer == 1)
    }

    @Test func servesAWebSocketFromTheStart() throws {
        let fixture = try DashboardFixture()
        let client = try WebSocketTestClient(
            port: fixture.port, path: "/socket.io/?EIO=4&transport=websocket")
        #expect(text(client)?.hasPrefix("0{") == true)
        try client.send(opcode: 1, Array("40".utf8))
        #expect(text(client)?.hasPrefix("40{") == true)
        #expect(try event(text(client)).name == "initial_data")
        try client.send(opcode: 1, Array("42[\"request_update\"]".utf8))
        try client.send(opcode: 1, Array("427[\"request_update\"]".utf8))
        #expect(text(client) == "437[]")
        try client.send(opcode: 1, Array("40/admin,".utf8))
        #expect(text(client) == "44/admin,{\"message\":\"Invalid namespace\"}")
        _ = try fixture.post("/api/categories", Body.categories())
        #expect(try event(text(client)).name == "categories_update")
        try client.send(opcode: 1, Array("1".utf8))
        #expect(client.next() == nil || client.socket.ended)
        #expect(
            eventually {
                (try? fixture.json("/api/status")["socket_io_clients"]?.integer) == 0
            })
    }

    @Test func movesFromPollingToAWebSocket() throws {
        let fixture = try DashboardFixture()
        let sid = try open(fixture)
        _ = try send(fixture, sid, "40")
        _ = try poll(fixture, sid)
        let waiting = try RawSocket(port: fixture.port)
        try waiting.send("GET \(path)&sid=\(sid) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let client = try WebSocketTestClient(
            port: fixture.port, path: "/socket.io/?EIO=4&transport=websocket&sid=\(sid)")
        try client.send(opcode: 1, Array("2probe".utf8))
        #expect(text(client) == "3probe")
        let released = waiting.receive {
            String(decoding: $0, as: UTF8.self).hasSuffix("\r\n\r\n6")
        }
        #expect(String(decoding: released, as: UTF8.self).hasSuffix("\r\n\r\n6"))
        try client.send(opcode: 1, Array("5".utf8))
        _ = try fixture.post("/api/categories", Body.categories())
        #expect(try event(text(client)).name == "categories_update")
    }

    @Test func pingsAndForgetsTheSilent() throws {
        let fixture = try DashboardFixture {
            $0.limits.pingIntervalMs = 200
            $0.limits.pongTimeoutMs = 400
        }
        let client = try WebSocketTestClient(
            port: fixture.port, path: "/socket.io/?EIO=4&transport=websocket")
        _ = text(client)
        for _ in 0..<3 {
            #expect(text(client) == "2")
            try client.send(opcode: 1, Array("3".utf8))
        }
        while client.next() != nil {}
        #expect(client.socket.ended)
    }

    @Test(arguments: [
        ("EIO=3&transport=polling", 5), ("EIO=4&transport=carrier", 0), ("EIO=4", 0),
        ("EIO=4&transport=websocket", 3), ("EIO=4&transport=polling&sid=nobody", 1),
    ])
    func refusesWhatMakesNoSense(query: String, code: Int64) throws {
        let fixture = try DashboardFixture()
        let response = try fixture.get("/socket.io/?\(query)")
        #expect(response.status == 400)
        #expect(response.json?["code"]?.integer == code)
    }

    @Test func refusesOtherOriginsAndTooManySessions() throws {
        let fixture = try DashboardFixture { $0.limits.socketIOSessions = 2 }
        let origin = HTTPHeader("Origin", "http://evil.test")
        #expect(try fixture.get(path, headers: [origin]).status == 403)
        #expect(throws: RawSocket.Failure.self) {
            try WebSocketTestClient(
                port: fixture.port, path: "/socket.io/?EIO=4&transport=websocket",
                headers: "Origin: http://evil.test\r\n")
        }
        #expect(try (0..<3).map { _ in try fixture.get(path).status } == [200, 200, 503])
    }

    @Test func aHostilePayloadEndsTheSession() throws {
        let fixture = try DashboardFixture()
        for packets in ["9", "4", "45-[\"x\"]", "40\u{1e}\u{1}"] {
            let sid = try open(fixture)
            #expect(try send(fixture, sid, packets).status == 400)
            #expect(try send(fixture, sid, "3").json?["code"]?.integer == 1)
        }
        let sid = try open(fixture)
        #expect(try send(fixture, sid, String(repeating: "3", count: 5_000)).status == 400)
        let flood = Array(repeating: "421[\"x\"]", count: 40).joined(separator: "\u{1e}")
        #expect(try send(fixture, sid, flood).status == 400)
        #expect(try fixture.get("/healthz").status == 200)
    }

    private func text(_ client: WebSocketTestClient) -> String? {
        client.next().map { String(decoding: $0.payload, as: UTF8.self) }
    }
}
