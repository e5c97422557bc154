import Testing

@testable import ASEEDSystem

@Suite struct ManyWindowsTests {
    @Test("more open windows than one message takes reach the dashboard in parts")
    func reachTheDashboardInParts() throws {
        let rig = try EngineRig()
        rig.options.watermarkDelayMs = 3 * 3_600_000
        let orders = (0..<6_000).map { number in
            let minute = number / 60
            return TestOrder(
                id: "ORD-\(number)", category: "Category \(number % 60)",
                time: "2024-01-15T\(14 + minute / 60):\(10 + minute % 50):00")
        }
        try rig.append(orders)
        let engine = try rig.engine()
        let sink = RecordingSink()
        engine.publish(to: sink)
        try rig.drain(engine)
        let offered = try #require(
            sink.takeOffered().last { $0.query == .categoryWindows && $0.mode == .update })
        let windows = Set(orders.map { "\($0.time) \($0.category)" }).count
        #expect(offered.furtherParts.count == (windows - 1) / ResultMessages.maxWindowRows)
        #expect(!offered.furtherParts.isEmpty)

        let fixture = try DashboardFixture()
        let publisher = try Publisher(
            configuration: .init(
                baseURL: fixture.server.url, token: DashboardFixture.token, runID: engine.runID,
                epoch: engine.epoch), finals: engine.outbox)
        publisher.offer(offered)
        #expect(publisher.drain(deadlineNs: deadline(inMs: 30_000)))
        let open = try fixture.published(engine.runID)["windows"]?["open"]?.elements
        #expect(open?.count == windows)
    }

    @Test func ordersCarryTheEnginesProgress() throws {
        let rig = try EngineRig()
        rig.options.maxOrdersPerTrigger = 3
        try rig.append((0..<4).map { TestOrder(id: "ORD-\($0)") })
        let engine = try rig.engine()
        let sink = RecordingSink()
        engine.publish(to: sink)
        _ = try engine.runBatch(upTo: try engine.logEnds())
        let offered = try #require(sink.takeOffered().last { $0.query == .rawOrders })
        let progress = try JSONParser.parse(offered.body)["progress"]
        #expect(progress?["batch_id"]?.integer == 0)
        #expect(progress?["input_records"]?.integer == 3)
        #expect(progress?["backlog"]?.integer == Int64(TestOrder(id: "ORD-3").text.utf8.count + 1))
        #expect(progress?["backlog_unit"]?.string == "bytes")
        #expect(progress?["latest_event_time"]?.string == "2024-01-15T14:30:00.000000Z")
        #expect((progress?["batch_duration_ms"]?.double ?? -1) >= 0)
    }
}
