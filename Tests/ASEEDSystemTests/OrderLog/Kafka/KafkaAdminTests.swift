import Testing

@testable import ASEEDSystem

@Suite(.enabled(if: TestBroker.areThere, TestBroker.missing))
struct KafkaAdminTests {
    @Test(arguments: TestBroker.Kind.allCases)
    func makesDescribesAndDeletesATopic(_ kind: TestBroker.Kind) throws {
        let broker = try TestBroker(kind)
        let admin = try KafkaAdmin(broker.settings(topic: "orders"))
        #expect(try admin.topic() == nil)
        #expect(try admin.createTopic(partitions: 3))
        let made = try #require(try admin.topic())
        print("TOPIC", kind, made, try admin.brokers())
        #expect(made.partitions == 3)
        #expect(made.isReady)
        #expect(try !admin.createTopic(partitions: 3))
        let error = #expect(throws: LogError.self) { try admin.createTopic(partitions: 4) }
        #expect("\(try #require(error))".contains("has 3 partitions, not 4"))
        try admin.deleteTopic()
        #expect(try admin.topic() == nil)
        try admin.deleteTopic()
    }

    @Test func saysThatNoBrokerAnswers() throws {
        let settings = KafkaSettings(
            address: try KafkaAddress(brokers: "127.0.0.1:1", topic: "orders"))
        let admin = try KafkaAdmin(settings)
        let error = #expect(throws: LogError.self) { try admin.topic(timeoutMs: 300) }
        let text = "\(try #require(error))"
        #expect(text.contains("no answer from 127.0.0.1:1 in 300 ms"))
        #expect(text.contains("onnection refused") || text.contains("onnect"))
    }
}
