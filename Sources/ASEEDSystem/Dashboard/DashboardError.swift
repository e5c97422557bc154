/// Why the dashboard can't start or can't keep its state.
public enum DashboardError: Error, Equatable, CustomStringConvertible {
    /// The address is in use; by whom, when that can be seen.
    case portTaken(address: String, port: Int, holder: String?)
    /// The address can't be listened on.
    case cannotListen(address: String, port: Int, reason: String)
    /// A setting makes no sense or is not safe.
    case configuration(String)
    /// The data folder belongs to a running dashboard.
    case dataInUse(path: String, holder: String?)
    /// The state can't be read or written.
    case storage(String)
    /// The web server can't be started.
    case server(String)

    /// What failed, where, and what to do next.
    public var description: String {
        switch self {
        case .portTaken(let address, let port, let holder):
            "dashboard: port \(port) on \(address) is taken by \(holder ?? "another process"); "
                + "stop it, or choose another port (--port, or 0 for any free one)"
        case .cannotListen(let address, let port, let reason):
            "dashboard: can't listen on \(address) port \(port): \(reason)"
        case .configuration(let reason): "dashboard: \(reason)"
        case .dataInUse(let path, let holder):
            "dashboard: \(path) is in use by \(holder ?? "another dashboard"); "
                + "stop it, or name another --data folder"
        case .storage(let reason): "dashboard: state: \(reason)"
        case .server(let reason): "dashboard: web server: \(reason)"
        }
    }
}
