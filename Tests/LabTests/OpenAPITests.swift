import ASEEDSystem
import Testing

/// The description of the API against what the dashboard answers.
@Suite struct OpenAPITests {
    private static let token = "0123456789abcdef0123456789abcdef"

    /// A dashboard that holds something of everything.
    private static func dashboard() throws -> DashboardServer {
        let server = try DashboardServer(
            configuration: .init(port: 0, token: token, dataFolder: nil))
        let envelope = """
            "run_id":"r","epoch":1,"batch_id":0,"watermark":"2024-01-15T14:20:00.000000Z",\
            "positions":[5],"timestamp":"2024-01-15T14:30:05.000001Z"
            """
        let sums = #""order_count":2,"total_quantity":3,"total_revenue":9.0000"#
        let time = "2024-01-15T14"
        let bodies = [
            "/api/top_products": """
            {"products":[{"product_id":"P","product_name":"N","category":"C",\(sums),\
            "avg_price":3.00000000}],"groups":1,"query":"top_products","mode":"complete",\(envelope)}
            """,
            "/api/categories": """
            {"categories":[{"category":"C","total_orders":2,\(sums)}],"query":"categories",\
            "mode":"complete",\(envelope)}
            """,
            "/api/raw_orders": """
            {"orders":[{"order_id":"O","product_id":"P","product_name":"N","category":"C",\
            "price":3.0000,"quantity":1,"timestamp":"\(time):30:00.000000Z"}],\
            "metrics":{"total_orders":2,"total_revenue":9.0000,"rejected":{"empty":1}},\
            "progress":{"batch_id":0,"batch_duration_ms":1.5,"input_records":2,"backlog":0,\
            "backlog_unit":"bytes","latest_event_time":null},\
            "query":"raw_orders","mode":"complete",\(envelope)}
            """,
            "/api/windows": """
            {"windows":[{"window_start":"\(time):00:00.000000Z","window_end":"\(time):01:00.000000Z",\
            "category":"C",\(sums),"final":true}],"query":"category_windows","mode":"append",\
            \(envelope)}
            """,
            "/api/verification": """
            {"run_id":"r","state":"proved","checked_at":"\(time):30:00.000000Z","orders":2,\
            "batch_id":0,"text":"ok"}
            """,
        ]
        for (path, body) in bodies {
            #expect(try post(server, path, body).status == 200, "\(path)")
        }
        return server
    }

    private static func post(
        _ server: DashboardServer, _ path: String, _ body: String, token: String? = token
    ) throws -> HTTPResponse {
        var headers = [HTTPHeader("Content-Type", "application/json")]
        if let token { headers.append(HTTPHeader("Authorization", "Bearer \(token)")) }
        return try HTTPClient().send(
            HTTPRequest("POST", server.url + path, headers: headers, body: Array(body.utf8)))
    }

    private static func description(_ server: DashboardServer) throws -> JSONValue {
        let response = try HTTPClient().send(
            HTTPRequest("GET", server.url + "/openapi.json"))
        return try JSONParser.parse(response.body)
    }

    /// Checks an answer against the schema that the description has for it.
    private func check(
        _ response: HTTPResponse, _ document: JSONValue, _ path: String, _ method: String
    ) throws {
        let operation = try #require(document["paths"]?[path]?[method])
        let answer = try #require(
            operation["responses"]?[String(response.status)],
            "\(method) \(path) answers \(response.status), which is not described")
        let type = String((response.header("content-type") ?? "").prefix { $0 != ";" })
        let content = try #require(answer["content"]?[type], "\(path): \(type) is not described")
        guard type == "application/json" else { return }
        let reference = try #require(content["schema"]?["$ref"]?.string)
        let name = reference.split(separator: "/").last.map(String.init) ?? ""
        let root = try #require(document["components"]?["schemas"]?[name])
        try JSONSchema(root: root).checkKeywords()
        let mistakes = try JSONSchema(root: root).mistakes(in: try JSONParser.parse(response.body))
        #expect(mistakes.isEmpty, "\(method) \(path) \(response.status): \(mistakes)")
    }

    @Test func describesEveryAnswerToARead() throws {
        let server = try Self.dashboard()
        defer { server.stop() }
        let document = try Self.description(server)
        #expect(document["openapi"]?.string == "3.1.0")
        let client = try HTTPClient()
        for path in document["paths"]?.members ?? [] where path.value["get"] != nil {
            guard path.name != "/events", path.name != "/socket.io/" else { continue }
            let response = try client.send(HTTPRequest("GET", server.url + path.name))
            try check(response, document, path.name, "get")
            let wrong = try client.send(
                HTTPRequest(
                    "GET", server.url + path.name,
                    headers: [HTTPHeader("Origin", "http://evil.test")]))
            #expect(wrong.status == 403)
            try check(wrong, document, path.name, "get")
        }
        let missing = try client.send(
            HTTPRequest("GET", server.url + "/api/published?run_id=nothing"))
        #expect(missing.status == 404)
        try check(missing, document, "/api/published", "get")
    }

    @Test func describesEveryAnswerToAWrite() throws {
        let server = try Self.dashboard()
        defer { server.stop() }
        let document = try Self.description(server)
        for path in document["paths"]?.members ?? [] where path.value["post"] != nil {
            guard path.name != "/socket.io/" else { continue }
            for (body, token) in [("{}", Self.token), ("x", Self.token), ("{}", nil)] {
                let response = try Self.post(server, path.name, body, token: token)
                #expect(response.status == (token == nil ? 401 : 400), "\(path.name)")
                try check(response, document, path.name, "post")
            }
        }
        let fenced = """
            {"categories":[],"query":"categories","mode":"complete","run_id":"r","epoch":1,\
            "batch_id":0,"watermark":null,"positions":[]}
            """
        let stale = try Self.post(server, "/api/categories", fenced)
        #expect(stale.status == 200)
        try check(stale, document, "/api/categories", "post")
        let original = try Self.post(
            server, "/api/raw_orders", #"{"batch_id":1,"orders":[{"price":2.5}]}"#)
        #expect(original.status == 200)
        try check(original, document, "/api/raw_orders", "post")
        let higher = fenced.replacing("\"epoch\":1", with: "\"epoch\":7")
        #expect(try Self.post(server, "/api/categories", higher).status == 200)
        let refused = try Self.post(server, "/api/categories", fenced)
        #expect(refused.status == 409)
        try check(refused, document, "/api/categories", "post")
    }
}
