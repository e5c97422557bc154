import Testing

@testable import ASEEDSystem

@Suite struct PaneLimitTests {
    /// An offset of a millisecond makes panes of a millisecond: partition 0 has orders in one pane
    /// more than a batch has room for, and the last one is the first of its product and category.
    private func rig() throws -> EngineRig {
        let rig = try EngineRig(partitions: 2)
        var text = ""
        for number in 0..<PaneTable.maxRows {
            text += TestOrder.at(Int64(number) * 1_000, category: "First").text + "\n"
        }
        var cut = TestOrder.at(Int64(PaneTable.maxRows) * 1_000, category: "Cut")
        cut.product = "CUT"
        try rig.append(Array("\(text)\(cut.text)\n".utf8), to: 0)
        // Read after it, in panes that the batch has.
        try rig.append(
            (0..<9).map { TestOrder(product: "P\($0 % 3)", time: TimeText.iso(TestOrder.base)) },
            to: 1)
        rig.options.windows = [
            try #require(WindowSpec(sizeMs: 60_000, slideMs: 60_000, offsetMs: 1))
        ]
        return rig
    }

    @Test("R45: a batch without room for further panes ends before the order that needs one")
    func cut() throws {
        let rig = try rig()
        let engine = try rig.engine()
        let ends = try engine.logEnds()
        #expect(try engine.runBatch(upTo: ends))
        #expect(try rig.rows("SELECT records FROM batches") == ["\(PaneTable.maxRows)", "9"])
        // What is not counted is not known either.
        #expect(engine.state.groups.allSatisfy { $0.sums.count > 0 })
        #expect(engine.state.categories.allSatisfy { $0.sums.count > 0 })
        #expect(try rig.drain(engine) == 1)
        #expect(engine.state.profile.totals.count == Int64(PaneTable.maxRows + 10))
    }

    @Test("R49: restarts around such a batch change nothing")
    func restarts() throws {
        let rig = try rig()
        let ends = try rig.engine().logEnds()
        while try rig.engine().runBatch(upTo: ends) {}
        let engine = try rig.engine()
        let counts = engine.state.groups.map {
            "\(String(decoding: $0.key.id, as: UTF8.self)) \($0.sums.count)"
        }
        #expect(
            counts.sorted() == ["CUT 1", "P0 3", "P1 3", "P2 3", "PROD-1 \(PaneTable.maxRows)"])
        let categories = engine.state.rankedCategories().map { engine.state.categories[$0] }
        #expect(categories.map { $0.sums.count } == [Int64(PaneTable.maxRows), 9, 1])
    }
}
