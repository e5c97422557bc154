import Testing

@testable import ASEEDSystem

@Suite struct DashboardServerTests {
    @Test func servesEveryRead() throws {
        let fixture = try DashboardFixture()
        for path in [
            "/api/analytics", "/api/dashboard_data", "/api/service-status", "/api/epoch",
            "/healthz",
        ] {
            let response = try fixture.get(path)
            #expect(response.status == 200, "\(path)")
            #expect(response.json != nil, "\(path)")
            #expect(response.header("X-Instance-Id") == fixture.server.instanceID, "\(path)")
        }
        #expect(try fixture.get("/").text.contains("/api/analytics"))
        #expect(try fixture.get("/api/published").status == 404)
        #expect(try fixture.get("/nothing").status == 404)
        #expect(try fixture.get("/api/top_products").status == 405)
        #expect(try fixture.get("/ws").status == 426)
    }

    @Test func answersHeadWithoutBody() throws {
        let fixture = try DashboardFixture()
        let client = try HTTPClient()
        let response = try client.send(HTTPRequest("HEAD", fixture.server.url + "/healthz"))
        #expect(response.status == 200)
        #expect(response.body.isEmpty)
        // The connection is still in step.
        let next = try client.send(HTTPRequest("GET", fixture.server.url + "/api/epoch"))
        #expect(next.json?["epoch"]?.integer == 0)
    }

    @Test("R60: results come back digit for digit")
    func keepsDigits() throws {
        let fixture = try DashboardFixture()
        let digits = "123456789012345678901234567890.1200"
        let response = try fixture.post("/api/top_products", Body.topProducts(revenue: digits))
        #expect(response.status == 200)
        #expect(response.json?["status"]?.string == "success")
        #expect(response.json?["epoch"]?.integer == 1)
        #expect(response.json?["batch_id"]?.integer == 0)
        let product = try fixture.json("/api/analytics")["top_products"]?.elements?.first
        #expect(product?["total_revenue"]?.numberText == digits)
        let published = try fixture.published()["queries"]?["top_products"]
        #expect(published?["products"]?.elements?.first?["avg_price"]?.numberText == "299.99000000")
    }

    @Test func showsAllQueriesInAnalytics() throws {
        let fixture = try DashboardFixture()
        #expect(try fixture.post("/api/top_products", Body.topProducts(batch: 3)).status == 200)
        #expect(try fixture.post("/api/categories", Body.categories(batch: 3)).status == 200)
        #expect(try fixture.post("/api/raw_orders", Body.rawOrders(batch: 4)).status == 200)
        let open = Body.open([Body.window(1, final: false)], full: true, batch: 3)
        #expect(try fixture.post("/api/windows", open).status == 200)
        let final = Body.finals([Body.window(0, final: true)], batch: 3)
        #expect(try fixture.post("/api/windows", final).status == 200)
        let analytics = try fixture.json("/api/analytics")
        #expect(analytics["categories"]?.elements?.count == 1)
        #expect(analytics["recent_orders"]?.elements?.first?["order_id"]?.string == "ORD-1")
        #expect(analytics["windows"]?.elements?.map { $0["final"]?.bool } == [true, false])
        #expect(analytics["metrics"]?["total_revenue"]?.numberText == "899.9700")
        #expect(analytics["run_id"]?.string == "run-1")
        #expect(analytics["batch_id"]?.integer == 4)
        #expect(analytics["positions"]?.elements?.map(\.integer) == [10, 20, 30])
        #expect(analytics["queries"]?["top_products"]?["batch_id"]?.integer == 3)
    }

