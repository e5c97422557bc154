/// Every bound of the web server (DESIGN.md section 6).
public struct DashboardLimits: Sendable {
    /// The largest body of a POST.
    public var bodyBytes = 1 << 20
    /// The largest body of a POST to `/api/windows`.
    public var windowsBodyBytes = 4 << 20
    /// The largest body of a POST to `/api/verification` and `/api/services`.
    public var reportBodyBytes = 64 << 10
    /// A refused body up to this size is read to its end, so that the client sees the answer.
    public var refusedBodyBytes = 16 << 20
    /// The header of a request.
    public var headerBytes = 16 << 10
    /// The path and query of a request.
    public var urlBytes = 8 << 10
    /// Connections at a time.
    public var connections = 256
    /// Connections at a time from one address that is not this machine's.
    public var connectionsPerAddress = 32
    /// Accepted writes a second. An engine with an authenticated connection sends up to a hundred;
    /// the bound is there for one that runs wild.
    public var writesPerSecond = 2_000
    /// Writes without the token a second, all clients together.
    public var refusedWritesPerSecond = 50
    /// Writes of the original's clients a second, where they may write without the token.
    public var openWritesPerSecond = 200
    /// Reads a second, all clients together.
    public var readsPerSecond = 1_000
    /// Requests a second of one address that is not this machine's.
    public var requestsPerAddress = 100
    /// What the kernel holds for a client that listens and does not read.
    public var sendBufferBytes = 128 << 10
    /// From connection to the end of the first header.
    public var headerTimeoutMs = 10_000
    /// From the end of a header to the end of its body.
    public var bodyTimeoutMs = 30_000
    /// From an answer to the end of the next header.
    public var idleTimeoutMs = 60_000
    /// Final windows that wait for one WebSocket client, in messages.
    public var finalsPerClient = 256
    /// The same in bytes.
    public var finalBytesPerClient = 8 << 20
    /// How long a WebSocket client may take nothing of what waits for it.
    public var slowClientMs = 10_000
    /// How often WebSocket clients are pinged.
    public var pingIntervalMs = 15_000
    /// How long a WebSocket client may leave a ping unanswered.
    public var pongTimeoutMs = 30_000
    /// Socket.IO sessions at a time.
    public var socketIOSessions = 256
    /// The largest message taken from a WebSocket client.
    public var clientMessageBytes = 4 << 10

    /// The default bounds.
    public init() {}

    func bytes(_ limit: Route.BodyLimit) -> Int {
        switch limit {
        case .results: bodyBytes
        case .windows: windowsBodyBytes
        case .reports: reportBodyBytes
        }
    }
}
