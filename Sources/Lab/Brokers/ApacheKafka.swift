internal import ASEEDSystem
internal import Glibc

/// An unpacked distribution of Apache Kafka (`KAFKA_HOME`) and how to run one broker of it.
struct ApacheKafka: Equatable, Sendable {
    let home: String
    /// Such as `3.7.0`, from the name of a jar; nil when none tells it.
    let version: String?

    /// Without ZooKeeper from this version on: the first in which that is meant for production.
    private static let firstKRaft = [3, 3]

    /// Finds the distribution that `KAFKA_HOME` names.
    static func find(
        environment: (String) -> String? = Environment.value
    ) throws(BrokerError) -> ApacheKafka {
        guard let home = environment("KAFKA_HOME"), !home.isEmpty else {
            throw .missing(
                what: "Apache Kafka", path: "KAFKA_HOME is not set",
                advice: "unpack a distribution of kafka.apache.org and set KAFKA_HOME to its "
                    + "folder, or use another managed broker: --managed tansu")
        }
        let script = "\(home)/bin/kafka-server-start.sh"
        guard access(script, X_OK) == 0 else {
            throw .missing(
                what: "Apache Kafka", path: script,
                advice: "KAFKA_HOME must be the folder of an unpacked distribution")
        }
        return ApacheKafka(home: home, version: version(in: FileTree.names(in: "\(home)/libs")))
    }

    /// `kafka-clients-3.7.0.jar` tells the version.
    static func version(in jars: [String]) -> String? {
        for jar in jars where jar.hasPrefix("kafka-clients-") && jar.hasSuffix(".jar") {
            let text = String(jar.dropFirst(14).dropLast(4))
            if text.first?.isNumber == true, text.allSatisfy({ $0.isNumber || $0 == "." }) {
                return text
            }
        }
        return nil
    }

    /// Whether the broker keeps its metadata itself.
    var usesKRaft: Bool {
        guard access(script("kafka-storage"), X_OK) == 0 else { return false }
        guard let numbers = version.flatMap(SoftwareChecks.numbers) else { return true }
        return !numbers.lexicographicallyPrecedes(Self.firstKRaft)
    }

    private func script(_ name: String) -> String { "\(home)/bin/\(name).sh" }

    /// Writes the configuration and says what to start.
    func plan(folder: String, port: UInt16) throws(BrokerError) -> BrokerPlan {
        // Of its controller, or of ZooKeeper.
        let other = try BrokerPlan.ports(1)[0]
        let settings = "\(folder)/server.properties"
        do throws(SystemError) {
            let text =
                usesKRaft
                ? kraftProperties(folder, port: port, controller: other)
                : zooKeeperProperties(folder, port: port, zooKeeper: other)
            try TextFile.replace(settings, with: Array(text.utf8))
        } catch {
            throw .system(error)
        }
        // Its scripts write their own logs beside the distribution unless told where.
        let environment: [String: String?] = ["LOG_DIR": "\(folder)/logs"]
        let before =
            usesKRaft
            ? format(settings, environment)
            : try zooKeeper(folder, port: other, environment)
        let broker = BrokerPart(
            name: ServiceName.broker, label: "broker", program: script("kafka-server-start"),
            words: [settings], environment: environment, readiness: .kafka(port: port))
        return BrokerPlan(port: port, parts: [before, broker], version: version)
    }

    private func format(_ settings: String, _ environment: [String: String?]) -> BrokerPart {
        BrokerPart(
            name: ServiceName.brokerFormat, label: "formatting of the storage",
            program: script("kafka-storage"),
            words: [
                "format", "--ignore-formatted", "--cluster-id", "YXNlZWQtbGFiLWtyYWZ0MQ",
                "--config", settings,
            ], environment: environment, readiness: .ended)
    }

    private func zooKeeper(
        _ folder: String, port: UInt16, _ environment: [String: String?]
    ) throws(BrokerError) -> BrokerPart {
        let settings = "\(folder)/zookeeper.properties"
        let text = """
            dataDir=\(folder)/zookeeper
            clientPort=\(port)
            clientPortAddress=127.0.0.1
            admin.enableServer=false
            maxClientCnxns=0
            4lw.commands.whitelist=ruok,srvr,mntr

            """
        do throws(SystemError) {
            try TextFile.replace(settings, with: Array(text.utf8))
        } catch {
            throw .system(error)
        }
        return BrokerPart(
            name: ServiceName.brokerZooKeeper, label: "ZooKeeper",
            program: script("zookeeper-server-start"), words: [settings],
            environment: environment, readiness: .connection(port: port))
    }

    // MARK: - server.properties

    private func kraftProperties(_ folder: String, port: UInt16, controller: UInt16) -> String {
        """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:\(controller)
        controller.listener.names=CONTROLLER
        inter.broker.listener.name=PLAINTEXT
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        listeners=PLAINTEXT://127.0.0.1:\(port),CONTROLLER://127.0.0.1:\(controller)

        """ + sharedProperties(folder, port)
    }

    private func zooKeeperProperties(_ folder: String, port: UInt16, zooKeeper: UInt16) -> String {
        """
        broker.id=1
        zookeeper.connect=127.0.0.1:\(zooKeeper)
        listeners=PLAINTEXT://127.0.0.1:\(port)

        """ + sharedProperties(folder, port)
    }

    /// One broker, one copy of everything, and nothing that is deleted while a run needs it.
    private func sharedProperties(_ folder: String, _ port: UInt16) -> String {
        """
        advertised.listeners=PLAINTEXT://127.0.0.1:\(port)
        log.dirs=\(folder)/data
        auto.create.topics.enable=false
        delete.topic.enable=true
        log.retention.ms=-1
        log.retention.bytes=-1
        default.replication.factor=1
        offsets.topic.replication.factor=1
        offsets.topic.num.partitions=4
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        group.initial.rebalance.delay.ms=0

        """
    }
}