    @Test("R61, R62, R63: fenced, stale and conflict over HTTP")
    func answersByTheRules() throws {
        let fixture = try DashboardFixture()
        _ = try fixture.post("/api/top_products", Body.topProducts(epoch: 5, batch: 2))
        let stale = try fixture.post("/api/top_products", Body.topProducts(epoch: 5, batch: 2))
        #expect(stale.status == 200 && stale.statusWord == "stale")
        let fenced = try fixture.post("/api/top_products", Body.topProducts(epoch: 4, batch: 9))
        #expect(fenced.status == 409 && fenced.statusWord == "fenced")
        #expect(fenced.json?["epoch"]?.integer == 5)
        let first = Body.finals([Body.window(0, final: true)], epoch: 5)
        _ = try fixture.post("/api/windows", first)
        let again = try fixture.post("/api/windows", first)
        #expect(again.status == 200 && again.statusWord == "success")
        let other = Body.finals([Body.window(0, orders: 2, final: true)], epoch: 5)
        let conflict = try fixture.post("/api/windows", other)
        #expect(conflict.status == 409 && conflict.statusWord == "conflict")
        let delta = Body.open([Body.window(1, final: false)], full: false, epoch: 5)
        #expect(try fixture.post("/api/windows", delta).statusWord == "incomplete")
        let published = try fixture.published()
        #expect(published["stale"]?.integer == 1)
        #expect(published["fenced"]?.integer == 1)
        #expect(published["conflicts"]?.integer == 1)
        #expect(published["epoch"]?.integer == 5)
        #expect(published["acceptances"]?.elements?.count == 3)
        #expect(published["windows"]?["final"]?.elements?.first?["batch_id"]?.integer == 0)
        #expect(try fixture.json("/api/epoch")["epoch"]?.integer == 5)
    }

