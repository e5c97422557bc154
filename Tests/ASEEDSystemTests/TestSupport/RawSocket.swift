import ASEEDSystem
import Glibc

/// A TCP connection to this machine, byte by byte, for what no proper client would send.
final class RawSocket {
    struct Failure: Error { let action: String }

    private let descriptor: Int32
    private(set) var buffered: [UInt8] = []
    private(set) var ended = false

    init(port: Int, receiveBufferBytes: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(action: "socket") }
        if var size = receiveBufferBytes {
            setsockopt(
                descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = Self.loopback(port: port)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Failure(action: "connect") }
    }

    deinit { close(descriptor) }

    static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    func send(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(action: "send") }
            done += count
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Reads what comes until `isEnough`, the end of the connection, or the deadline.
    func receive(withinMs ms: Int64 = 5_000, until isEnough: ([UInt8]) -> Bool) -> [UInt8] {
        let deadlineNs = deadline(inMs: ms)
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while !ended, !isEnough(buffered) {
            let leftMs = (deadlineNs - SystemClock.monotonicNs()) / 1_000_000
            guard leftMs > 0 else { break }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, Int32(leftMs)) > 0 else { break }
            let count = recv(descriptor, &block, block.count, 0)
            if count <= 0 {
                ended = true
            } else {
                buffered.append(contentsOf: block[..<count])
            }
        }
        return buffered
    }

    /// Drops bytes that were read.
    func consume(_ count: Int) { buffered.removeFirst(count) }

    /// Sends a request and reads everything up to the end of the connection or the first silence.
    func exchange(_ text: String, withinMs ms: Int64 = 5_000, until mark: String) throws -> String {
        try send(text)
        let needle = Array(mark.utf8)
        let answer = receive(withinMs: ms) { bytes in
            bytes.count >= needle.count && String(decoding: bytes, as: UTF8.self).contains(mark)
        }
        return String(decoding: answer, as: UTF8.self)
    }
}

/// A listening socket that accepts into its queue and never answers.
final class SilentListener {
    let port: Int
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = RawSocket.loopback(port: 0)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size)
            }
        }
        guard code == 0, listen(descriptor, 8) == 0 else {
            throw RawSocket.Failure(action: "listen")
        }
        var bound = sockaddr_in()
        var length = size
        _ = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
        }
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: bound.sin_port))
    }

    deinit { close(descriptor) }
}
