internal import CWebSockets

/// Reads a request's header out of libwebsockets.
enum LWSRequest {
    private static let methods: [(token: lws_token_indexes, name: String)] = [
        (WSI_TOKEN_GET_URI, "GET"), (WSI_TOKEN_POST_URI, "POST"), (WSI_TOKEN_HEAD_URI, "HEAD"),
        (WSI_TOKEN_PUT_URI, "PUT"), (WSI_TOKEN_DELETE_URI, "DELETE"),
        (WSI_TOKEN_PATCH_URI, "PATCH"), (WSI_TOKEN_OPTIONS_URI, "OPTIONS"),
    ]

    /// The header, or nil when the method is none of the known.
    static func head(_ wsi: OpaquePointer) -> HTTPRequestHead? {
        guard let method = methods.first(where: { lws_hdr_total_length(wsi, $0.token) > 0 }),
            let path = value(wsi, method.token)
        else { return nil }
        var head = HTTPRequestHead(method: method.name, path: path)
        head.query = fragments(wsi, WSI_TOKEN_HTTP_URI_ARGS)
        head.host = value(wsi, WSI_TOKEN_HOST)
        head.origin = value(wsi, WSI_TOKEN_ORIGIN)
        head.authorization = value(wsi, WSI_TOKEN_HTTP_AUTHORIZATION)
        head.contentType = value(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE)
        head.contentLength = value(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH)
        head.transferEncoding = value(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING)
        head.ifNoneMatch = value(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH)
        head.awaitsContinue = value(wsi, WSI_TOKEN_HTTP_EXPECT)?.lowercased() == "100-continue"
        return head
    }

    /// Whether the client asks for a WebSocket, not for HTTP/2 or something else.
    static func isWebSocketUpgrade(_ wsi: OpaquePointer) -> Bool {
        value(wsi, WSI_TOKEN_UPGRADE)?.lowercased() == "websocket"
    }

    /// The bytes of path and query.
    static func urlBytes(_ wsi: OpaquePointer) -> Int {
        let path = methods.map { lws_hdr_total_length(wsi, $0.token) }.max() ?? 0
        return Int(path) + Int(lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS))
    }

    private static func value(_ wsi: OpaquePointer, _ token: lws_token_indexes) -> String? {
        let length = lws_hdr_total_length(wsi, token)
        guard length > 0 else { return nil }
        var buffer = [CChar](repeating: 0, count: Int(length) + 8)
        let copied = lws_hdr_copy(wsi, &buffer, Int32(buffer.count), token)
        guard copied > 0 else { return "" }  // there, but not readable: never like absent
        return text(buffer, copied)
    }

    private static func fragments(_ wsi: OpaquePointer, _ token: lws_token_indexes) -> [String] {
        let length = lws_hdr_total_length(wsi, token)
        guard length > 0 else { return [] }
        var parts: [String] = []
        var buffer = [CChar](repeating: 0, count: Int(length) + 8)
        while parts.count < 64 {
            let copied = lws_hdr_copy_fragment(
                wsi, &buffer, Int32(buffer.count), token, Int32(parts.count))
            guard copied >= 0 else { break }
            parts.append(text(buffer, copied))
        }
        return parts
    }

    private static func text(_ buffer: [CChar], _ count: Int32) -> String {
        String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The peer's address when it is another machine's, else nil.
    static func remoteAddress(_ wsi: OpaquePointer) -> String? {
        var buffer = [CChar](repeating: 0, count: 64)
        guard lws_get_peer_simple(wsi, &buffer, buffer.count) != nil else { return nil }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let address = String(decoding: bytes, as: UTF8.self)
        let isLocal =
            address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
        return isLocal ? nil : address
    }
}
