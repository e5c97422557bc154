import ASEEDSystem
import Testing

@testable import Lab

/// What a restart, perhaps from another shell, finds of the start before.
@Suite struct StartSettingsTests {
    private static func settings(
        _ words: [String], _ environment: [String: String], from base: StartSettings? = nil
    ) throws -> StartSettings {
        try (base ?? StartSettings()).with(
            Arguments(words, spec: StartCommand.spec), command: "start",
            environment: { environment[$0] })
    }

    /// As `start.json` gives them back.
    private static func kept(_ settings: StartSettings) throws -> StartSettings {
        let folder = try TemporaryFolder()
        try settings.write(to: "\(folder.path)/start.json")
        return try #require(StartSettings.read("\(folder.path)/start.json"))
    }

    private static let environment = ["KAFKA_BOOTSTRAP_SERVERS": "a:1,b:2", "KAFKA_TOPIC": "t"]
    private static let other = ["KAFKA_BOOTSTRAP_SERVERS": "c:3", "KAFKA_TOPIC": "u"]

    @Test(arguments: [
        ("kafka", environment, "kafka://a:1,b:2/t"),
        ("kafka://h:5", environment, "kafka://h:5/t"),
        ("kafka://h:5/v", environment, "kafka://h:5/v"),
        ("kafka", ["KAFKA_BOOTSTRAP_SERVERS": "a:1"], "kafka://a:1/orders"),
    ])
    func keepsTheAddressOfTheFirstStart(
        log: String, environment: [String: String], address: String
    ) throws {
        let first = try Self.settings(["--log", log], environment)
        let paths = ServicePaths(home: "/h", checkpoint: "/c", logs: "/l")
        for settings in [first, try Self.settings([], Self.other, from: Self.kept(first))] {
            #expect(settings.log == address)
            #expect(settings.broker == nil)
            let plan = ServicePlan(settings: settings, paths: paths)
            #expect(plan.address(brokerPort: 7) == address)
            #expect(plan.words("data_analyzer", port: 1, brokerPort: 7).contains(address))
        }
        // A log that is named anew counts.
        let named = try Self.settings(["--log", "kafka"], Self.other, from: Self.kept(first))
        #expect(named.log == "kafka://c:3/u")
    }

    @Test func keepsTheTopicOfABrokerOfTheLab() throws {
        let first = try Self.settings(["--log", "kafka"], ["KAFKA_TOPIC": "t"])
        #expect(first.broker == .noida)
        let again = try Self.settings([], Self.other, from: Self.kept(first))
        #expect(again.broker == .noida)
        let paths = ServicePaths(home: "/h", checkpoint: "/c", logs: "/l")
        for settings in [first, again] {
            let plan = ServicePlan(settings: settings, paths: paths)
            #expect(plan.address(brokerPort: 7) == "kafka://127.0.0.1:7/t")
        }
        let other = try Self.settings(["--broker", "tansu"], Self.other, from: Self.kept(first))
        #expect(other.broker == .tansu && other.topic == "t")
    }

    @Test func namesAWrongAddress() {
        #expect(throws: UsageError.self) {
            try Self.settings(["--log", "kafka"], ["KAFKA_BOOTSTRAP_SERVERS": "nobody"])
        }
        #expect(throws: UsageError.self) {
            try Self.settings(["--log", "kafka"], ["KAFKA_TOPIC": "a b"])
        }
    }

    @Test func keepsNoIntervalThatTheDashboardTakesForAStandstill() throws {
        var settings = StartSettings()
        settings.intervalMs = 3_600_000
        #expect(try Self.kept(settings).intervalMs == 5_000)
    }
}
