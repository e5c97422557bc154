import Testing

@testable import ASEEDSystem

/// What the dashboard says besides results: services, verification, status, and pushes of them.
@Suite struct DashboardLiveTests {
    static func verification(_ state: String = "proved") -> [UInt8] {
        Array(
            """
            {"run_id":"run-1","state":"\(state)","checked_at":"2024-01-15T14:30:05.000000Z",\
            "orders":2,"batch_id":4,"text":"2 orders, 0 differences"}
            """.utf8)
    }

    static func services(_ overall: String = "healthy") -> [UInt8] {
        Array(
            """
            {"overall_status":"\(overall)","services":{"kafka":{"status":"running","pid":42,\
            "cpu_percent":1.5,"memory_mb":402.9,"last_check":"2025-07-28T20:57:49.200314",\
            "restarts":0,"detail":"answers"},"zookeeper":{"status":"not_configured","pid":null}},\
            "summary":{"total_services":5,"running":4,"stopped":0,"not_configured":1},\
            "health":[{"check":"broker","status":"ok","detail":"3 partitions"}],\
            "timestamp":"2025-07-28T20:57:49.200314"}
            """.utf8)
    }

    @Test func analyticsHaveHistoryAndChanges() throws {
        let fixture = try DashboardFixture()
        let empty = try fixture.json("/api/analytics")
        #expect(empty["history"]?["buckets"]?.elements?.isEmpty == true)
        #expect(empty["metrics"]?["revenue_per_minute"]?.isNull == true)
        #expect(empty["verification"]?["state"]?.string == "none")
        #expect(empty["services"]?["overall_status"]?.string == "unknown")
        #expect(empty["progress"]?.isNull == true)
        _ = try fixture.post("/api/raw_orders", Body.rawOrders(total: 2, batch: 0))
        _ = try fixture.post("/api/raw_orders", Body.rawOrders(total: 9, batch: 1))
        let analytics = try fixture.json("/api/analytics")
        let buckets = analytics["history"]?["buckets"]?.elements ?? []
        #expect(analytics["history"]?["interval_ms"]?.integer == 5_000)
        #expect(buckets.compactMap { $0["orders"]?.integer }.reduce(0, +) == 9)
        #expect(buckets.last?["complete"]?.bool == false)
        #expect(analytics["changes"]?["orders"]?["current"]?.integer == 9)
        #expect(analytics["changes"]?["orders"]?["percent"]?.isNull == true)
        #expect((analytics["metrics"]?["orders_per_minute"]?.integer ?? 0) > 0)
        #expect(UTCText.isCanonical(analytics["server_time"]?.string ?? ""))
    }

    @Test func updatesOfOrdersCarryWhatIsLive() throws {
        let fixture = try DashboardFixture()
        let client = try WebSocketTestClient(port: fixture.port)
        _ = client.nextJSON()
        let beforeNs = SystemClock.monotonicNs()
        _ = try fixture.post("/api/raw_orders", Body.rawOrders(total: 2, progress: true))
        let update = try #require(client.nextJSON())
        let acceptedNs = try #require(update["accepted_ns"]?.integer)
        #expect((beforeNs...SystemClock.monotonicNs()).contains(acceptedNs))
        #expect(update["live"]?["history"]?.elements?.last?["orders"]?.integer == 2)
        #expect(update["live"]?["changes"]?["orders"]?["current"]?.integer == 2)
        #expect(update["live"]?["orders_per_minute"]?.isNull == true)
        #expect(update["message"]?["progress"]?["backlog"]?.integer == 7)
        #expect(try fixture.json("/api/analytics")["progress"]?["backlog_unit"]?.string == "bytes")
        _ = try fixture.post("/api/categories", Body.categories(batch: 1))
        let next = try #require(client.nextJSON())
        #expect(next["live"] == nil)
        #expect(next["accepted_ns"]?.integer ?? 0 >= acceptedNs)
    }

