// Both have the socket calls, and a release build takes them for those of CWebSockets.
internal import CWebSockets
internal import Glibc

/// A host and a port, as `ZOOKEEPER_CONNECT` and `KAFKA_BOOTSTRAP_SERVERS` list them.
public struct NetworkAddress: Equatable, Sendable, CustomStringConvertible {
    /// A name or an IP address, without brackets.
    public let host: String
    /// The port.
    public let port: Int

    /// An address.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `host:port`, or nil when the text is none.
    public init?(_ text: some StringProtocol, defaultPort: Int? = nil) {
        var host = Substring(text)
        var port = defaultPort
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            port = Int(host[host.index(after: colon)...])
            host = host[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let port, (1...65_535).contains(port), !host.isEmpty else { return nil }
        self.init(host: String(host), port: port)
    }

    /// A list with commas, a path after it left out; nil when an entry is no address.
    public static func list(_ text: String, defaultPort: Int? = nil) -> [NetworkAddress]? {
        let hosts = text.prefix { $0 != "/" }
            .split(separator: ",", omittingEmptySubsequences: false)
        let found = hosts.compactMap { NetworkAddress($0, defaultPort: defaultPort) }
        return found.count == hosts.count && !found.isEmpty ? found : nil
    }

    /// `host:port`
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether it names this machine.
    public var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}

/// One question over TCP, with a deadline.
enum TCPExchange {
    /// Connects, sends, and reads until the other end closes.
    ///
    /// - Returns: at most `maxBytes` of the answer.
    static func run(
        _ address: NetworkAddress, send bytes: [UInt8], maxBytes: Int = 64 << 10,
        deadlineNs: Int64
    ) throws(SystemError) -> [UInt8] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, String(address.port), &hints, &found)
        guard code == 0, let first = found else {
            throw SystemError(
                "find \(address.host) (\(String(cString: gai_strerror(code))))",
                errno: EHOSTUNREACH)
        }
        defer { freeaddrinfo(found) }
        var failure = SystemError("connect to \(address)", errno: EHOSTUNREACH)
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let candidate = next {
            next = candidate.pointee.ai_next
            do throws(SystemError) {
                let descriptor = try connected(candidate.pointee, address, deadlineNs)
                defer { close(descriptor) }
                return try exchange(descriptor, address, bytes, maxBytes, deadlineNs)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func connected(
        _ info: addrinfo, _ address: NetworkAddress, _ deadlineNs: Int64
    ) throws(SystemError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(
            info.ai_family, kind | Int32(SOCK_NONBLOCK.rawValue), info.ai_protocol)
        guard descriptor >= 0 else { throw SystemError("open a socket", errno: errno) }
        do throws(SystemError) {
            if connect(descriptor, info.ai_addr, info.ai_addrlen) != 0 {
                guard errno == EINPROGRESS else {
                    throw SystemError("connect to \(address)", errno: errno)
                }
                try DescriptorWait.untilWritable(descriptor, "connect to \(address)", deadlineNs)
                var code: Int32 = 0
                var size = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
                guard code == 0 else { throw SystemError("connect to \(address)", errno: code) }
            }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func exchange(
        _ descriptor: Int32, _ address: NetworkAddress, _ bytes: [UInt8], _ maxBytes: Int,
        _ deadlineNs: Int64
    ) throws(SystemError) -> [UInt8] {
        var rest = bytes[...]
        while !rest.isEmpty {
            try DescriptorWait.untilWritable(descriptor, "write to \(address)", deadlineNs)
            let sent = Array(rest).withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0, errno == EINTR || errno == EAGAIN { continue }
            guard sent > 0 else { throw SystemError("write to \(address)", errno: errno) }
            rest = rest.dropFirst(sent)
        }
        var answer: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4_096)
        while answer.count < maxBytes {
            try DescriptorWait.untilReadable(descriptor, "read from \(address)", deadlineNs)
            let got = recv(descriptor, &block, block.count, 0)
            if got < 0, errno == EINTR || errno == EAGAIN { continue }
            guard got >= 0 else { throw SystemError("read from \(address)", errno: errno) }
            if got == 0 { break }
            answer += block[..<got]
        }
        return answer
    }
}
