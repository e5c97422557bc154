import Testing

@testable import ASEEDSystem

/// Bodies as the Python system posts them.
@Suite struct OriginalBodyTests {
    static let products = """
        {"batch_id":3,"timestamp":"2025-07-28T20:57:49.200314","products":[{"product_id":"PROD-001",\
        "product_name":"Smart Watch","category":"Electronics","order_count":2,"total_quantity":3,\
        "total_revenue":899.97,"rank":1},{"product_id":"PROD-002","product_name":null}]}
        """
    static let categories = """
        {"batch_id":3,"timestamp":"2025-07-28T20:57:49.200314","categories":[{"category":"Books",\
        "total_orders":2.0,"total_revenue":20.5,"avg_price":10.25}]}
        """

    static func orders(_ numbers: ClosedRange<Int>, batch: Int = 1) -> String {
        let rows = numbers.map {
            """
            {"order_id":"ORD-\($0)","product_id":"P","product_name":"N","category":"C",\
            "price":0.1,"quantity":2,"timestamp":"2024-01-15T14:00:\($0 < 10 ? "0" : "")\($0)"}
            """
        }
        return """
            {"batch_id":\(batch),"timestamp":"2024-01-15T14:30:00.5",\
            "orders":[\(rows.joined(separator: ","))]}
            """
    }

    private func post(
        _ fixture: DashboardFixture, _ path: String, _ body: String,
        token: String? = DashboardFixture.token
    ) throws -> HTTPResponse {
        try fixture.post(path, Array(body.utf8), token: token)
    }

    @Test func areAcceptedAsTheyWere() throws {
        let fixture = try DashboardFixture()
        for (path, body) in [
            ("/api/top_products", Self.products), ("/api/categories", Self.categories),
            ("/api/raw_orders", Self.orders(1...3)),
        ] {
            let response = try post(fixture, path, body)
            #expect(response.status == 200)
            #expect(response.statusWord == "success", "\(response.text)")
        }
        let data = try fixture.json("/api/dashboard_data")
        #expect(data["top_products"]?.elements?.first?["total_revenue"]?.numberText == "899.97")
        #expect(data["top_products"]?.elements?.first?["rank"]?.integer == 1)
        #expect(data["top_products"]?.elements?.last?["order_count"]?.integer == 0)
        #expect(data["categories"]?.elements?.first?["total_orders"]?.integer == 2)
        #expect(data["recent_orders"]?.elements?.first?["order_id"]?.string == "ORD-3")
        #expect(data["metrics"]?["total_orders"]?.integer == 3)
        #expect(data["metrics"]?["total_revenue"]?.numberText == "0.6000")
        #expect(data["run_id"]?.string == "legacy")
    }

    @Test func ordersAddUpAndTheNewestTwentyAreShown() throws {
        let fixture = try DashboardFixture()
        for first in [1, 11, 21] {
            _ = try post(fixture, "/api/raw_orders", Self.orders(first...(first + 9)))
        }
        try fixture.restart()
        _ = try post(fixture, "/api/raw_orders", Self.orders(31...32))
        let data = try fixture.json("/api/analytics")
        #expect(data["metrics"]?["total_orders"]?.integer == 32)
        #expect(data["metrics"]?["total_revenue"]?.numberText == "6.4000")
        #expect(data["metrics"]?["total_quantity"]?.integer == 64)
        #expect(data["metrics"]?["average_order_value"]?.numberText == "0.20000000")
        let recent = data["recent_orders"]?.elements?.compactMap { $0["order_id"]?.string }
        #expect(recent == (13...32).reversed().map { "ORD-\($0)" })
    }

    @Test func takesMissingFieldsAndRefusesWrongOnes() throws {
        let fixture = try DashboardFixture()
        #expect(try post(fixture, "/api/raw_orders", #"{"orders":[{"price":2},{}]}"#).status == 200)
        #expect(try fixture.json("/api/analytics")["metrics"]?["total_orders"]?.integer == 2)
        for (body, place) in [
            (#"{"orders":[{"price":"2"}]}"#, "orders[0].price"), (#"{"orders":{}}"#, "orders"),
            (#"{"orders":[{"quantity":1.5}]}"#, "orders[0].quantity"), ("{}", "orders"),
            (#"{"orders":[7]}"#, "orders[0]"), (#"{"orders":[{"price":-1}]}"#, "orders[0].price"),
        ] {
            let response = try post(fixture, "/api/raw_orders", body)
            #expect(response.status == 400)
            #expect(response.json?["error"]?.string?.hasPrefix("\(place)") == true)
        }
        #expect(try fixture.json("/api/analytics")["metrics"]?["total_orders"]?.integer == 2)
    }

    @Test func needNoTokenWhereThatIsAllowed() throws {
        let closed = try DashboardFixture()
        #expect(try post(closed, "/api/categories", Self.categories, token: nil).status == 401)
        let open = try DashboardFixture { $0.allowsUnauthenticatedWrites = true }
        #expect(try post(open, "/api/categories", Self.categories, token: nil).status == 200)
        #expect(try post(open, "/api/categories", Self.categories, token: "wrong").status == 401)
        // Only the original's bodies: nobody without the token can fence an engine.
        let ours = String(decoding: Body.categories(epoch: 9), as: UTF8.self)
        #expect(try post(open, "/api/categories", ours, token: nil).status == 401)
        #expect(try post(open, "/api/windows", "{}", token: nil).status == 401)
        #expect(
            try open.post("/api/verification", DashboardLiveTests.verification(), token: nil).status
                == 401)
        #expect(try open.json("/api/epoch")["epoch"]?.integer == 1)
        #expect(throws: DashboardError.self) {
            _ = try DashboardFixture {
                $0.allowsUnauthenticatedWrites = true
                $0.addresses = ["0.0.0.0"]
            }
        }
    }

    @Test func goTogetherWithAnEngine() throws {
        let fixture = try DashboardFixture()
        _ = try fixture.post("/api/categories", Body.categories(epoch: 5, batch: 1))
        #expect(try post(fixture, "/api/categories", Self.categories).statusWord == "success")
        #expect(
            try fixture.post("/api/categories", Body.categories(epoch: 5, batch: 2)).statusWord
                == "success")
        #expect(try fixture.json("/api/analytics")["run_id"]?.string == "run-1")
    }
}
