/// The part of a request that decides what becomes of it.
struct HTTPRequestHead: Sendable {
    var method: String
    var path: String
    /// `name=value` parts of the query, decoded.
    var query: [String] = []
    var host: String?
    var origin: String?
    var authorization: String?
    var contentType: String?
    var contentLength: String?
    var transferEncoding: String?
    /// The client's address when it is not this machine's.
    var remoteAddress: String?
    /// Whether the client holds the body back until it is asked for (`Expect: 100-continue`).
    var awaitsContinue = false

    /// The first value of a query parameter.
    func parameter(_ name: String) -> String? {
        let prefix = name + "="
        return query.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}

/// A whole answer.
struct HTTPReply: Sendable {
    var status: Int
    var contentType = "application/json"
    var headers: [HTTPHeader] = []
    var body: [UInt8]
    /// Whether the connection ends with this answer.
    var closes = false

    init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }

    /// `{"status":"error","error":…}` with the instance id.
    static func error(_ status: Int, _ reason: String, instanceID: String) -> HTTPReply {
        var json = JSONWriter()
        json.object { json in
            json.member("status", "error")
            json.member("error", reason)
            json.member("instance_id", instanceID)
        }
        return HTTPReply(status: status, body: json.bytes)
    }

    func closing() -> HTTPReply {
        var reply = self
        reply.closes = true
        return reply
    }
}
