import Testing

@testable import ASEEDSystem

@Suite struct DashboardWebSocketTests {
    @Test func sendsASnapshotThenEachUpdate() throws {
        let fixture = try DashboardFixture()
        _ = try fixture.post("/api/categories", Body.categories(batch: 1))
        let client = try WebSocketTestClient(port: fixture.port)
        let snapshot = try #require(client.nextJSON())
        #expect(snapshot["type"]?.string == "snapshot")
        #expect(snapshot["data"]?["categories"]?.elements?.count == 1)
        #expect(snapshot["data"]?["instance_id"]?.string == fixture.server.instanceID)
        _ = try fixture.post("/api/top_products", Body.topProducts(batch: 2))
        let update = try #require(client.nextJSON())
        #expect(update["type"]?.string == "update")
        #expect(update["query"]?.string == "top_products")
        #expect(update["mode"]?.string == "complete")
        #expect(update["batch_id"]?.integer == 2)
        #expect(update["positions"]?.elements?.map(\.integer) == [10, 20, 30])
        let product = update["message"]?["products"]?.elements?.first
        #expect(product?["total_revenue"]?.numberText == "899.9700")
    }

    @Test func passesNothingOnThatWasNotAccepted() throws {
        let fixture = try DashboardFixture()
        let client = try WebSocketTestClient(port: fixture.port)
        _ = client.nextJSON()
        _ = try fixture.post("/api/categories", Body.categories(epoch: 2, batch: 2))
        _ = try fixture.post("/api/categories", Body.categories(epoch: 2, batch: 2))
        _ = try fixture.post("/api/categories", Body.categories(epoch: 1, batch: 9))
        _ = try fixture.post("/api/categories", Array("{}".utf8))
        _ = try fixture.post("/api/categories", Body.categories(epoch: 2, batch: 3))
        #expect(client.nextJSON()?["batch_id"]?.integer == 2)
        #expect(client.nextJSON()?["batch_id"]?.integer == 3)
    }