    @Test func keepsAndPushesVerification() throws {
        let fixture = try DashboardFixture()
        let client = try WebSocketTestClient(port: fixture.port)
        _ = client.nextJSON()
        #expect(try fixture.json("/api/verification")["state"]?.string == "none")
        #expect(
            try fixture.post("/api/verification", Self.verification(), token: nil).status == 401)
        #expect(try fixture.post("/api/verification", Self.verification()).status == 200)
        let push = try #require(client.nextJSON())
        #expect(push["type"]?.string == "verification")
        #expect(push["verification"]?["text"]?.string == "2 orders, 0 differences")
        #expect(try fixture.post("/api/verification", Self.verification("fine")).status == 400)
        try fixture.restart()
        #expect(try fixture.json("/api/verification")["state"]?.string == "proved")
        // It is of run-1: of another run, or of none, nothing is proved.
        #expect(try fixture.json("/api/status")["verification"]?.string == "none")
        _ = try fixture.post("/api/categories", Body.categories(batch: 1))
        #expect(try fixture.json("/api/status")["verification"]?.string == "proved")
    }

    @Test func showsAndPushesTheMonitorsReport() throws {
        let fixture = try DashboardFixture()
        let client = try WebSocketTestClient(port: fixture.port)
        _ = client.nextJSON()
        #expect(try fixture.post("/api/services", Self.services()).status == 200)
        let push = try #require(client.nextJSON())
        #expect(push["services"]?["services"]?["kafka"]?["pid"]?.integer == 42)
        for path in ["/api/services", "/api/service-status"] {
            #expect(try fixture.json(path)["overall_status"]?.string == "healthy")
        }
        #expect(try fixture.json("/api/status")["services"]?.string == "healthy")
        #expect(try fixture.post("/api/services", Self.services("fine")).status == 400)
    }

    @Test func tellsHonestlyWhatItKnowsOfServices() throws {
        let fixture = try DashboardFixture()
        let status = try fixture.json("/api/service-status")
        #expect(status["overall_status"]?.string == "unknown")
        #expect(status["services"]?["dashboard"]?["status"]?.string == "running")
        #expect((status["services"]?["dashboard"]?["memory_mb"]?.double ?? 0) > 1)
        #expect(status["services"]?["kafka"]?["status"]?.string == "unknown")
        #expect(status["services"]?["data_analyzer"]?["last_publication"]?.isNull == true)
        #expect(status["summary"]?["total_services"]?.integer == 5)
        _ = try fixture.post("/api/categories", Body.categories())
        let after = try fixture.json("/api/service-status")
        #expect(after["services"]?["data_analyzer"]?["last_publication"]?.string != nil)
    }

    @Test func aReportCountsForFifteenSeconds() throws {
        var board = ServiceBoard()
        board.take(try JSONParser.parse(Self.services()), nowNs: 1_000_000_000)
        #expect(board.overall(nowNs: 16_000_000_000) == "healthy")
        #expect(board.turnedStale(nowNs: 16_000_000_000) == false)
        #expect(board.overall(nowNs: 16_000_000_001) == "unknown")
        #expect(board.turnedStale(nowNs: 16_000_000_001) == true)
        #expect(board.turnedStale(nowNs: 17_000_000_000) == false)
        let stale = board.json(
            lastPublicationNs: nil, at: Moment(wallNs: 0, monotonicNs: 31_000_000_000))
        let json = try JSONParser.parse(stale)
        #expect(json["services"]?["kafka"]?["status"]?.string == "unknown")
        #expect(json["services"]?["kafka"]?["detail"]?.string?.contains("30 s") == true)
        #expect(json["services"]?["dashboard"]?["status"]?.string == "running")
    }

    @Test func hasOneObjectForScripts() throws {
        let fixture = try DashboardFixture()
        _ = try fixture.post("/api/raw_orders", Body.rawOrders(total: 7, epoch: 3, batch: 5))
        let client = try WebSocketTestClient(port: fixture.port)
        _ = client.nextJSON()
        let status = try fixture.json("/api/status")
        #expect(status["status"]?.string == "ok")
        #expect(status["run_id"]?.string == "run-1")
        #expect(status["epoch"]?.integer == 3)
        #expect(status["batch_id"]?.integer == 5)
        #expect(status["watermark"]?.string == "2024-01-15T14:20:00.000000Z")
        #expect(status["total_orders"]?.integer == 7)
        #expect(status["websocket_clients"]?.integer == 1)
    }
}
