import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// Real brokers as `lab broker` runs them: they start, stop, and never outlive the lab.
@Suite(.serialized, .timeLimit(.minutes(15)), .enabled(if: RunningBroker.arePartsThere))
struct BrokerTests {
    static let kinds: [BrokerKind] = [.tansu, .noida, .tansuS3]

    @Test(arguments: kinds)
    func startsAndStops(_ kind: BrokerKind) throws {
        let broker = try RunningBroker(["--kind", kind.rawValue, "--port", "0"])
        let port = try broker.awaitPort()
        #expect(KafkaGreeting.isAnswered(port: port))
        #expect(try broker.ready()["version"]?.string?.hasPrefix("\(kind.rawValue) ") == true)
        let children = broker.children()
        #expect(children.count == (kind == .tansuS3 ? 2 : 1))
        broker.signal(SIGTERM)
        #expect(try broker.awaitEnd() == .code(0), "\(broker.output)")
        #expect(children.allSatisfy { !RunningBroker.isAlive($0) })
        #expect(LoopbackPort.isFree(port))
    }

    @Test(arguments: kinds)
    func aKilledLabLeavesNoProcess(_ kind: BrokerKind) throws {
        let broker = try RunningBroker(["--kind", kind.rawValue, "--port", "0"])
        let port = try broker.awaitPort()
        let children = broker.children()
        #expect(!children.isEmpty)
        broker.signal(SIGKILL)
        #expect(try broker.awaitEnd() == .signal(SIGKILL))
        try broker.await { children.allSatisfy { !RunningBroker.isAlive($0) } }
        try broker.await { LoopbackPort.isFree(port) }
    }

    @Test func aBrokerThatDiesEndsTheCommand() throws {
        let broker = try RunningBroker(["--kind", "noida", "--port", "0"])
        _ = try broker.awaitPort()
        for child in broker.children() { kill(child, SIGKILL) }
        #expect(try broker.awaitEnd() == .code(69))
        #expect(broker.output.contains("noida ended by itself"), "\(broker.output)")
    }

    @Test func aTakenPortIsSaidBeforeAnythingStarts() throws {
        let first = try RunningBroker(["--kind", "tansu", "--port", "0"])
        let port = try first.awaitPort()
        let second = try RunningBroker(["--kind", "noida", "--port", "\(port)"])
        #expect(try second.awaitEnd() == .code(69))
        #expect(second.output.contains("listening on 127.0.0.1:\(port) failed"))
        #expect(KafkaGreeting.isAnswered(port: port), "the one that was there goes on")
    }

    @Test func aPortThatIsTakenLaterIsTold() throws {
        // The plan is made, then somebody else is faster.
        let parts = try #require(KafkaParts.find())
        let folder = try TemporaryFolder()
        let plan = try BrokerPlan.make(.tansu, folder: folder.path, parts: parts)
        let other = try RunningBroker(["--kind", "noida", "--port", "\(plan.port)"])
        _ = try other.awaitPort()
        let part = try #require(plan.parts.last)
        let said = try ShortProgram.run(
            part.program, part.words, title: "late", limitMs: 20_000, direct: true)
        #expect(said.ending != nil)
        #expect(said.lines.joined().contains("Address in use"), "\(said)")
    }
}

/// Brokers that can't be started.
@Suite(.timeLimit(.minutes(15))) struct MissingBrokerTests {
    @Test(arguments: [("tansu", "tansu"), ("tansu-s3", "tansu, weed"), ("noida", "noida-db")])
    func aMissingProgramIsNamedWithTheCommand(_ kind: String, _ programs: String) throws {
        let folder = try TemporaryFolder()
        let broker = try RunningBroker(
            ["--kind", kind, "--port", "0"],
            environment: ["LAB_DEPS": folder.path, "LAB_SETUP": nil])
        #expect(try broker.awaitEnd() == .code(69))
        #expect(
            broker.output.contains("Kafka needs librdkafka.so.1, \(programs)"), "\(broker.output)")
        #expect(broker.output.contains("scripts/setup --with-kafka"))
    }

    @Test func whatIsMissingIsFetchedOnce() throws {
        let folder = try TemporaryFolder()
        let script = "\(folder.path)/setup"
        try Scripts.write(script, "echo \"$*\" >>\"${0%/*}/calls\"; echo no network; exit 69")
        let broker = try RunningBroker(
            ["--port", "0"], environment: ["LAB_DEPS": folder.path, "LAB_SETUP": script])
        #expect(try broker.awaitEnd() == .code(69))
        #expect(SmallFile.text("\(folder.path)/calls") == "--with-kafka --quiet\n")
        #expect(broker.output.contains("ended with code 69\nno network"), "\(broker.output)")
    }

    @Test func onlyWhatARunNeedsIsMissed() throws {
        let folder = try TemporaryFolder()
        let parts = KafkaParts(folder: folder.path)
        var log = LogSettings(kind: .kafka)
        let variables = { (_: String) -> String? in nil }
        func missing() -> [String] {
            KafkaSetup.missingParts([log], in: parts, environment: variables)
        }
        #expect(missing() == ["lib/librdkafka.so.1", "bin/tansu"])
        log.broker = .external
        #expect(missing() == ["lib/librdkafka.so.1"])
        try FileTree.make("\(folder.path)/lib")
        try Scripts.write("\(folder.path)/lib/librdkafka.so.1", "")
        #expect(missing().isEmpty)
        log = LogSettings(kind: .kafka, managed: .tansuS3)
        #expect(missing() == ["bin/tansu", "bin/weed"])
    }
}
