import ASEEDSystem
import Glibc
import Synchronization

@testable import Lab

/// An HTTP server that answers every GET with the same body and keeps what is posted.
final class StubDashboard: Sendable {
    let port: Int
    private let listener: Int32
    private let posted = Mutex<[(head: String, body: [UInt8])]>([])

    init(body: [UInt8]) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(descriptor, raw, length) + listen(descriptor, 8)
                    + getsockname(descriptor, raw, &length)
            }
        }
        guard code == 0 else { throw SystemError("listen", errno: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
        try LabThread.start("stub") { [self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                serve(client, body)
                close(client)
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    var url: String { "http://127.0.0.1:\(port)" }
    var posts: [(head: String, body: [UInt8])] { posted.withLock { $0 } }

    private func serve(_ client: Int32, _ body: [UInt8]) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let (head, length) = Self.head(bytes), bytes.count >= head.utf8.count + 4 + length {
                if head.hasPrefix("POST") {
                    let sent = Array(bytes.suffix(length))
                    posted.withLock { $0.append((head, sent)) }
                }
                let answer = head.hasPrefix("POST") ? Array("{\"status\":\"success\"}".utf8) : body
                let reply =
                    "HTTP/1.1 200 OK\r\nContent-Length: \(answer.count)\r\nConnection: close"
                var out = Array("\(reply)\r\n\r\n".utf8) + answer
                while !out.isEmpty {
                    let count = write(client, out, out.count)
                    guard count > 0 else { return }
                    out.removeFirst(count)
                }
                return
            }
            let count = read(client, &buffer, buffer.count)
            guard count > 0 else { return }
            bytes += buffer[..<count]
        }
    }

    private static func head(_ bytes: [UInt8]) -> (String, Int)? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let head = String(text[..<end.lowerBound])
        let line = head.lowercased().split(separator: "\r\n").first {
            $0.hasPrefix("content-length:")
        }
        let length = line.flatMap { Int($0.dropFirst(15).filter { $0 != " " }) } ?? 0
        return (head, length)
    }
}
