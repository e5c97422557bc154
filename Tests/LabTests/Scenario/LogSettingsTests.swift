import ASEEDSystem
import Testing

@testable import Lab

/// The scenario's `log`, and what the command line makes of it.
@Suite struct LogSettingsTests {
    private func read(
        _ log: String, _ overrides: LogOverrides = LogOverrides()
    ) throws -> LogSettings {
        var given = ScenarioFile.Overrides()
        given.log = overrides
        let text = #"{"seed":1,"log":\#(log),"load":{"executor":"backlog","orders":10}}"#
        let cells = try ScenarioFile.parse(Array(text.utf8), file: "s.json", overrides: given)
        return try #require(cells.first?.scenario.log)
    }

    private func mistake(_ log: String) -> String {
        do {
            _ = try read(log)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func isFilesUnlessItSaysKafka() throws {
        #expect(try read("{}") == LogSettings())
        let kafka = try read(#"{"kind":"kafka"}"#)
        #expect(kafka.kind == .kafka)
        #expect(kafka.broker == .managed)
        #expect(kafka.managed == .tansu)
        #expect(kafka.topic == nil)
    }

    @Test(arguments: ["apache", "tansu", "tansu-s3", "noida"])
    func knowsEveryManagedBroker(_ kind: String) throws {
        let log = try read(#"{"kind":"kafka","managed":"\#(kind)","partitions":7,"topic":"a.b"}"#)
        #expect(log.managed.rawValue == kind)
        #expect(log.partitions == 7)
        #expect(log.topic == "a.b")
    }

    @Test(arguments: [
        (#"{"topic":"orders"}"#, "log.topic: it belongs to the log kind \"kafka\""),
        (#"{"broker":"external"}"#, "log.broker: it belongs to the log kind \"kafka\""),
        (#"{"kind":"kafka","fsync":"always"}"#, "log.fsync: it belongs to the log kind \"file\""),
        (#"{"kind":"kafka","managed":"tanso"}"#, "did you mean \"tansu\"?"),
        (#"{"kind":"kafka","topic":"two words"}"#, "log.topic: a topic is 1 to 249 letters"),
        (
            #"{"kind":"kafka","broker":"external","managed":"noida"}"#,
            "log.managed: it belongs to the broker \"managed\""
        ),
        (#"{"kind":"kafka","broker":"mine"}"#, "log.broker is \"managed\" or \"external\""),
    ])
    func namesMistakes(_ log: String, _ expected: String) {
        #expect(mistake(log).contains(expected), "\(mistake(log))")
    }

    @Test func theCommandLineChoosesTheLog() throws {
        var words = LogOverrides(kind: .kafka)
        #expect(try read(#"{"fsync":"always"}"#, words).kind == .kafka)
        words.managed = .noida
        #expect(try read("{}", words).managed == .noida)
        #expect(words.words == ["--log", "kafka", "--managed", "noida"])
        // A scenario on files may say which broker suits it.
        #expect(try read(#"{"managed":"noida"}"#, LogOverrides(kind: .kafka)).managed == .noida)
        words = LogOverrides(broker: .external)
        let external = try read(#"{"kind":"kafka","managed":"noida"}"#, words)
        #expect(external.broker == .external)
        #expect(try read(#"{"kind":"kafka"}"#, LogOverrides(kind: .file)).kind == .file)
    }

    @Test(arguments: [
        LogSettings(), LogSettings(kind: .file, partitions: 5, fsync: .always),
        LogSettings(kind: .kafka), LogSettings(kind: .kafka, managed: .tansuS3, topic: "x"),
        LogSettings(kind: .kafka, partitions: 1, broker: .external),
    ])
    func readsBackWhatItWrote(_ log: LogSettings) throws {
        let text = #"{"seed":1,"load":{"executor":"backlog","orders":10}}"#
        let cells = try ScenarioFile.parse(Array(text.utf8), file: "s.json")
        var scenario = try #require(cells.first?.scenario)
        scenario.log = log
        let again = try ScenarioFile.parse(scenario.resolvedJSON(), file: "s.json")
        #expect(again.first?.scenario.log == log)
    }

    @Test(arguments: [
        ["--broker", "external"], ["--managed", "noida"], ["--log", "file", "--managed", "noida"],
        ["--log", "kafka", "--broker", "external", "--managed", "noida"], ["--log", "kafak"],
    ])
    func wordsThatDoNotFitTogetherAreRefused(_ words: [String]) throws {
        let call = try LabCall(["run", ProjectFiles.root + "/scenarios/smoke.json"] + words)
        #expect(call.code == 64, "\(call.output)")
        #expect(call.output.contains("--"), "\(call.output)")
    }

    @Test func clientsOfABrokerOfTheLabGetNoKeysOfOthers() {
        let names = [
            "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_SASL_PASSWORD", "KAFKA_SECURITY_PROTOCOL",
            "KAFKA_SSL_CA_LOCATION", "KAFKA_QUEUED_MIN_MESSAGES", "PATH",
        ]
        #expect(
            KafkaVariables.names(managed: true, names) == ["KAFKA_QUEUED_MIN_MESSAGES", "PATH"])
        #expect(KafkaVariables.names(managed: false, names) == names)
        let taken = KafkaVariables.plain(names)
        #expect(taken.keys.sorted() == names.prefix(4).sorted())
        #expect(taken.values.allSatisfy { $0 == nil })
    }
}
