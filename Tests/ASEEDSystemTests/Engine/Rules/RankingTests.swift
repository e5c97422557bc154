import Testing

@testable import ASEEDSystem

@Suite struct RankingTests {
    private func key(_ id: String, _ name: String, _ category: String) -> ProductKey {
        ProductKey(id: Array(id.utf8), name: Array(name.utf8), category: Array(category.utf8))
    }

    @Test("R26, R41: keys are equal and sort by the bytes of id, name, category")
    func keys() {
        let sorted = [
            key("A", "z", "z"), key("AB", "", "z"), key("AB", "a", ""), key("AB", "a", "b"),
            key("AB", "ab", "A"), key("B", "Z", "x"), key("B", "a", "x"), key("B", "é", "x"),
            key("a", "", ""),
        ]
        for (i, a) in sorted.enumerated() {
            for (j, b) in sorted.enumerated() {
                #expect((a < b) == (i < j), "\(i) \(j)")
                #expect((a == b) == (i == j))
            }
        }
        #expect(key("ab", "c", "d") != key("a", "bc", "d"))
        #expect(key("a", "bc", "d") != key("a", "b", "cd"))
        #expect(Array(key("ab", "cde", "f").id) == Array("ab".utf8))
        #expect(Array(key("ab", "cde", "f").name) == Array("cde".utf8))
        #expect(key("ab", "cde", "f").category == Array("f".utf8))
    }

    @Test("R41: count, then revenue, both descending, then the names ascending")
    func ties() throws {
        let rig = try EngineRig()
        try rig.append([
            TestOrder(product: "P3", price: "5"), TestOrder(product: "P3", price: "5"),
            TestOrder(product: "P9", price: "9"), TestOrder(product: "P2", name: "B", price: "7"),
            TestOrder(product: "P2", name: "A", category: "Y", price: "7"),
            TestOrder(product: "P2", name: "A", category: "X", price: "7"),
            TestOrder(product: "P1", price: "7"), TestOrder(product: "P10", price: "7"),
        ])
        let engine = try rig.engine()
        try rig.drain(engine)
        func names(_ top: Int?) throws -> [String] {
            let answer = try JSONParser.parse(try engine.answer(top: top))
            return try #require(answer["top_products"]?.elements).map {
                "\($0["product_id"]?.string ?? "")\($0["product_name"]?.string ?? "")"
                    + "\($0["category"]?.string ?? "")"
            }
        }
        let all = [
            "P3LampHome", "P9LampHome", "P1LampHome", "P10LampHome", "P2AX", "P2AY", "P2BHome",
        ]
        #expect(try names(nil) == all)
        #expect(try names(3) == Array(all.prefix(3)))
        #expect(try names(10) == all)
        #expect(try names(1_000) == all)
    }

    @Test("R41: categories by revenue descending, then by name")
    func categories() throws {
        let rig = try EngineRig()
        try rig.append([
            TestOrder(category: "b", price: "5"), TestOrder(category: "a", price: "5"),
            TestOrder(category: "c", price: "2"), TestOrder(category: "c", price: "3.0001"),
            TestOrder(category: "É", price: "5"),
        ])
        let answer = try rig.drained()
        let names = answer["categories"]?.elements?.map { $0["category"]?.string }
        #expect(names == ["C", "A", "B", "É"])
    }

    @Test("the kept top list is that of a full sort, after every batch", arguments: 1...12)
    func incremental(seed: UInt64) {
        var random = SeededRandom(seed)
        var state = EngineState(watermark: Watermark(policy: .record, delayUs: 0))
        for number in 0..<60 { _ = state.groupID(key("P\(number % 20)", "n\(number % 7)", "c")) }
        for _ in 0..<40 {
            var changed: [Int32] = []
            for _ in 0..<random.below(15) {
                let id = Int32(random.below(state.groups.count))
                state.groups[Int(id)].sums.count += Int64(random.below(3) + 1)
                state.groups[Int(id)].sums.revenue += Int128(random.below(3) + 1)
                changed.append(id)
            }
            state.updateTop(changed: changed, limit: 10)
            let expected = state.groups.indices.map { Int32($0) }
                .filter { state.groups[Int($0)].sums.count > 0 }.sorted(by: state.ranksBefore)
            #expect(state.top == Array(expected.prefix(10)), "seed \(seed)")
        }
    }

    @Test(
        "the latest 20 by event time, partition, position, over any batches", arguments: 1...8)
    func latest(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let rig = try EngineRig(partitions: 3)
        let engine = try rig.engine { $0.workers = 1 + Int(seed % 3) }
        var all: [(time: Int64, partition: Int, position: Int64, id: String)] = []
        var ends: [Int64] = [0, 0, 0]
        for batch in 0..<8 {
            for _ in 0..<random.below(40) {
                let partition = random.below(3)
                var order = TestOrder.at(Int64(random.below(30)), id: "ORD-\(batch)-\(all.count)")
                if random.below(6) == 0 { order.price = "-1" }
                if order.price != "-1" {
                    let time = try #require(TimeText.micros(order.time))
                    all.append((time, partition, ends[partition], order.id))
                }
                try rig.append([order], to: partition)
                ends[partition] += Int64(order.text.utf8.count + 1)
            }
            try engine.runBatch(upTo: ends)
            all.sort { ($0.time, $0.partition, $0.position) > ($1.time, $1.partition, $1.position) }
            let ids = engine.state.latest.map { String(decoding: $0.orderID, as: UTF8.self) }
            #expect(ids == all.prefix(20).map(\.id), "seed \(seed), batch \(batch)")
        }
        let kept = try rig.rows("SELECT order_id FROM latest_orders ORDER BY rank")
        #expect(kept == all.prefix(20).map(\.id))
    }
}