    @Test func reachesFiftyClients() throws {
        let fixture = try DashboardFixture()
        let clients = try (0..<50).map { _ in try WebSocketTestClient(port: fixture.port) }
        for client in clients { #expect(client.nextJSON()?["type"]?.string == "snapshot") }
        _ = try fixture.post("/api/categories", Body.categories(batch: 4))
        for client in clients { #expect(client.nextJSON()?["batch_id"]?.integer == 4) }
    }

    @Test func slowClientGetsTheNewestOfEachQuery() throws {
        let fixture = try DashboardFixture()
        let client = try WebSocketTestClient(port: fixture.port, receiveBufferBytes: 4_096)
        #expect(client.nextJSON()?["type"]?.string == "snapshot")
        // Far more than the sockets buffer, while nothing is read.
        for batch in 1...12 {
            let body = Body.categories(batch: Int64(batch), padding: 900_000)
            _ = try fixture.post("/api/categories", body)
        }
        var batches: [Int64] = []
        while batches.last != 12, let update = client.nextJSON() {
            batches.append(update["batch_id"]?.integer ?? -1)
        }
        #expect(batches.last == 12)
        #expect(batches.count < 12)
        #expect(batches == batches.sorted())
    }

    @Test func skippedWindowChangesAreSentAsAllOpenWindows() throws {
        let fixture = try DashboardFixture()
        let client = try WebSocketTestClient(port: fixture.port, receiveBufferBytes: 4_096)
        _ = client.nextJSON()
        _ = try fixture.post("/api/windows", Body.open([], full: true))
        for batch in 1...8 {
            _ = try fixture.post(
                "/api/categories", Body.categories(batch: Int64(batch), padding: 900_000))
        }
        for batch in 1...9 {
            let row = Body.window(batch, orders: batch, final: false)
            _ = try fixture.post("/api/windows", Body.open([row], full: false, batch: Int64(batch)))
        }
        var seen: [String: Int64] = [:]
        var last: Int64 = 0
        while last < 9, let update = client.nextJSON() {
            guard update["query"]?.string == "category_windows" else { continue }
            last = update["batch_id"]?.integer ?? 0
            if update["message"]?["full"]?.bool == true { seen = [:] }
            for row in update["message"]?["windows"]?.elements ?? [] {
                seen[row["window_start"]?.string ?? ""] = row["order_count"]?.integer
            }
        }
        #expect(last == 9)
        #expect(seen.values.sorted() == Array(1...9))
    }

    @Test func aClientThatFallsBehindWithFinalsGetsANewSnapshot() throws {
        let fixture = try DashboardFixture { $0.limits.finalsPerClient = 2 }
        let client = try WebSocketTestClient(port: fixture.port, receiveBufferBytes: 4_096)
        _ = client.nextJSON()
        for batch in 1...8 {
            _ = try fixture.post(
                "/api/categories", Body.categories(batch: Int64(batch), padding: 900_000))
        }
        for batch in 1...6 {
            _ = try fixture.post(
                "/api/windows", Body.finals([Body.window(batch, final: true)], batch: Int64(batch)))
        }
        var snapshot: JSONValue?
        while snapshot == nil, let message = client.nextJSON() {
            if message["type"]?.string == "snapshot" { snapshot = message }
        }
        let windows = snapshot?["data"]?["windows"]?.elements
        #expect(windows?.map { $0["final"]?.bool } == Array(repeating: true, count: 6))
    }

    @Test func closesAClientThatTakesNothing() throws {
        let fixture = try DashboardFixture { $0.limits.slowClientMs = 300 }
        let client = try WebSocketTestClient(port: fixture.port, receiveBufferBytes: 4_096)
        _ = client.nextJSON()
        // More than the kernel buffers, so that something always waits.
        for batch in 1...8 {
            _ = try fixture.post(
                "/api/categories", Body.categories(batch: Int64(batch), padding: 900_000))
        }
        // The library gives its buffered bytes 5 s to leave before it cuts the connection.
        #expect(
            eventually(withinMs: 20_000) {
                (try? fixture.json("/healthz")["websocket_clients"]?.integer) == 0
            })
        withExtendedLifetime(client) {}
    }

    @Test func pingsAndDropsTheSilent() throws {
        let fixture = try DashboardFixture {
            $0.limits.pingIntervalMs = 200
            $0.limits.pongTimeoutMs = 400
        }
        let client = try WebSocketTestClient(port: fixture.port)
        _ = client.nextJSON()
        let ping = try #require(client.next())
        #expect(ping.opcode == 9)
        while client.next() != nil {}
        #expect(client.socket.ended)
        let answering = try WebSocketTestClient(port: fixture.port)
        _ = answering.nextJSON()
        var pings = 0
        while pings < 5, let frame = answering.next() {
            #expect(frame.opcode == 9)
            try answering.send(opcode: 10, frame.payload)
            pings += 1
        }
        #expect(pings == 5)
    }

    @Test func limitsWhatClientsSend() throws {
        let fixture = try DashboardFixture()
        let client = try WebSocketTestClient(port: fixture.port)
        _ = client.nextJSON()
        try client.send(opcode: 1, [UInt8](repeating: 65, count: 4_096))
        _ = try fixture.post("/api/categories", Body.categories(batch: 4))
        #expect(client.nextJSON()?["batch_id"]?.integer == 4)
        try client.send(opcode: 1, [UInt8](repeating: 65, count: 5_000))
        #expect(client.next()?.closeCode == 1009)
    }

    @Test(arguments: ["Origin: http://evil.test\r\n", "Origin: null\r\n"])
    func refusesOtherOrigins(header: String) throws {
        let fixture = try DashboardFixture()
        #expect(throws: RawSocket.Failure.self) {
            try WebSocketTestClient(port: fixture.port, headers: header)
        }
    }

    @Test func saysGoodbyeWhenItStops() throws {
        let fixture = try DashboardFixture()
        let client = try WebSocketTestClient(port: fixture.port)
        _ = client.nextJSON()
        fixture.server.stop()
        #expect(client.next()?.closeCode == 1001)
    }
}
