/// Which dashboard answers, and the highest epoch it has seen (R55, R64).
public struct DashboardIdentity: Equatable, Sendable {
    /// New at each start of the dashboard.
    public let instanceID: String
    /// 0 when it has seen none.
    public let epoch: Int64

    /// Asks a dashboard (`GET /api/epoch`).
    ///
    /// - Throws: `HTTPError` when there is no answer, or when what answers is no dashboard.
    public static func read(
        baseURL: String, token: String? = nil, timeoutMs: Int = 2_000
    ) throws(HTTPError) -> DashboardIdentity {
        var configuration = HTTPClient.Configuration()
        configuration.connectTimeoutMs = timeoutMs
        configuration.timeoutMs = timeoutMs
        configuration.maxResponseBytes = 64 << 10
        let client = try HTTPClient(configuration: configuration)
        return try read(client: client, baseURL: baseURL, token: token)
    }

    static func read(
        client: HTTPClient, baseURL: String, token: String?
    ) throws(HTTPError) -> DashboardIdentity {
        var request = HTTPRequest("GET", DashboardURL.join(baseURL, "/api/epoch"))
        if let token { request.headers.append(HTTPHeader("Authorization", "Bearer \(token)")) }
        let response = try client.send(request)
        let answer = DashboardAnswer(response)
        guard response.status == 200, let instanceID = answer.instanceID, let epoch = answer.epoch
        else {
            throw .interrupted(
                url: request.url, reason: "status \(response.status) is no dashboard's answer")
        }
        return DashboardIdentity(instanceID: instanceID, epoch: epoch)
    }
}

enum DashboardURL {
    /// `http://host:port/` and `/api/x` make `http://host:port/api/x`.
    static func join(_ base: String, _ path: String) -> String {
        var base = Substring(base)
        while base.hasSuffix("/") { base.removeLast() }
        return base + path
    }
}

/// What a dashboard answered to a message.
struct DashboardAnswer {
    let httpStatus: Int
    let status: String?
    let instanceID: String?
    let epoch: Int64?
    let error: String?

    init(_ response: HTTPResponse) {
        httpStatus = response.status
        // An answer that is no JSON is not the dashboard's; its status code still counts.
        let json = try? JSONParser.parse(response.body)
        status = json?["status"]?.string
        instanceID = json?["instance_id"]?.string ?? response.header("X-Instance-Id")
        epoch = json?["epoch"]?.integer
        error = json?["error"]?.string
    }
}
