internal import ASEEDSystem

/// What a monitor looks at, from the options and the environment.
enum MonitorSetup {
    /// The configuration for the services of a home.
    ///
    /// - Parameter log: the order log: a folder of files, or a topic's address.
    static func configuration(
        home: ServiceHome, log: String, dashboardURL: String?, tokenPath: String, timeoutMs: Int,
        command: String
    ) throws -> ServiceMonitor.Configuration {
        let named = dashboardURL ?? Environment.value("DASHBOARD_URL")
        var configuration = ServiceMonitor.Configuration(
            home: home, dashboardURL: named ?? "http://127.0.0.1:5005")
        configuration.isDashboardNamed = named != nil
        configuration.timeoutMs = timeoutMs
        configuration.tokenPath = tokenPath
        do throws(LogError) {
            switch try LogName(log) {
            case .folder(let path): configuration.orderLog = path
            case .kafka(let settings): configuration.broker = broker(settings)
            }
        } catch {
            throw CommandFailure(error.exitCode, "lab \(command): \(error)")
        }
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

    /// Asks the brokers for their metadata.
    private static func broker(_ settings: KafkaSettings) -> ServiceMonitor.Broker {
        let addresses = NetworkAddress.list(settings.address.brokers, defaultPort: 9_092) ?? []
        return ServiceMonitor.Broker(addresses: addresses) { timeoutMs in
            do throws(LogError) {
                let admin = try KafkaAdmin(settings, notice: { _ in })
                let brokers = try admin.brokers(timeoutMs: timeoutMs)
                let count =
                    brokers.count == 1 ? "1 broker answers" : "\(brokers.count) brokers answer"
                guard let topic = try admin.topic(timeoutMs: timeoutMs) else {
                    return ProbeAnswer(
                        isUp: true,
                        detail: "\(count) at \(settings.address.brokers); there is no topic "
                            + settings.address.topic)
                }
                return ProbeAnswer(
                    isUp: true,
                    detail: "\(count) at \(settings.address.brokers), topic \(topic.name) has "
                        + "\(topic.partitions) partitions")
            } catch {
                return ProbeAnswer(isUp: false, detail: "\(error)")
            }
        }
    }
}