    @Test("R64: state survives a restart, the instance id does not")
    func keepsStateOverRestarts() throws {
        let fixture = try DashboardFixture()
        _ = try fixture.post("/api/top_products", Body.topProducts(epoch: 3, batch: 7))
        _ = try fixture.post("/api/raw_orders", Body.rawOrders(epoch: 3, batch: 7))
        let open = Body.open([Body.window(1, final: false)], full: true, epoch: 3, batch: 7)
        _ = try fixture.post("/api/windows", open)
        _ = try fixture.post(
            "/api/windows", Body.finals([Body.window(0, final: true)], epoch: 3, batch: 7))
        let (before, instance) = (try fixture.published(), fixture.server.instanceID)
        try fixture.restart()
        #expect(fixture.server.instanceID != instance)
        let after = try fixture.published()
        for member in ["run_id", "epoch", "queries", "windows", "acceptances", "stale"] {
            #expect(JSONText.of(after[member]) == JSONText.of(before[member]), "\(member)")
        }
        #expect(try fixture.post("/api/top_products", Body.topProducts(epoch: 2)).status == 409)
        #expect(
            try fixture.post("/api/top_products", Body.topProducts(epoch: 3, batch: 7)).statusWord
                == "stale")
    }

    @Test func refusesWritesWithoutTheToken() throws {
        let fixture = try DashboardFixture()
        for token in [nil, "", "wrong", DashboardFixture.token + "0"] {
            let response = try fixture.post("/api/top_products", Body.topProducts(), token: token)
            #expect(response.status == 401)
            #expect(response.header("WWW-Authenticate") == "Bearer")
        }
        #expect(try fixture.get("/api/published").status == 404)
    }

    @Test func refusesOtherContentTypes() throws {
        let fixture = try DashboardFixture()
        let response = try fixture.post("/api/top_products", Body.topProducts(), type: "text/plain")
        #expect(response.status == 415)
    }

    @Test(arguments: ["", "{", "[1,2", "null", "{\"products\":7}", "\u{0}", "{\"a\":\"\u{1}\"}"])
    func refusesHostileBodiesAndChangesNothing(body: String) throws {
        let fixture = try DashboardFixture()
        _ = try fixture.post("/api/top_products", Body.topProducts())
        let before = try fixture.published()
        let response = try fixture.post("/api/top_products", Array(body.utf8))
        #expect(response.status == 400)
        #expect(response.json?["error"]?.string?.isEmpty == false)
        #expect(JSONText.of(try fixture.published()) == JSONText.of(before))
    }

    @Test func refusesDeepNesting() throws {
        let fixture = try DashboardFixture()
        let response = try fixture.post(
            "/api/top_products", [UInt8](repeating: UInt8(ascii: "["), count: 500_000))
        #expect(response.status == 400)
        #expect(response.json?["error"]?.string?.contains("nesting deeper than 64") == true)
    }

    @Test func limitsBodies() throws {
        let fixture = try DashboardFixture()
        let space = [UInt8](repeating: 0x20, count: 1 << 20)
        #expect(try fixture.post("/api/categories", space + [0x20]).status == 413)
        #expect(try fixture.post("/api/categories", space).status == 400)
        let large = try fixture.post("/api/windows", space + space + space + space)
        #expect(large.status == 400)
        #expect(try fixture.post("/api/windows", space + space + space + space + [1]).status == 413)
        let body = Body.categories(padding: 900_000)
        #expect(try fixture.post("/api/categories", body).status == 200)
        #expect(try fixture.get("/api/published").body.count > 900_000)
    }

    @Test func limitsWritesThatRunWild() throws {
        let fixture = try DashboardFixture {
            $0.limits.writesPerSecond = 3
            $0.limits.refusedWritesPerSecond = 2
        }
        let statuses = try (0..<8).map {
            try fixture.post("/api/categories", Body.categories(batch: Int64($0))).status
        }
        #expect(statuses.prefix(3) == [200, 200, 200])
        #expect(statuses.contains(429))
        let refused = try (0..<6).map { _ in
            try fixture.post("/api/categories", Body.categories(), token: "x").status
        }
        #expect(refused.contains(401) && refused.contains(429))
    }

    @Test func refusesOtherHostsAndOrigins() throws {
        let fixture = try DashboardFixture()
        #expect(
            try fixture.get("/healthz", headers: [HTTPHeader("Host", "evil.test")]).status == 403)
        let origin = HTTPHeader("Origin", "http://evil.test")
        #expect(try fixture.get("/healthz", headers: [origin]).status == 403)
        #expect(try fixture.get("/healthz", headers: [HTTPHeader("Origin", "null")]).status == 403)
        let own = HTTPHeader("Origin", fixture.server.url)
        #expect(try fixture.get("/healthz", headers: [own]).status == 200)
    }

    @Test func readsFromElsewhereNeedTheToken() throws {
        let fixture = try DashboardFixture { $0.addresses = ["0.0.0.0"] }
        let client = try HTTPClient()
        let url = "http://127.0.0.1:\(fixture.port)/api/analytics"
        #expect(try client.send(HTTPRequest("GET", url)).status == 401)
        let token = HTTPHeader("Authorization", "Bearer \(DashboardFixture.token)")
        #expect(try client.send(HTTPRequest("GET", url, headers: [token])).status == 200)
        let health = "http://127.0.0.1:\(fixture.port)/healthz"
        #expect(try client.send(HTTPRequest("GET", health)).status == 200)
    }

    @Test func listensOnBothLoopbackAddresses() throws {
        let fixture = try DashboardFixture { $0.addresses = ["127.0.0.1", "::1"] }
        let response = try HTTPClient().send(
            HTTPRequest("GET", "http://[::1]:\(fixture.port)/healthz"))
        #expect(response.status == 200)
        #expect(try fixture.get("/healthz").status == 200)
    }

    @Test func namesTheHolderOfATakenPort() throws {
        let fixture = try DashboardFixture()
        #expect {
            _ = try DashboardFixture(port: fixture.port)
        } throws: { error in
            guard case .portTaken(_, let port, let holder) = error as? DashboardError else {
                return false
            }
            return port == fixture.port && holder?.hasPrefix("process ") == true
        }
        #expect(try fixture.get("/healthz").status == 200)
    }

    @Test func takesEightyWritesASecondOnOneConnection() throws {
        let fixture = try DashboardFixture()
        let client = try HTTPClient()
        for batch in 0..<160 {
            let response = try client.send(
                HTTPRequest(
                    "POST", fixture.server.url + "/api/raw_orders",
                    headers: [
                        HTTPHeader("Content-Type", "application/json"),
                        HTTPHeader("Authorization", "Bearer \(DashboardFixture.token)"),
                    ], body: Body.rawOrders(total: batch, batch: Int64(batch))))
            #expect(response.status == 200 && response.statusWord == "success")
        }
        #expect(try fixture.published()["acceptances"]?.elements?.count == 160)
    }
}

/// JSON as text, for comparison.
enum JSONText {
    static func of(_ value: JSONValue?) -> String? {
        guard let value else { return nil }
        var writer = JSONWriter()
        writer.value(value)
        return writer.text
    }
}
