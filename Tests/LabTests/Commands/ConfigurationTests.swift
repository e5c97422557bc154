import Testing

@testable import Lab

@Suite struct ConfigurationTests {
    static func read(_ variables: [String: String]) -> (
        values: [Configuration.Value], mistakes: [String]
    ) {
        Configuration.read(names: Array(variables.keys), value: { variables[$0] })
    }

    @Test func hasTheDefaultsOfTheSystem() {
        let (values, mistakes) = Self.read([:])
        #expect(mistakes.isEmpty)
        #expect(values.allSatisfy { $0.source == .fallback })
        let shown = Dictionary(uniqueKeysWithValues: values.map { ($0.setting.name, $0.value) })
        #expect(
            shown == [
                "KAFKA_BOOTSTRAP_SERVERS": "localhost:9092", "KAFKA_TOPIC": "orders",
                "KAFKA_GROUP_ID": "aseed-engine",
                "SPARK_MASTER_URL": "local[*]", "CHECKPOINT_LOCATION": "./checkpoints",
                "DASHBOARD_URL": "http://localhost:5005", "DASHBOARD_PORT": "5005",
                "ASEED_HOME": "./.aseed", "LOG_DIR": "./logs", "ZOOKEEPER_CONNECT": "",
                "LOG_LEVEL": "INFO",
            ])
        #expect(values.allSatisfy { $0.setting.mistake($0.value) == nil })
    }

    @Test(arguments: [
        ("KAFKA_BOOTSTRAP_SERVERS", "a:1,b.example:9092"),
        ("KAFKA_BOOTSTRAP_SERVERS", "[::1]:9092"),
        ("SPARK_MASTER_URL", "local[4]"), ("SPARK_MASTER_URL", "spark://h:7077"),
        ("SPARK_MASTER_URL", "yarn"), ("SPARK_MASTER_URL", "local"),
        ("DASHBOARD_URL", "https://u:p@host:8443/"), ("DASHBOARD_URL", "http://host"),
        ("DASHBOARD_PORT", "0"), ("DASHBOARD_PORT", "65535"), ("LOG_LEVEL", "DEBUG"),
        ("ZOOKEEPER_CONNECT", "localhost:2181"),
    ])
    func takesGoodValues(name: String, value: String) {
        let (values, mistakes) = Self.read([name: value])
        #expect(mistakes.isEmpty)
        let found = values.first { $0.setting.name == name }
        #expect(found?.value == value)
        #expect(found?.source == .environment)
    }

    @Test(arguments: [
        ("KAFKA_BOOTSTRAP_SERVERS", "localhost"), ("KAFKA_BOOTSTRAP_SERVERS", "a:1,"),
        ("KAFKA_BOOTSTRAP_SERVERS", ":9092"), ("KAFKA_BOOTSTRAP_SERVERS", "a:99999"),
        ("KAFKA_TOPIC", ""), ("KAFKA_TOPIC", "two words"), ("KAFKA_TOPIC", ".."),
        ("SPARK_MASTER_URL", "local[0]"), ("SPARK_MASTER_URL", "spark://h"),
        ("CHECKPOINT_LOCATION", ""), ("LOG_DIR", ""), ("ZOOKEEPER_CONNECT", "localhost"),
        ("DASHBOARD_URL", "localhost:5005"),
        ("DASHBOARD_URL", "http://"), ("DASHBOARD_URL", "http://a:b:c"), ("DASHBOARD_PORT", "-1"),
        ("DASHBOARD_PORT", "+5"), ("DASHBOARD_PORT", "65536"), ("LOG_LEVEL", "info"),
    ])
    func aMalformedValueIsNamed(name: String, value: String) {
        let mistakes = Self.read([name: value]).mistakes
        #expect(mistakes.count == 1)
        #expect(mistakes.first?.hasPrefix("\(name)=\(value): ") == true)
    }

    @Test(arguments: ["KAFKA_BOOTSTRAP_SERVER", "DASHBOARDPORT", "dashboard_url", "LOGLEVEL"])
    func aMisspelledVariableIsNamed(name: String) {
        #expect(Self.read([name: "x"]).mistakes.first?.hasPrefix("\(name): no such") == true)
    }

    @Test(arguments: ["KAFKA_HOME", "SPARK_HOME", "PATH", "DASHBOARD_THEME"])
    func variablesOfOthersAreLeftAlone(name: String) {
        #expect(Self.read([name: "x"]).mistakes.isEmpty)
    }

    @Test func everyVariableOfKafkaIsShownWithWhatItSets() {
        let (values, _) = Self.read([
            "KAFKA_SASL_USERNAME": "lab", "KAFKA_HEAP_OPTS": "-Xmx1g", "KAFKA_TOPIC": "t",
        ])
        let meanings = Dictionary(
            uniqueKeysWithValues: values.map { ($0.setting.name, $0.setting.meaning) })
        #expect(meanings["KAFKA_SASL_USERNAME"] == "librdkafka's property sasl.username")
        #expect(meanings["KAFKA_HEAP_OPTS"]?.contains("own scripts") == true)
        #expect(values.filter { $0.setting.name == "KAFKA_TOPIC" }.count == 1)
    }

    @Test(arguments: [
        "KAFKA_SASL_PASSWORD", "KAFKA_SSL_KEY_PASSWORD", "KAFKA_SSL_KEY_PEM",
        "KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET", "KAFKA_SASL_OAUTHBEARER_CONFIG",
        "KAFKA_SASL_JAAS_CONFIG", "KAFKA_SOME_TOKEN",
    ])
    func secretsOfKafkaAreNotShown(name: String) {
        let (values, mistakes) = Self.read([name: "geheim"])
        let found = values.first { $0.setting.name == name }
        #expect(found.map { $0.setting.shown($0.value) } == "***")
        #expect(!mistakes.joined().contains("geheim"))
    }

    @Test func thePlaceOfAKeyFileMayBeSeen() {
        let (values, _) = Self.read(["KAFKA_SSL_KEY_LOCATION": "/etc/key.pem"])
        #expect(values.last.map { $0.setting.shown($0.value) } == "/etc/key.pem")
    }

    @Test func passwordsAreNotShown() {
        let (values, mistakes) = Self.read(["DASHBOARD_URL": "http://u:secret@h:x"])
        let url = values.first { $0.setting.name == "DASHBOARD_URL" }
        #expect(url.map { $0.setting.shown($0.value) } == "http://***@h:x")
        #expect(mistakes.count == 1)
        #expect(!mistakes.joined().contains("secret"))
    }
}
