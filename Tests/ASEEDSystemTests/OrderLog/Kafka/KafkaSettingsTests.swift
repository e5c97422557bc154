import Testing

@testable import ASEEDSystem

@Suite struct KafkaSettingsTests {
    private func settings(
        _ log: String = "kafka", _ variables: [String: String] = [:]
    ) throws -> KafkaSettings {
        try KafkaSettings(log: log, names: Array(variables.keys)) { variables[$0] }
    }

    @Test func readsAddresses() throws {
        #expect(try settings().address.description == "kafka://localhost:9092/orders")
        let given = ["KAFKA_BOOTSTRAP_SERVERS": "a:1,b:2", "KAFKA_TOPIC": "t"]
        #expect(try settings("kafka", given).address.description == "kafka://a:1,b:2/t")
        #expect(try settings("kafka://c:3/u.v-w_x", given).address.topic == "u.v-w_x")
        #expect(try settings("kafka://c:3", given).address.description == "kafka://c:3/t")
        #expect(KafkaAddress.isKafka("kafka://c:3/u"))
        #expect(!KafkaAddress.isKafka("kafka/orders"))
        #expect(!KafkaAddress.isKafka("/tmp/kafka"))
    }

    @Test(arguments: [
        "kafka://", "kafka:///t", "kafka://host/t", "kafka://host:0/t", "kafka://host:99999/t",
        "kafka://a:1,/t", "kafka://a:1/a/b", "kafka://a:1/ä", "kafka://a:1/..",
    ])
    func refusesOtherAddresses(_ text: String) throws {
        let error = #expect(throws: LogError.self) { try settings(text) }
        #expect("\(try #require(error))".contains("is no address"))
    }

    @Test func takesPropertiesFromVariables() throws {
        let found = try settings(
            "kafka",
            [
                "KAFKA_SASL_USERNAME": "me", "KAFKA_GROUP_ID": "g", "KAFKA_HOME": "/opt/kafka",
                "PATH": "/bin",
            ])
        #expect(found.groupID == "g")
        #expect(
            found.properties == [
                .init(variable: "KAFKA_SASL_USERNAME", name: "sasl.username", value: "me")
            ])
    }

    @Test func knowsWhatIsSecret() {
        #expect(KafkaSettings.isSecret("sasl.password"))
        #expect(KafkaSettings.isSecret("ssl.key.pem"))
        #expect(!KafkaSettings.isSecret("sasl.username"))
        #expect(!KafkaSettings.isSecret("security.protocol"))
    }

    @Test(
        .enabled(if: TestBroker.areThere, TestBroker.missing),
        arguments: [
            (["KAFKA_SASL_USERNAM": "me"], "KAFKA_SASL_USERNAM: librdkafka"),
            (["KAFKA_SECURITY_PROTOCOL": "tls"], "KAFKA_SECURITY_PROTOCOL:"),
            (["KAFKA_ACKS": "1"], "KAFKA_ACKS: acks can't be changed"),
        ])
    func namesTheVariableThatIsWrong(_ variables: [String: String], _ text: String) throws {
        let found = try settings("kafka", variables)
        let error = #expect(throws: LogError.self) { try found.check() }
        #expect("\(try #require(error))".contains(text))
    }

    @Test(.enabled(if: TestBroker.areThere, TestBroker.missing))
    func takesWhatTheLibraryKnows() throws {
        try settings("kafka", ["KAFKA_SECURITY_PROTOCOL": "sasl_ssl"]).check()
    }
}
