import Testing

@testable import Verifier

@Suite struct ProducerCheckTests {
    private func scenario(_ seed: UInt64 = 7) -> Scenario {
        Scenario(seed: seed, run: RunDescription(), partitions: 2, records: 120, batches: 3)
    }

    private func report(_ scenario: Scenario, _ history: MemoryHistory) throws -> VerificationReport
    {
        var evidence = scenario.evidence
        evidence.history = history
        return try Verifier.verify(evidence)
    }

    private func producerFaults(_ report: VerificationReport) -> [FaultClass] {
        report.differences.filter { $0.check == .producer }.map(\.faultClass)
    }

    @Test("an acknowledged order that is not in the log is lost (C8)")
    func findsLostOrders() throws {
        let scenario = scenario()
        var history = scenario.log.history
        history.entries.append(
            .init(orderID: Array("ORD-gone".utf8), partition: 1, position: 1_000_000))
        let report = try report(scenario, history)
        #expect(producerFaults(report) == [.producerLost])
        #expect(report.counts.lostOrders == 1)
        #expect(report.verdict == .wrong)
        #expect(report.firstDifference?.key == "order ORD-gone")
    }

    @Test("another order at an acknowledged position is a loss (C8)")
    func findsReplacedOrders() throws {
        let scenario = scenario()
        var history = scenario.log.history
        let index = try #require(history.entries.firstIndex { !$0.isInvalid })
        history.entries[index].orderID = Array("ORD-other".utf8)
        #expect(producerFaults(try report(scenario, history)).contains(.producerLost))
    }

    @Test("a record that the history does not know, or calls failed, is a fault (C8)")
    func findsUnknownRecords() throws {
        let scenario = scenario()
        var unknown = scenario.log.history
        let index = try #require(unknown.entries.firstIndex { !$0.isInvalid })
        unknown.entries.remove(at: index)
        #expect(producerFaults(try report(scenario, unknown)) == [.producerUnknown])

        var failed = scenario.log.history
        failed.entries[index].outcome = .failed
        let report = try report(scenario, failed)
        #expect(producerFaults(report) == [.producerUnknown])
        #expect(report.firstDifference?.story.contains("reported failed") == true)
    }

    @Test("an append of unknown outcome may be in the log or not (R7)")
    func acceptsUnknownOutcomes() throws {
        let scenario = scenario()
        var history = scenario.log.history
        let index = try #require(history.entries.firstIndex { !$0.isInvalid })
        history.entries[index].outcome = .unknown
        history.entries.append(
            .init(orderID: Array("ORD-x".utf8), partition: 0, position: 0, outcome: .unknown))
        history.entries.append(
            .init(orderID: Array("ORD-y".utf8), partition: 0, position: 0, outcome: .failed))
        #expect(try report(scenario, history).verdict == .passed)
    }

    @Test("a repeated order is a fault unless it was declared (R6, C8)", arguments: [true, false])
    func judgesDuplicates(isDeclared: Bool) throws {
        var scenario = scenario()
        var copy = try #require(scenario.log.partitions[0].first { $0.order != nil })
        let last = try #require(scenario.log.partitions[1].last)
        copy.partition = 1
        copy.position = last.next
        copy.isDuplicate = isDeclared
        scenario.log.partitions[1].append(copy)
        // One more batch takes it.
        scenario.engine.take([[], [copy]])
        let report = try scenario.verify()
        if isDeclared {
            #expect(report.verdict == .passed, "\(report.differences)")
            #expect(report.counts.declaredDuplicates == 1)
            #expect(report.counts.doubledOrders == 0)
        } else {
            #expect(producerFaults(report) == [.producerDuplicate])
            #expect(report.counts.doubledOrders == 1)
        }
    }

    @Test("two acknowledgements of one position are a fault (C8)")
    func findsSharedPositions() throws {
        let scenario = scenario()
        var history = scenario.log.history
        history.entries.append(try #require(history.entries.first { !$0.isInvalid }))
        #expect(producerFaults(try report(scenario, history)) == [.producerLost])
    }

    @Test("entries in any order are matched (C8)", arguments: 0..<5)
    func matchesInAnyOrder(seed: UInt64) throws {
        let scenario = scenario(seed)
        var history = scenario.log.history
        var random = SeededRandom(seed: seed)
        history.entries.shuffle(using: &random)
        #expect(try report(scenario, history).verdict == .passed, "seed \(seed)")
    }

    @Test("acknowledged orders without a position are found by their ids (C8)", arguments: 0..<5)
    func findsOrdersWithoutPositions(seed: UInt64) throws {
        let scenario = scenario(seed)
        var history = scenario.log.history
        // Every third one, invalid records among them.
        for index in history.entries.indices where index % 3 == 0 {
            history.entries[index].position = -1
        }
        #expect(history.entries.contains { $0.isInvalid && $0.position < 0 })
        #expect(try report(scenario, history).verdict == .passed, "seed \(seed)")
        for index in history.entries.indices { history.entries[index].position = -1 }
        #expect(try report(scenario, history).verdict == .passed, "seed \(seed)")
    }

    @Test("an acknowledged order without a position that the log does not hold is lost (C8)")
    func findsLostOrdersWithoutPositions() throws {
        let scenario = scenario()
        var history = scenario.log.history
        history.entries.append(
            .init(orderID: Array("ORD-gone".utf8), partition: 1, position: -1))
        let report = try report(scenario, history)
        #expect(producerFaults(report) == [.producerLost])
        #expect(report.counts.lostOrders == 1)
        #expect(report.firstDifference?.key == "order ORD-gone")

        // A record that another entry names is not found a second time.
        var twice = scenario.log.history
        var again = try #require(twice.entries.first { !$0.isInvalid })
        again.position = -1
        twice.entries.append(again)
        #expect(producerFaults(try self.report(scenario, twice)) == [.producerLost])
    }
}
