/// Every address of the dashboard.
enum RouteTable {
    static let socketIOPath = "/socket.io/"

    static let all: [Route] = reads + streams + writes

    private static let reads: [Route] = [
        .get("/", "The dashboard page") { _, _ in
            var reply = HTTPReply(status: 200, body: HomePage.html)
            reply.contentType = "text/html; charset=utf-8"
            return reply
        }
        .answering(.text("text/html")),
        .get("/api/analytics", "The analytics of the run that was written last") { router, _ in
            HTTPReply(status: 200, body: router.service.analytics())
        }
        .answering(.json(AnswerSchema.analytics)),
        .get("/api/dashboard_data", "The same as /api/analytics") { router, _ in
            HTTPReply(status: 200, body: router.service.analytics())
        }
        .answering(.json(AnswerSchema.analytics)),
        .get("/api/published", "Every accepted result of a run, digit for digit") { router, head in
            router.service.published(runID: head.parameter("run_id"))
        }
        .parameter("run_id", "The run; the one that was written last when it is left out.")
        .answering(.json(AnswerSchema.published)).also(404, "The run has published nothing here."),
        .get("/api/epoch", "The highest epoch that has written") { router, _ in
            HTTPReply(status: 200, body: DashboardViews.epoch(router.service.state))
        }
        .answering(.json(AnswerSchema.epoch)),
        .get("/api/status", "One object for scripts") { router, _ in router.service.status() }
            .answering(.json(AnswerSchema.status)),
        .get("/api/service-status", "The services, as the monitor last reported them") {
            router, _ in
            HTTPReply(status: 200, body: router.service.services())
        }
        .answering(.json(AnswerSchema.services)),
        .get("/api/services", "The same as /api/service-status") { router, _ in
            HTTPReply(status: 200, body: router.service.services())
        }
        .answering(.json(AnswerSchema.services)),
        .get("/api/verification", "What the lab last proved about the results") { router, _ in
            HTTPReply(status: 200, body: router.service.verification.body)
        }
        .answering(.json(AnswerSchema.verification)),
        .get("/healthz", "Whether this service lives", access: .open) { router, _ in
            router.service.health()
        }
        .answering(.json(AnswerSchema.health))
        .also(503, "The state can't be written.", .json(AnswerSchema.health)),
        .get("/readyz", "Whether this service can take results", access: .open) { router, _ in
            router.service.health()
        }
        .answering(.json(AnswerSchema.health))
        .also(503, "The state can't be written.", .json(AnswerSchema.health)),
        .get("/metrics", "Metrics in the text format of Prometheus") { router, _ in
            var reply = HTTPReply(status: 200, body: MetricsView.bytes(router.service))
            reply.contentType = PrometheusText.contentType
            return reply
        }
        .answering(.text("text/plain")),
        .get("/openapi.json", "This description") { _, _ in
            HTTPReply(status: 200, body: OpenAPI.bytes)
        }
        .answering(
            .json(
                RouteDocument.Form(
                    name: "Description", text: "An OpenAPI document.",
                    fields: [Field("openapi", .text)]))),
    ]

    private static let streams: [Route] = [
        .get("/ws", "A WebSocket: a snapshot, then each update") { router, _ in
            var reply = router.error(426, "/ws is a WebSocket; ask for an upgrade")
            reply.headers.append(HTTPHeader("upgrade", "websocket"))
            return reply
        }
        .also(101, "The WebSocket is open.", .none).also(426, "The request asks for no upgrade."),
        Route(
            method: .get, path: "/events", access: .read,
            summary: "Server-Sent Events: a snapshot, then each update", work: .events
        )
        .answering(.text("text/event-stream")),
        socketIO(.get, "Socket.IO, for clients of the original: a poll, or a WebSocket"),
        socketIO(.post, "Socket.IO, for clients of the original: packets of a poll"),
    ]

    private static func socketIO(_ method: Route.Method, _ summary: String) -> Route {
        let refused = RouteDocument.Form(
            name: "SocketIOError", text: "Why a request is refused.",
            fields: [Field("code", .count), Field("message", .text)])
        var route = Route(
            method: method, path: socketIOPath, access: .read, summary: summary, work: .socketIO
        )
        .parameter("EIO", "The protocol's version: 4.", required: true)
        .parameter("transport", "polling or websocket", required: true)
        .parameter("sid", "The session; a new one when it is left out.")
        .answering(.text("text/plain"))
        .also(400, "The request makes no sense.", .json(refused))
        if case .get = method {
            route = route.also(101, "The WebSocket is open.", .none)
                .also(503, "There are too many sessions.", .json(refused))
        }
        return route
    }

    private static let writes: [Route] = [
        results("Takes the top products", .topProducts, access: .originalWrite),
        results("Takes the categories", .categories, access: .originalWrite),
        results("Takes totals and the latest orders", .rawOrders, access: .originalWrite),
        results("Takes windows of categories", .categoryWindows, limit: .windows),
        .post(
            "/api/verification", "Takes what the lab proved", .verification, limit: .reports
        )
        .body(
            RouteDocument.Form(
                name: "VerificationReport", text: "What the lab proved about a run.",
                fields: MessageSchema.verification)
        )
        .answering(.json(AnswerSchema.written)),
        .post("/api/services", "Takes the monitor's report", .services, limit: .reports)
            .body(AnswerSchema.services).answering(.json(AnswerSchema.written)),
    ]

    private static func results(
        _ summary: String, _ query: QueryName, limit: Route.BodyLimit = .results,
        access: Route.Access = .write
    ) -> Route {
        var route = Route.post(query.path, summary, .query(query), limit: limit, access: access)
            .answering(.json(AnswerSchema.written))
            .also(
                409,
                "A higher epoch has written, a final window has another value, or something "
                    + "before this is missing.", .json(AnswerSchema.refused))
        route.document.bodies = [MessageSchema.form(query)]
        if case .originalWrite = access { route.document.bodies.append(OriginalBody.form(query)) }
        return route
    }

    /// The routes by path.
    static let byPath: [String: [Route]] = Dictionary(grouping: all, by: \.path)

    /// A path as metrics name it: one of a fixed set.
    static func label(_ path: String) -> String {
        if byPath[path] != nil { return path }
        return path.hasPrefix("/static/") ? "/static/" : "other"
    }
}
