/// One address of the dashboard: who may use it, and what it does.
struct Route: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    enum Access: Sendable {
        /// Always open: a supervisor's probe has no token, and learns no result.
        case open
        /// Open on loopback, else with the token.
        case read
        /// With the token.
        case write
        /// With the token; bodies of the original without it where that is allowed.
        case originalWrite
    }

    /// Which of the server's limits holds for a body.
    enum BodyLimit: Sendable {
        case results
        case windows
        case reports
    }

    enum Work: Sendable {
        /// Answered at once.
        case answer(@Sendable (DashboardRouter, HTTPRequestHead) -> HTTPReply)
        /// Takes a body.
        case body(DashboardService.PostTarget, limit: BodyLimit)
        /// Stays open and sends events.
        case events
        /// Engine.IO: polls, packets, and the way to a WebSocket.
        case socketIO
    }

    var method: Method
    var path: String
    var access: Access
    /// One line for people and for the API's description.
    var summary: String
    var work: Work
    var document = RouteDocument()

    static func get(
        _ path: String, _ summary: String, access: Access = .read,
        _ answer: @escaping @Sendable (DashboardRouter, HTTPRequestHead) -> HTTPReply
    ) -> Route {
        Route(method: .get, path: path, access: access, summary: summary, work: .answer(answer))
    }

    static func post(
        _ path: String, _ summary: String, _ target: DashboardService.PostTarget,
        limit: BodyLimit = .results, access: Access = .write
    ) -> Route {
        Route(
            method: .post, path: path, access: access, summary: summary,
            work: .body(target, limit: limit))
    }
}
