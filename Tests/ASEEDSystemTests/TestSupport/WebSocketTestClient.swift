import ASEEDSystem

/// A WebSocket client that reads frames and answers nothing by itself.
final class WebSocketTestClient {
    struct Frame {
        let opcode: UInt8
        let payload: [UInt8]
        /// The status code of a close frame.
        var closeCode: Int? {
            opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil
        }
    }

    let socket: RawSocket

    init(
        port: Int, path: String = "/ws", headers: String = "", receiveBufferBytes: Int32? = nil
    ) throws {
        socket = try RawSocket(port: port, receiveBufferBytes: receiveBufferBytes)
        let answer = try socket.exchange(
            """
            GET \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: Upgrade\r\n\
            Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(headers)\r\n
            """, until: "\r\n\r\n")
        // The accept key of RFC 6455 section 1.3.
        guard answer.hasPrefix("HTTP/1.1 101"), answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            let end = answer.range(of: "\r\n\r\n")
        else { throw RawSocket.Failure(action: "upgrade: \(answer)") }
        socket.consume(answer.utf8.distance(from: answer.startIndex, to: end.upperBound))
    }

    /// The next frame, or nil when none comes in time.
    func next(withinMs ms: Int64 = 5_000) -> Frame? {
        let bytes = socket.receive(withinMs: ms) { Self.length($0) != nil }
        guard let (header, size) = Self.length(bytes) else { return nil }
        let frame = Frame(
            opcode: bytes[0] & 15, payload: Array(bytes[header..<(header + size)]))
        socket.consume(header + size)
        return frame
    }

    /// The next text message as JSON; pings are passed over.
    func nextJSON(withinMs ms: Int64 = 5_000) -> JSONValue? {
        while let frame = next(withinMs: ms) {
            if frame.opcode == 1 { return try? JSONParser.parse(frame.payload) }
            if frame.opcode == 8 { return nil }
        }
        return nil
    }

    /// Sends one masked frame.
    func send(opcode: UInt8, _ payload: [UInt8]) throws {
        var frame: [UInt8] = [0x80 | opcode]
        if payload.count < 126 {
            frame.append(0x80 | UInt8(payload.count))
        } else {
            frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        }
        let mask: [UInt8] = [1, 2, 3, 4]
        frame += mask + payload.enumerated().map { $0.element ^ mask[$0.offset & 3] }
        try socket.send(frame)
    }

    /// Length of header and payload of the first frame, when all of it is there.
    private static func length(_ bytes: [UInt8]) -> (header: Int, payload: Int)? {
        guard bytes.count >= 2 else { return nil }
        var header = 2
        var size = Int(bytes[1] & 127)
        let extra = size == 126 ? 2 : size == 127 ? 8 : 0
        guard bytes.count >= header + extra else { return nil }
        if extra > 0 { size = bytes[2..<(2 + extra)].reduce(0) { $0 << 8 | Int($1) } }
        header += extra
        return bytes.count >= header + size ? (header, size) : nil
    }
}

extension String {
    func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
