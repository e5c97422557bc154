internal import CWebSockets

/// Writes answers and messages through libwebsockets.
enum LWSReply {
    private static let headBytes = 4_096

    /// Sends a whole answer.
    ///
    /// - Returns: whether it was written; false means the connection is to be closed.
    static func send(
        _ reply: HTTPReply, headers: [HTTPHeader], withoutBody: Bool, on wsi: OpaquePointer
    ) -> Bool {
        let size = CWS_PRE + headBytes + (withoutBody ? 0 : reply.body.count)
        let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
        defer { buffer.deallocate() }
        let start = buffer + CWS_PRE
        let end = start + headBytes
        var at: UnsafeMutablePointer<UInt8>? = start
        guard
            lws_add_http_common_headers(
                wsi, UInt32(reply.status), reply.contentType, UInt64(reply.body.count), &at, end)
                == 0
        else { return false }
        var lines = headers + reply.headers
        if reply.closes { lines.append(HTTPHeader("connection", "close")) }
        for line in lines {
            let value = Array(line.value.utf8)
            guard
                lws_add_http_header_by_name(
                    wsi, line.name + ":", value, Int32(value.count), &at, end) == 0
            else { return false }
        }
        guard lws_finalize_http_header(wsi, &at, end) == 0, let at else { return false }
        var count = at - start
        if !withoutBody {
            at.update(from: reply.body, count: reply.body.count)
            count += reply.body.count
        }
        return lws_write(wsi, start, count, LWS_WRITE_HTTP_FINAL) >= 0
    }

    /// Starts an answer without an end: events follow.
    static func sendEventStreamHead(headers: [HTTPHeader], on wsi: OpaquePointer) -> Bool {
        let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: CWS_PRE + headBytes)
        defer { buffer.deallocate() }
        let start = buffer + CWS_PRE
        let end = start + headBytes
        var at: UnsafeMutablePointer<UInt8>? = start
        guard
            lws_add_http_common_headers(
                wsi, 200, "text/event-stream", cws_no_length, &at, end) == 0
        else { return false }
        for line in headers {
            let value = Array(line.value.utf8)
            guard
                lws_add_http_header_by_name(
                    wsi, line.name + ":", value, Int32(value.count), &at, end) == 0
            else { return false }
        }
        guard lws_finalize_http_header(wsi, &at, end) == 0, let at else { return false }
        guard lws_write(wsi, start, at - start, LWS_WRITE_HTTP_HEADERS) >= 0 else { return false }
        // No time-out of the library's: the timer looks after slow readers.
        lws_http_mark_sse(wsi)
        return true
    }

    /// Asks a client for the body that it holds back.
    static func sendContinue(on wsi: OpaquePointer) -> Bool {
        send(
            message: Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), as: LWS_WRITE_HTTP_HEADERS,
            on: wsi)
    }

    /// Sends one WebSocket text message, or a ping.
    ///
    /// - Returns: whether it was written; false means the connection is to be closed.
    static func send(
        message: [UInt8], as kind: lws_write_protocol, on wsi: OpaquePointer
    ) -> Bool {
        let buffer = UnsafeMutablePointer<UInt8>.allocate(
            capacity: CWS_PRE + message.count)
        defer { buffer.deallocate() }
        let start = buffer + CWS_PRE
        start.update(from: message, count: message.count)
        return lws_write(wsi, start, message.count, kind) >= 0
    }
}
