import ASEEDSystem
import Glibc
import Testing
import Verifier

@testable import Lab

/// Whole runs over real brokers, with the real binary.
@Suite(.serialized, .timeLimit(.minutes(15)), .enabled(if: RunningBroker.arePartsThere))
struct KafkaRunTests {
    static let tiny = """
        {"name":"tiny","seed":3,"timeout":"2m","engine":{"trigger":"50ms"},
         "load":[{"name":"backlog","executor":"backlog","orders":3000,"event_rate":50},
                 {"name":"steady","executor":"constant-arrival-rate","rate":500,"duration":"1s"}],
         "data":{"invalid":{"fraction":0.02},"duplicates":{"fraction":0.01},
           "out_of_order":{"fraction":0.1,"max_delay":"5s"}},
         "thresholds":{"mismatched_results":["value == 0"],"lost_orders":["value == 0"],
           "doubled_orders":["value == 0"],"acknowledged_orders":["count == expected"]}}
        """

    static let endless = """
        {"name":"endless","seed":3,"timeout":"5m","engine":{"trigger":"50ms"},
         "load":[{"name":"steady","executor":"constant-arrival-rate","rate":500,"duration":"100s"}]}
        """

    private func run(_ words: [String], scenario: String = tiny) throws -> RunningLab {
        let lab = try RunningLab(scenario: scenario, words: words)
        #expect(try lab.awaitEnd() == .code(0), "\(lab.output)")
        return lab
    }

    @Test(arguments: [BrokerKind.tansu, .noida, .tansuS3])
    func passesOnEveryBrokerThatTheLabStarts(_ kind: BrokerKind) throws {
        let lab = try run(["--log", "kafka", "--managed", kind.rawValue])
        let result = try lab.result()
        #expect(try ProjectFiles.resultSchema().mistakes(in: result).isEmpty)
        let log = result["log"]
        #expect(log?["kind"]?.string == "kafka")
        #expect(log?["broker"]?.string == "managed")
        #expect(log?["managed"]?.string == kind.rawValue)
        #expect(log?["version"]?.string?.hasPrefix("\(kind.rawValue) ") == true)
        #expect(log?["librdkafka"]?.string?.contains(".") == true)
        let folder = try lab.runFolder()
        #expect(log?["topic"]?.string == "aseed-\(folder.id)")
        let services = result["services"]?.elements ?? []
        let broker = services.first { $0["name"]?.string == ServiceName.broker }
        #expect((broker?["rss_peak_bytes"]?.integer ?? 0) > 1 << 20)
        #expect((broker?["cpu_s"]?.double ?? 0) > 0)
        #expect(lab.output.contains("--log kafka --managed \(kind.rawValue)"), "how to repeat it")
        #expect(!FileTree.exists(folder.data))
        #expect(FileTree.exists("\(folder.logs)/broker.log"))
    }

    @Test func oneSeedGivesTheSameFinalResultsOnBothLogs() throws {
        let published = try [["--log", "file"], ["--log", "kafka"]].map { words in
            let lab = try run(words)
            let text = String(
                decoding: try TextFile.read(lab.runFolder().file("published.json")),
                as: UTF8.self)
            // Where an order lies is the one thing that differs.
            return Array(text.replacing(/"position":[0-9]+/, with: "\"position\":0").utf8)
        }
        #expect(published[0].count > 1_000)
        let differences = try Verifier.differencesBetween(published[0], published[1])
        #expect(differences.filter { !$0.hasPrefix("raw_orders.progress") }.isEmpty)
    }

    @Test func aKeptRunIsVerifiedAgainWithoutABroker() throws {
        let lab = try run(["--log", "kafka", "--keep-data"])
        let folder = try lab.runFolder()
        let again = try LabCall(["verify", folder.path])
        #expect(again.code == 0, "\(again.output)")
        #expect(again.output.contains("output equals the reference"))
    }

    enum Damage: CaseIterable {
        case wrong, lost, doubled
    }

