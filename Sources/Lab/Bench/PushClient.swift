internal import ASEEDSystem
internal import Glibc

/// A WebSocket client of the dashboard that only looks at the batch of each update.
final class PushClient {
    let descriptor: Int32
    private var buffer: [UInt8] = []
    /// The batch of the newest update.
    private(set) var lastBatch: Int64 = -1
    private(set) var ended = false

    /// Connects and reads up to the end of the handshake.
    ///
    /// - Parameter receiveBufferBytes: how much the kernel takes for a client that does not read.
    init(port: Int, receiveBufferBytes: Int32? = nil) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("make a socket", errno: errno) }
        self.descriptor = descriptor
        if var size = receiveBufferBytes {
            setsockopt(
                descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var wait = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw SystemError("connect to port \(port)", errno: errno) }
        let request = Array(
            """
            GET /ws HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: Upgrade\r\n\
            Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
            """.utf8)
        guard Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
        else { throw SystemError("send to port \(port)", errno: errno) }
        try readHandshake(port)
    }

    deinit { close(descriptor) }

    private func readHandshake(_ port: Int) throws {
        let mark = Array("\r\n\r\n".utf8)
        while true {
            if let end = buffer.indices.first(where: { buffer[$0...].starts(with: mark) }) {
                guard buffer.starts(with: Array("HTTP/1.1 101".utf8)) else { break }
                buffer.removeFirst(end + mark.count)
                return
            }
            var byte: UInt8 = 0
            guard recv(descriptor, &byte, 1, 0) == 1 else { break }
            buffer.append(byte)
        }
        throw CommandFailure(
            .unavailable,
            "lab bench: the dashboard on port \(port) opened no WebSocket: "
                + String(decoding: buffer.prefix(200), as: UTF8.self))
    }

    /// Reads what is there, without waiting.
    ///
    /// - Parameter onUpdate: called with the batch of each update.
    func receive(_ onUpdate: (Int64) -> Void) {
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(descriptor, &block, block.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EAGAIN || errno == EINTR { break }
            guard count > 0 else {
                ended = true
                break
            }
            buffer.append(contentsOf: block[..<count])
            if count < block.count { break }
        }
        while let frame = takeFrame() {
            if frame.opcode == 9 { send(pong: frame.payload) }
            guard frame.opcode == 1, let batch = Self.batch(frame.payload) else { continue }
            lastBatch = batch
            onUpdate(batch)
        }
    }

    private func takeFrame() -> (opcode: UInt8, payload: ArraySlice<UInt8>)? {
        guard buffer.count >= 2 else { return nil }
        var size = Int(buffer[1] & 127)
        let extra = size == 126 ? 2 : size == 127 ? 8 : 0
        guard buffer.count >= 2 + extra else { return nil }
        if extra > 0 { size = buffer[2..<(2 + extra)].reduce(0) { $0 << 8 | Int($1) } }
        let end = 2 + extra + size
        guard buffer.count >= end else { return nil }
        let frame = (buffer[0] & 15, buffer[(2 + extra)..<end])
        buffer.removeFirst(end)
        return frame
    }

    private func send(pong payload: ArraySlice<UInt8>) {
        // A mask of zeros leaves the payload as it is.
        let frame = [0x8a, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload
        _ = Glibc.send(descriptor, frame, frame.count, Int32(MSG_NOSIGNAL))
    }

    /// The batch that an update names near its start; nil for other messages.
    private static func batch(_ payload: ArraySlice<UInt8>) -> Int64? {
        let head = String(decoding: payload.prefix(300), as: UTF8.self)
        guard head.hasPrefix("{\"type\":\"update\""),
            let name = head.firstRange(of: "\"batch_id\":")
        else { return nil }
        return Int64(head[name.upperBound...].prefix { $0.isNumber })
    }
}
