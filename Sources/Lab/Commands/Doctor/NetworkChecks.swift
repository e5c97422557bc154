internal import ASEEDSystem
internal import Glibc

/// Checks of loopback ports.
enum NetworkChecks {
    /// Whether services can listen on a free loopback port, as runs do.
    static func loopback() -> DoctorCheck {
        do throws(SystemError) {
            try bindLoopback(port: 0)
            return DoctorCheck(name: "loopback", status: .ok, found: "free ports on 127.0.0.1")
        } catch {
            return DoctorCheck(
                name: "loopback", status: .fail, found: "\(error)",
                advice: "bring the loopback interface up: ip link set lo up")
        }
    }

    /// Whether the dashboard's usual port is free.
    static func dashboardPort(_ port: UInt16) -> DoctorCheck {
        do throws(SystemError) {
            try bindLoopback(port: port)
            return DoctorCheck(name: "dashboard port", status: .ok, found: "\(port) is free")
        } catch {
            return DoctorCheck(
                name: "dashboard port", status: .warn, found: "\(port): \(error)",
                advice: "runs take a free port; for `lab dashboard` set DASHBOARD_PORT")
        }
    }

    static func bindLoopback(port: UInt16) throws(SystemError) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket", errno: errno) }
        defer { close(descriptor) }
        // As a server does: a connection that only waits out its end doesn't hold the port.
        var reuse: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SystemError("bind 127.0.0.1:\(port)", errno: errno) }
        guard listen(descriptor, 1) == 0 else {
            throw SystemError("listen 127.0.0.1:\(port)", errno: errno)
        }
    }
}
