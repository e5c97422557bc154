/// What a request to `/socket.io/` asks for.
enum SocketIORequest {
    /// A new session.
    case open
    /// Packets of a session.
    case session(String)

    /// Reads the query of a request.
    ///
    /// - Parameter transport: `polling` or `websocket`.
    static func parse(
        _ head: HTTPRequestHead, transport: String
    ) -> Result<SocketIORequest, SocketIORefusal> {
        guard head.parameter("EIO") == "4" else { return .failure(.init(.unsupportedVersion)) }
        guard let asked = head.parameter("transport"), ["polling", "websocket"].contains(asked)
        else { return .failure(.init(.unknownTransport)) }
        guard asked == transport else { return .failure(.init(.badRequest)) }
        return .success(head.parameter("sid").map { .session($0) } ?? .open)
    }
}

/// Why a request to `/socket.io/` is refused.
struct SocketIORefusal: Error {
    let reason: EngineIO.Refusal

    init(_ reason: EngineIO.Refusal) { self.reason = reason }
}
