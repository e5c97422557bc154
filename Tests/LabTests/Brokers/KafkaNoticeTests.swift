import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// Brokers that go away and come back, in the logs of the services that use them.
@Suite(
    .serialized, .timeLimit(.minutes(15)),
    .enabled(
        if: RunningBroker.arePartsThere,
        "librdkafka and the brokers are not there: scripts/setup --with-kafka"))
struct KafkaNoticeTests {
    @Test("what a Kafka client tells is a WARN line of the service's own log")
    func noticesAreInTheServiceLog() throws {
        let folder = try TemporaryFolder()
        let group = ServiceGroup()
        let broker = try RunningBroker(["--kind", "noida", "--port", "0"])
        let address = "kafka://127.0.0.1:\(try broker.awaitPort())/orders"
        let lab = try #require(LabBinary.path, "the binary `lab` is built beside the tests")
        func start(_ name: String, _ words: [String]) throws -> ServiceProcess {
            try group.start(
                ServiceLaunch(
                    name: name, program: lab,
                    words: [name, "--log", address, "--log-file", "\(folder.path)/\(name).json"]
                        + words, logFolder: folder.path, direct: true))
        }
        func text(_ name: String) -> String { SmallFile.text("\(folder.path)/\(name).json") ?? "" }
        func wait(_ what: String, until done: () -> Bool) throws {
            let deadline = SystemClock.monotonicNs() + 60_000_000_000
            while !done() {
                try #require(
                    SystemClock.monotonicNs() < deadline,
                    "\(what); engine: \(text("engine")); simulator: \(text("simulator"))")
                _ = group.events.takeAll(deadlineNs: SystemClock.monotonicNs() + 50_000_000)
            }
        }

        let simulator = try start("simulator", ["--rate", "200"])
        try wait("it writes") { text("simulator").contains("service.started") }
        let engine = try start(
            "engine", ["--checkpoint", "\(folder.path)/checkpoint", "--trigger", "100ms"])
        try wait("it reads") { text("engine").contains("service.started") }
        broker.signal(SIGKILL)
        for name in ["engine", "simulator"] {
            try wait("\(name) tells it") { text(name).contains("kafka.notice") }
            let line = try #require(
                text(name).split(separator: "\n").first { $0.contains("kafka.notice") })
            let record = try JSONParser.parse(String(line))
            #expect(record["level"]?.string == "WARN")
            #expect(record["message"]?.string?.contains("does not answer") == true, "\(line)")
            #expect(
                SmallFile.text("\(folder.path)/\(name).log")?.contains("does not answer") != true)
        }
        withExtendedLifetime((simulator, engine)) {}
        group.killAll()
    }
}
