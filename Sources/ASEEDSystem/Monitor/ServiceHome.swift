/// The folder of a system that `lab start` runs: who runs, heartbeats, the token, the state.
public struct ServiceHome: Equatable, Sendable {
    /// The folder, `./.aseed` by default.
    public let path: String

    /// The home in a folder.
    public init(path: String) { self.path = path }

    /// The folder of the records of what runs.
    public var run: String { "\(path)/run" }
    /// The folder of the heartbeats.
    public var heartbeats: String { "\(path)/heartbeat" }
    /// The bearer token that writes to the dashboard carry.
    public var token: String { "\(path)/token" }
    /// The dashboard's state.
    public var dashboard: String { "\(path)/dashboard" }
    /// The order log, unless it is on a broker.
    public var orders: String { "\(path)/orders" }
    /// What the monitor found last.
    public var status: String { "\(run)/status.json" }
    /// Held while services are started or stopped.
    public var lock: String { "\(run)/lab.lock" }
    /// What the last `lab start` was told.
    public var settings: String { "\(run)/start.json" }

    /// The record of a service.
    public func record(of service: String) -> String { "\(run)/\(service).json" }
    /// The heartbeat file of a service.
    public func heartbeat(of service: String) -> String { "\(heartbeats)/\(service).json" }
}

/// The names of the services, as SEED's status has them.
public enum ServiceNames {
    /// ZooKeeper, where Kafka uses one.
    public static let zookeeper = "zookeeper"
    /// The broker.
    public static let kafka = "kafka"
    /// `lab simulator`
    public static let simulator = "order_simulator"
    /// `lab engine`
    public static let engine = "data_analyzer"
    /// `lab dashboard`
    public static let dashboard = "dashboard"
    /// `lab monitor`; it is no part of the status that it gives.
    public static let monitor = "monitor"
    /// Those that a status names, in its order.
    public static let monitored = [zookeeper, kafka, simulator, engine, dashboard]
}