    /// What is not in the log as it was read is found, and its offset told.
    @Test func aPlantedDifferenceIsFoundWithItsOffset() throws {
        let lab = try run(["--log", "kafka", "--keep-data"])
        let folder = try lab.runFolder()
        let log = try ExportedLog(folder: folder.log)
        var records: [(Int64, [UInt8])] = []
        try log.forEachRecord(in: 1, range: log.bounds(of: 1)) {
            records.append(($0.position, Array($0.bytes)))
        }
        // A record in the middle that is a valid order.
        let place = try #require(
            records.indices.dropFirst(300).first {
                String(decoding: records[$0].1, as: UTF8.self).contains("\"quantity\":")
            })
        let offset = records[place].0
        for damage in Damage.allCases {
            var changed = records
            switch damage {
            case .wrong:
                let text = String(decoding: records[place].1, as: UTF8.self)
                changed[place].1 = Array(
                    text.replacing("\"quantity\":", with: "\"quantity\":-").utf8)
            case .lost: changed.remove(at: place)
            case .doubled:
                let last = try #require(changed.last)
                changed.append((last.0 + 1, records[place].1))
            }
            let end = max(try log.bounds(of: 1).upperBound, (changed.last?.0 ?? 0) + 1)
            let writer = try ExportedLogWriter(folder: folder.log, partition: 1, bounds: 0..<end)
            for (position, bytes) in changed {
                try bytes.withUnsafeBytes { try writer.append(position: position, $0) }
            }
            try writer.finish()
            let call = try LabCall(["verify", folder.path, "--format", "json"])
            #expect(call.code == ExitCode.wrongOutput.rawValue, "\(damage): \(call.output)")
            let text = try LabCall(["verify", folder.path])
            let place = damage == .doubled ? changed.last?.0 ?? 0 : offset
            let named = "partition 1, position \(place)"
            #expect(call.output.contains(named), "\(damage): \(call.output)")
            #expect(text.output.contains(named), "\(damage): \(text.output)")
        }
    }

    @Test func usesSomebodyElsesBrokerAndLeavesNothingThere() throws {
        let broker = try RunningBroker(["--kind", "noida", "--port", "0"])
        let address = "127.0.0.1:\(try broker.awaitPort())"
        let variables = ["KAFKA_BOOTSTRAP_SERVERS": address]
        let words = ["--log", "kafka", "--broker", "external"]
        for keeps in [false, true] {
            let lab = try RunningLab(
                scenario: Self.tiny, words: words + (keeps ? ["--keep-data"] : []),
                environment: variables)
            #expect(try lab.awaitEnd() == .code(0), "\(lab.output)")
            let log = try lab.result()["log"]
            #expect(log?["broker"]?.string == "external")
            #expect(log?["brokers"]?.string == address)
            let topic = try #require(log?["topic"]?.string)
            #expect((try Self.topic(topic, at: address) != nil) == keeps)
            guard keeps else { continue }
            // The kept topic holds orders, whose ids another run would use again.
            let again = try RunningLab(
                scenario: Self.tiny.replacing(
                    #""timeout""#, with: #""log":{"kind":"kafka","topic":"\#(topic)"},"timeout""#),
                words: words, environment: variables)
            #expect(try again.awaitEnd() == .code(69), "\(again.output)")
            #expect(again.output.contains("topic \(topic) at \(address) holds records already"))
        }
        #expect(broker.children().count == 1, "it is still there")
    }

    private static func topic(_ name: String, at brokers: String) throws -> KafkaTopic? {
        try KafkaAdmin(KafkaSettings(address: KafkaAddress(brokers: brokers, topic: name))).topic()
    }

    @Test func anAddressWithoutABrokerIsNamedWithTheStep() throws {
        let port = try FreePort.find()
        let lab = try RunningLab(
            scenario: Self.tiny, words: ["--log", "kafka", "--broker", "external"],
            environment: ["KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:\(port)"])
        #expect(try lab.awaitEnd() == .code(69))
        #expect(
            lab.output.contains("broker 127.0.0.1:\(port): the connection failed"), "\(lab.output)")
        #expect(try lab.result()["verdict"]?.string == "error")
    }

    @Test func anUnknownPropertyIsNamedBeforeAnythingStarts() throws {
        let lab = try RunningLab(
            scenario: Self.tiny, words: ["--log", "kafka"],
            environment: ["KAFKA_NO_SUCH_THING": "1"])
        #expect(try lab.awaitEnd() == .code(ExitCode.usage.rawValue))
        #expect(lab.output.contains("KAFKA_NO_SUCH_THING"), "\(lab.output)")
        #expect(!FileTree.exists(lab.results))
    }

    @Test func keysForSomebodyElsesBrokerAreNotUsedForOurs() throws {
        let lab = try RunningLab(
            scenario: Self.tiny, words: ["--log", "kafka"],
            environment: [
                "KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_SASL_USERNAME": "lab",
                "KAFKA_SASL_PASSWORD": "secret", "KAFKA_SASL_MECHANISMS": "PLAIN",
                "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
            ])
        #expect(try lab.awaitEnd() == .code(0), "\(lab.output)")
    }

    @Test func anInterruptedRunKeepsWhatWasConsumedAndStopsTheBroker() throws {
        let lab = try RunningLab(scenario: Self.endless, words: ["--log", "kafka"])
        try lab.await { lab.services().count == 4 && (try? lab.hasCommitted()) == true }
        let services = lab.services()
        lab.signal(SIGINT)
        #expect(try lab.awaitEnd() == .code(ExitCode.interrupted.rawValue), "\(lab.output)")
        #expect(services.allSatisfy { !RunningBroker.isAlive($0) })
        let folder = try lab.runFolder()
        #expect(ExportedLog.isThere(folder.log))
        let call = try LabCall(["verify", folder.path])
        #expect(call.code != ExitCode.wrongOutput.rawValue, "\(call.output)")
        #expect(call.output.contains("C2"), "\(call.output)")
    }

    @Test func nothingOutlivesAKilledLab() throws {
        let lab = try RunningLab(scenario: Self.endless, words: ["--log", "kafka"])
        try lab.await { lab.services().count == 4 && (try? lab.hasCommitted()) == true }
        let services = lab.services()
        lab.signal(SIGKILL)
        #expect(try lab.awaitEnd() == .signal(SIGKILL))
        try lab.await { services.allSatisfy { !RunningBroker.isAlive($0) } }
    }

    @Test func aBrokerThatDiesIsNamed() throws {
        let lab = try RunningLab(scenario: Self.endless, words: ["--log", "kafka"])
        try lab.await { lab.services().count == 4 && (try? lab.hasCommitted()) == true }
        let broker = try #require(
            lab.services().first {
                (SmallFile.text("/proc/\($0)/cmdline") ?? "").hasPrefix("tansu")
            })
        #expect(kill(broker, SIGKILL) == 0)
        #expect(try lab.awaitEnd() == .code(ExitCode.unknown.rawValue), "\(lab.output)")
        #expect(lab.output.contains("broker ended unexpectedly with signal 9 (Killed)"))
        #expect(lab.services().isEmpty)
    }
}
