/// What the description of the API says of a route besides its path.
struct RouteDocument: Sendable {
    /// A parameter of the query.
    struct Parameter: Sendable {
        let name: String
        let text: String
        var required = false
    }

    /// Fields under a name in the description's components.
    struct Form: Sendable {
        let name: String
        let text: String
        let fields: [Field]
    }

    enum Content: Sendable {
        case json(Form)
        /// Another content type.
        case text(String)
        case none
    }

    struct Answer: Sendable {
        let status: Int
        let text: String
        let content: Content
    }

    var parameters: [Parameter] = []
    /// The forms that a body may have.
    var bodies: [Form] = []
    var answers: [Answer] = []
}

extension Route {
    /// Says what a successful answer holds.
    func answering(_ content: RouteDocument.Content, status: Int = 200) -> Route {
        also(status, "Success.", content)
    }

    /// Says what another answer holds.
    func also(
        _ status: Int, _ text: String, _ content: RouteDocument.Content = .json(AnswerSchema.error)
    ) -> Route {
        var route = self
        route.document.answers.append(.init(status: status, text: text, content: content))
        return route
    }

    func parameter(_ name: String, _ text: String, required: Bool = false) -> Route {
        var route = self
        route.document.parameters.append(.init(name: name, text: text, required: required))
        return route
    }

    func body(_ forms: RouteDocument.Form...) -> Route {
        var route = self
        route.document.bodies = forms
        return route
    }

    /// All answers: the route's own, and those that every route of its kind can give.
    var answers: [RouteDocument.Answer] {
        var all = document.answers
        func add(_ status: Int, _ text: String) {
            guard !all.contains(where: { $0.status == status }) else { return }
            all.append(.init(status: status, text: text, content: .json(AnswerSchema.error)))
        }
        add(400, "The request makes no sense; the error says where.")
        if case .open = access {} else { add(401, "The bearer token is missing or wrong.") }
        add(403, "The Host or the Origin is not served here.")
        add(413, "The body is too large.")
        add(414, "The URL is too long.")
        add(429, "Too many requests a second; try again after Retry-After.")
        if method == .post {
            add(411, "The body comes without a Content-Length.")
            add(415, "The content type is not application/json.")
            add(503, "The state can't be written; what was sent does not count.")
        }
        return all.sorted { $0.status < $1.status }
    }
}
