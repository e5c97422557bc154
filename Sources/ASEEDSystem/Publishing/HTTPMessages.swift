/// One HTTP request.
public struct HTTPRequest: Sendable {
    /// `GET`, `POST`, …
    public var method: String
    /// The whole URL, `http` or `https`.
    public var url: String
    /// Header lines in order.
    public var headers: [HTTPHeader]
    /// The body, or nil when there is none.
    public var body: [UInt8]?

    /// Makes a request.
    public init(
        _ method: String = "GET", _ url: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// One header line.
public struct HTTPHeader: Equatable, Sendable {
    /// The name, as sent.
    public var name: String
    /// The value, without surrounding space.
    public var value: String

    /// Makes a header line.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One HTTP response.
public struct HTTPResponse: Sendable {
    /// The status code.
    public var status: Int
    /// Header lines in order.
    public var headers: [HTTPHeader]
    /// The body.
    public var body: [UInt8]

    /// Makes a response.
    public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header; case does not count.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }
}

/// Why an HTTP exchange has no response.
public enum HTTPError: Error, Equatable, CustomStringConvertible {
    /// The request can't be sent as it is.
    case invalidRequest(url: String, reason: String)
    /// No connection to the server.
    case unreachable(url: String, reason: String)
    /// No whole answer in time.
    case timedOut(url: String, afterMs: Int)
    /// The connection broke; whether the server took the request is unknown.
    case interrupted(url: String, reason: String)
    /// The answer is larger than the client accepts.
    case responseTooLarge(url: String, limitBytes: Int)
    /// The caller gave up.
    case cancelled(url: String)

    /// What failed, where, and what to do next.
    public var description: String {
        switch self {
        case .invalidRequest(let url, let reason): "HTTP: can't request \(url): \(reason)"
        case .unreachable(let url, let reason):
            "HTTP: no connection to \(url): \(reason); is the service up?"
        case .timedOut(let url, let afterMs): "HTTP: no whole answer from \(url) in \(afterMs) ms"
        case .interrupted(let url, let reason):
            "HTTP: the exchange with \(url) broke off: \(reason)"
        case .responseTooLarge(let url, let limit):
            "HTTP: the answer of \(url) is larger than \(limit) bytes"
        case .cancelled(let url): "HTTP: the request to \(url) was cancelled"
        }
    }
}
