/// Every address of the dashboard.
enum RouteTable {
    static let all: [Route] = [
        .get("/", "The dashboard page") { router, head in router.file(head) },
        .get("/api/analytics", "The analytics of the run that was written last") { router, _ in
            HTTPReply(status: 200, body: router.service.analytics())
        },
        .get("/api/dashboard_data", "The same as /api/analytics") { router, _ in
            HTTPReply(status: 200, body: router.service.analytics())
        },
        .get("/api/published", "Every accepted result of a run, digit for digit") { router, head in
            router.service.published(runID: head.parameter("run_id"))
        },
        .get("/api/epoch", "The highest epoch that has written") { router, _ in
            HTTPReply(status: 200, body: DashboardViews.epoch(router.service.state))
        },
        .get("/api/status", "One object for scripts") { router, _ in router.service.status() },
        .get("/api/service-status", "The services, as the monitor last reported them") {
            router, _ in
            HTTPReply(status: 200, body: router.service.services())
        },
        .get("/api/services", "The same as /api/service-status") { router, _ in
            HTTPReply(status: 200, body: router.service.services())
        },
        .get("/api/verification", "What the lab last proved about the results") { router, _ in
            HTTPReply(status: 200, body: router.service.verification.body)
        },
        .get("/healthz", "Whether this service lives", access: .open) { router, _ in
            router.service.health()
        },
        .get("/ws", "A WebSocket: a snapshot, then each update") { router, _ in
            var reply = router.error(426, "/ws is a WebSocket; ask for an upgrade")
            reply.headers.append(HTTPHeader("upgrade", "websocket"))
            return reply
        },
        Route(
            method: .get, path: "/events", access: .read,
            summary: "Server-Sent Events: a snapshot, then each update", work: .events),
        .post(
            "/api/top_products", "Takes the top products", .query(.topProducts),
            access: .originalWrite),
        .post(
            "/api/categories", "Takes the categories", .query(.categories), access: .originalWrite),
        .post(
            "/api/raw_orders", "Takes totals and the latest orders", .query(.rawOrders),
            access: .originalWrite),
        .post(
            "/api/windows", "Takes windows of categories", .query(.categoryWindows),
            limit: .windows),
        .post("/api/verification", "Takes what the lab proved", .verification, limit: .reports),
        .post("/api/services", "Takes the monitor's report", .services, limit: .reports),
    ]

    /// The routes by path.
    static let byPath: [String: [Route]] = Dictionary(grouping: all, by: \.path)
}
