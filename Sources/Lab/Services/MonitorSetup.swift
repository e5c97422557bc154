internal import ASEEDSystem

/// What a monitor looks at, from the options and the environment.
enum MonitorSetup {
    /// The configuration for the services of a home.
    ///
    /// - Parameter log: the order log: a folder of files.
    static func configuration(
        home: ServiceHome, log: String, dashboardURL: String?, tokenPath: String, timeoutMs: Int,
        command: String
    ) throws -> ServiceMonitor.Configuration {
        let url = dashboardURL ?? Environment.value("DASHBOARD_URL") ?? "http://127.0.0.1:5005"
        var configuration = ServiceMonitor.Configuration(home: home, dashboardURL: url)
        configuration.timeoutMs = timeoutMs
        // A token that can't be read is told of when the dashboard refuses its absence.
        configuration.token = FileTree.exists(tokenPath) ? try? TokenFile.read(tokenPath) : nil
        configuration.orderLog = log
        if let text = Environment.value("ZOOKEEPER_CONNECT"), !text.isEmpty {
            guard let servers = NetworkAddress.list(text, defaultPort: 2_181) else {
                throw UsageError(
                    "lab \(command): ZOOKEEPER_CONNECT is a list like host:2181,other:2181, "
                        + "not \"\(text)\"")
            }
            configuration.zooKeeper = servers
        }
        return configuration
    }
}
