import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// The managed kind `apache`, over a distribution whose scripts are stand-ins.
@Suite(.serialized, .timeLimit(.minutes(15))) struct ApacheKafkaTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var home: String { "\(folder.path)/kafka" }

    /// Makes a distribution with these scripts.
    private func unpack(version: String, scripts: [String: String]) throws {
        try FileTree.make("\(home)/libs")
        try FileTree.make("\(home)/bin")
        try TextFile.replace("\(home)/libs/kafka-clients-\(version).jar", with: [])
        try TextFile.replace("\(home)/libs/kafka-clients-\(version)-test.jar", with: [])
        for (name, text) in scripts { try Scripts.write("\(home)/bin/\(name).sh", text) }
    }

    private func plan(port: UInt16? = nil) throws -> BrokerPlan {
        try BrokerPlan.make(
            .apache, folder: "\(folder.path)/broker", port: port, parts: nil,
            environment: { $0 == "KAFKA_HOME" ? home : nil })
    }

    /// Lines `name=value` of a file of the broker's folder.
    private func properties(_ name: String) throws -> [String: String] {
        let text = try #require(SmallFile.text("\(folder.path)/broker/\(name)"))
        return text.split(separator: "\n").reduce(into: [:]) { found, line in
            let parts = line.split(separator: "=", maxSplits: 1)
            found[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
        }
    }

    @Test func aNewOneKeepsItsMetadataItself() throws {
        try unpack(version: "3.9.1", scripts: ["kafka-server-start": "", "kafka-storage": ""])
        let plan = try plan()
        #expect(plan.version == "3.9.1")
        #expect(plan.parts.map(\.name) == ["broker-format", "broker"])
        #expect(plan.parts.first?.readiness == .ended)
        #expect(plan.parts.first?.words.first == "format")
        #expect(plan.parts.last?.readiness == .kafka(port: plan.port))
        #expect(plan.parts.last?.words == ["\(folder.path)/broker/server.properties"])
        let settings = try properties("server.properties")
        #expect(settings["process.roles"] == "broker,controller")
        let listeners = try #require(settings["listeners"]).split(separator: ",")
        #expect(listeners.first == "PLAINTEXT://127.0.0.1:\(plan.port)")
        #expect(settings["advertised.listeners"] == "PLAINTEXT://127.0.0.1:\(plan.port)")
        let controller = try #require(
            settings["controller.quorum.voters"]?.split(separator: ":").last)
        #expect(listeners.last == "CONTROLLER://127.0.0.1:\(controller)")
        #expect(controller != "\(plan.port)")
        #expect(settings["log.dirs"] == "\(folder.path)/broker/data")
        #expect(settings["offsets.topic.replication.factor"] == "1")
        #expect(settings["auto.create.topics.enable"] == "false")
        #expect(settings["zookeeper.connect"] == nil)
    }

    @Test(arguments: ["2.6.3", "3.2.0"])
    func anOldOneUsesZooKeeper(_ version: String) throws {
        try unpack(
            version: version,
            scripts: [
                "kafka-server-start": "", "kafka-storage": "", "zookeeper-server-start": "",
            ])
        let plan = try plan()
        #expect(plan.parts.map(\.name) == ["broker-zookeeper", "broker"])
        let keeper = try properties("zookeeper.properties")
        let port = try #require(keeper["clientPort"])
        #expect(keeper["clientPortAddress"] == "127.0.0.1")
        #expect(plan.parts.first?.readiness == UInt16(port).map { .connection(port: $0) })
        let settings = try properties("server.properties")
        #expect(settings["zookeeper.connect"] == "127.0.0.1:\(port)")
        #expect(settings["listeners"] == "PLAINTEXT://127.0.0.1:\(plan.port)")
        #expect(settings["process.roles"] == nil)
    }

    @Test func aMissingDistributionIsNamed() {
        let unset = #expect(throws: BrokerError.self) {
            try BrokerPlan.make(
                .apache, folder: "\(folder.path)/broker", parts: nil, environment: { _ in nil })
        }
        #expect(unset?.description.contains("KAFKA_HOME is not set") == true)
        let empty = #expect(throws: BrokerError.self) { try plan() }
        #expect(empty?.description.contains("\(home)/bin/kafka-server-start.sh") == true)
    }

    // Another broker plays the server, so that starting, probing and stopping are real.
    @Test(.enabled(if: RunningBroker.arePartsThere), arguments: [true, false])
    func formatsStartsAndStops(_ usesKRaft: Bool) throws {
        let noida = try #require(KafkaParts.find()).path("bin/noida-db")
        let serve = """
            port=$(sed -n "s/^$1=\\(.*:\\)*\\([0-9]*\\)$/\\2/p" "$2")
            exec "\(noida)" start --data-dir "$3" --host 127.0.0.1 --only kafka --kafka-port "$port"
            """
        try unpack(
            version: usesKRaft ? "4.0.0" : "2.8.2",
            scripts: [
                "kafka-storage": #"echo "$*" >"${0%/*}/formatted""#,
                "serve": serve,
                "kafka-server-start":
                    #"exec "${0%/*}/serve.sh" advertised.listeners "$1" "$LOG_DIR/../play""#,
                "zookeeper-server-start":
                    #"exec "${0%/*}/serve.sh" clientPort "$1" "$LOG_DIR/../zk""#,
            ])
        let broker = try RunningBroker(
            ["--kind", "apache", "--port", "0"], environment: ["KAFKA_HOME": home])
        let port = try broker.awaitPort()
        #expect(KafkaGreeting.isAnswered(port: port))
        #expect(
            try broker.ready()["version"]?.string == "apache \(usesKRaft ? "4.0.0" : "2.8.2")")
        let formatted = SmallFile.text("\(home)/bin/formatted")
        #expect(
            (formatted?.hasPrefix("format --ignore-formatted --cluster-id ") == true) == usesKRaft)
        let children = broker.children()
        #expect(children.count == (usesKRaft ? 1 : 2))
        broker.signal(SIGTERM)
        #expect(try broker.awaitEnd() == .code(0), "\(broker.output)")
        #expect(children.allSatisfy { !RunningBroker.isAlive($0) })
    }

    @Test(.enabled(if: RunningBroker.arePartsThere))
    func aFormattingThatFailsIsToldWithItsLog() throws {
        try unpack(
            version: "4.0.0",
            scripts: [
                "kafka-server-start": "exit 0", "kafka-storage": "echo no space >&2; exit 3",
            ])
        let broker = try RunningBroker(
            ["--kind", "apache", "--port", "0"], environment: ["KAFKA_HOME": home])
        #expect(try broker.awaitEnd() == .code(69))
        #expect(
            broker.output.contains(
                "the formatting of the storage of the managed broker apache ended with exit code 3"),
            "\(broker.output)")
        #expect(broker.output.contains("no space"))
    }
}
