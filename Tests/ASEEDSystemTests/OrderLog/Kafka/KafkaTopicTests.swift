import Testing

@testable import ASEEDSystem

@Suite struct KafkaTopicTests {
    private static func topic(_ id: String?, _ cluster: String?) -> KafkaTopic {
        KafkaTopic(name: "orders", id: id, clusterID: cluster, partitions: 1, isReady: true)
    }

    @Test func onlyWhatBothKnowTellsTopicsApart() {
        let known = Self.topic("a", "one")
        #expect(!known.isOther(than: known))
        #expect(Self.topic("b", "one").isOther(than: known))
        #expect(Self.topic("a", "two").isOther(than: known))
        #expect(Self.topic(nil, "two").isOther(than: known))
        for half in [Self.topic(nil, "one"), Self.topic("a", nil), Self.topic(nil, nil)] {
            #expect(!half.isOther(than: known) && !known.isOther(than: half))
        }
    }

    @Test func theIdentityHasTheIDsThatThereAre() {
        #expect(Self.topic("a", "one").identity == "kafka:one:id=a")
        #expect(Self.topic(nil, nil).identity == "kafka:-:name=orders")
    }
}

@Suite(.enabled(if: TestBroker.areThere, TestBroker.missing))
struct KafkaConsumerTests {
    @Test(arguments: TestBroker.Kind.allCases)
    func anEndThatWasMetIsNotTheEndForEver(_ kind: TestBroker.Kind) throws {
        let broker = try TestBroker(kind)
        let settings = try broker.settings(topic: "orders")
        try KafkaAdmin(settings).createTopic(partitions: 1)
        let producer = try TestProducer(settings)
        try producer.append(["a"])
        let reader = try KafkaConsumer(settings)
        var found: [Int64] = []
        func read(_ range: Range<Int64>) throws {
            try reader.forEachRecord(in: 0, range: range) { found.append($0.offset) }
        }
        try read(0..<1)
        #expect(try reader.endOffset(of: 0, from: 1) == 1)
        try read(1..<2)
        #expect(found == [0])
        try producer.append(["b"])
        #expect(
            eventually {
                guard found.count < 2 else { return true }
                return (try? read(1..<2)) != nil && found.count == 2
            })
        #expect(found == [0, 1])
    }
}
