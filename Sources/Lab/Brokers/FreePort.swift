internal import ASEEDSystem
internal import Glibc

/// A port for a service that goes away and comes back.
///
/// It lies below the ports that the system gives to clients: while nobody listens there, a client
/// that tries again and again could otherwise be given that very port and connect to itself.
enum FreePort {
    private static let lowest = 10_240

    /// A port of 127.0.0.1 that nobody uses now.
    static func find() throws(SystemError) -> Int {
        let range = SmallFile.text("/proc/sys/net/ipv4/ip_local_port_range") ?? ""
        let first = range.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) } ?? 32_768
        let highest = max(lowest + 1_000, first) - 1
        var code = EADDRINUSE
        for _ in 0..<100 {
            let port = Int.random(in: lowest...highest)
            code = attempt(port)
            if code == 0 { return port }
        }
        throw SystemError("find a free port on 127.0.0.1", errno: code)
    }

    /// Some of them, all different.
    static func find(_ count: Int) throws(SystemError) -> [Int] {
        var ports: [Int] = []
        while ports.count < count {
            let port = try find()
            if !ports.contains(port) { ports.append(port) }
        }
        return ports
    }

    private static func attempt(_ port: Int) -> Int32 {
        let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return bound == 0 ? 0 : errno
    }
}
