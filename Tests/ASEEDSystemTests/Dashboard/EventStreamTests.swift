import Testing

@testable import ASEEDSystem

@Suite struct EventStreamTests {
    /// Reads a stream of events.
    private final class Client {
        struct Event {
            var name = ""
            var id = ""
            var data: JSONValue?
        }

        let socket: RawSocket
        private(set) var head = ""

        init(port: Int, headers: String = "", receiveBufferBytes: Int32? = nil) throws {
            socket = try RawSocket(port: port, receiveBufferBytes: receiveBufferBytes)
            try socket.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n")
            head = block(until: "\r\n\r\n") ?? ""
        }

        /// What comes up to a mark.
        func block(until mark: String, withinMs ms: Int64 = 5_000) -> String? {
            let needle = Array(mark.utf8)
            func end(_ bytes: [UInt8]) -> Int? {
                guard bytes.count >= needle.count else { return nil }
                return (0...(bytes.count - needle.count)).first {
                    bytes[$0] == needle[0] && Array(bytes[$0..<($0 + needle.count)]) == needle
                }.map { $0 + needle.count }
            }
            guard let count = end(socket.receive(withinMs: ms) { end($0) != nil }) else {
                return nil
            }
            let text = String(decoding: socket.buffered[..<count], as: UTF8.self)
            socket.consume(count)
            return text
        }

        func next(withinMs ms: Int64 = 5_000) -> Event? {
            while let text = block(until: "\n\n", withinMs: ms) {
                if text.hasPrefix(":") { continue }
                var event = Event()
                for line in text.split(separator: "\n") {
                    let parts = line.split(separator: ": ", maxSplits: 1)
                    guard parts.count == 2 else { continue }
                    switch parts[0] {
                    case "event": event.name = String(parts[1])
                    case "id": event.id = String(parts[1])
                    case "data": event.data = try? JSONParser.parse(String(parts[1]))
                    default: break
                    }
                }
                return event
            }
            return nil
        }
    }

    @Test func sendsASnapshotThenEachUpdate() throws {
        let fixture = try DashboardFixture()
        let client = try Client(port: fixture.port)
        #expect(client.head.hasPrefix("HTTP/1.1 200"))
        #expect(client.head.lowercased().contains("content-type: text/event-stream\r\n"))
        #expect(client.head.lowercased().contains("cache-control: no-store"))
        let snapshot = try #require(client.next())
        #expect(snapshot.name == "snapshot")
        #expect(snapshot.data?["data"]?["instance_id"]?.string == fixture.server.instanceID)
        _ = try fixture.post("/api/categories", Body.categories(batch: 3))
        let update = try #require(client.next())
        #expect(update.name == "update")
        #expect(update.id == "1")
        #expect(update.data?["message"]?["categories"]?.elements?.count == 1)
        _ = try fixture.post("/api/services", DashboardLiveTests.services())
        #expect(client.next()?.name == "services")
        _ = try fixture.post("/api/verification", DashboardLiveTests.verification())
        #expect(client.next()?.name == "verification")
        #expect(try fixture.json("/api/status")["event_stream_clients"]?.integer == 1)
    }

    @Test func linesOfABodyStayOneEvent() throws {
        let fixture = try DashboardFixture()
        let client = try Client(port: fixture.port)
        _ = client.next()
        let body = Body.categories().flatMap { byte in
            byte == UInt8(ascii: ",") ? Array(",\r\n".utf8) : [byte]
        }
        #expect(try fixture.post("/api/categories", body).status == 200)
        #expect(client.next()?.data?["query"]?.string == "categories")
    }

    @Test func aReturningClientGetsAFreshSnapshot() throws {
        let fixture = try DashboardFixture()
        _ = try fixture.post("/api/categories", Body.categories(batch: 3))
        let client = try Client(port: fixture.port, headers: "Last-Event-ID: 17\r\n")
        let snapshot = try #require(client.next())
        #expect(snapshot.name == "snapshot")
        #expect(snapshot.data?["data"]?["batch_id"]?.integer == 3)
    }

    @Test func keepsTheConnectionAlive() throws {
        let fixture = try DashboardFixture { $0.limits.pingIntervalMs = 200 }
        let client = try Client(port: fixture.port)
        _ = client.next()
        for _ in 0..<3 { #expect(client.block(until: "\n\n") == ": keep-alive\n\n") }
    }

    @Test func dropsAReaderThatTakesNothing() throws {
        let fixture = try DashboardFixture { $0.limits.slowClientMs = 300 }
        let client = try Client(port: fixture.port, receiveBufferBytes: 4_096)
        _ = client.next()
        for batch in 1...8 {
            _ = try fixture.post(
                "/api/categories", Body.categories(batch: Int64(batch), padding: 900_000))
        }
        #expect(
            eventually(withinMs: 20_000) {
                (try? fixture.json("/api/status")["event_stream_clients"]?.integer) == 0
            })
        withExtendedLifetime(client) {}
    }

    @Test func refusesOtherOriginsAndHosts() throws {
        let fixture = try DashboardFixture()
        let origin = HTTPHeader("Origin", "http://evil.test")
        #expect(try fixture.get("/events", headers: [origin]).status == 403)
        #expect(
            try fixture.get("/events", headers: [HTTPHeader("Host", "evil.test")]).status == 403)
        #expect(try fixture.post("/events", Array("{}".utf8)).status == 405)
    }

    @Test func endsWhenTheServerStops() throws {
        let fixture = try DashboardFixture()
        let client = try Client(port: fixture.port)
        _ = client.next()
        fixture.server.stop()
        #expect(client.next() == nil)
        #expect(client.socket.ended)
    }
}
