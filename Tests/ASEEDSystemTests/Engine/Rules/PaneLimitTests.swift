import Testing

@testable import ASEEDSystem

@Suite struct PaneLimitTests {
    /// More panes than a batch has room for: orders a millisecond apart in windows of a millisecond.
    private func rig() throws -> (rig: EngineRig, windows: [WindowSpec]) {
        let rig = try EngineRig(partitions: 2)
        for partition in 0..<2 {
            var text = ""
            for number in 0..<(PaneTable.maxRows + 100) {
                var order = TestOrder.at(Int64(number) * 1_000, id: "O\(number)")
                // The order that has no room any more is the first of its product and category.
                let isCut = number == PaneTable.maxRows
                order.product = isCut ? "Cut" : "P\(number % 3)"
                order.category = isCut ? "Cut" : "C\(partition)"
                text += order.text + "\n"
            }
            try rig.append(Array(text.utf8), to: partition)
        }
        return (rig, [try #require(WindowSpec(sizeMs: 1, slideMs: 1))])
    }

    @Test("a batch without room for further panes ends before the order that needs one")
    func cut() throws {
        let (rig, windows) = try rig()
        func settings(_ options: inout EngineOptions) {
            options.windows = windows
            options.workers = 2
        }
        // The partition that ends first is held back until its products are in the file.
        let engine = try rig.engine(settings)
        let ends = try engine.logEnds()
        #expect(try engine.runBatch(upTo: ends))
        #expect(
            try rig.rows("SELECT records FROM batches") == [
                "\(PaneTable.maxRows)", "\(PaneTable.maxRows)",
            ])
        // What is not counted is not known either.
        #expect(
            engine.state.groups.map { String(decoding: $0.key.id, as: UTF8.self) }.contains("Cut")
                == false)
        #expect(engine.state.categories.allSatisfy { $0.sums.count > 0 })
        let ids = try rig.rows("SELECT id FROM products ORDER BY id")
        #expect(ids == (0..<ids.count).map { "\($0)" })
        try rig.drain(engine)
        #expect(engine.state.profile.totals.count == Int64(2 * (PaneTable.maxRows + 100)))
        #expect(engine.state.groups.count == 7)
    }

    @Test("R49: a restart after such a batch changes nothing")
    func restart() throws {
        let (rig, windows) = try rig()
        func settings(_ options: inout EngineOptions) {
            options.windows = windows
            options.workers = 2
        }
        var ends: [Int64] = []
        do {
            let engine = try rig.engine(settings)
            ends = try engine.logEnds()
            // Partition 0 is cut with a new product; partition 1 then brings more.
            #expect(try engine.runBatch(upTo: ends))
        }
        let engine = try rig.engine(settings)
        while try engine.runBatch(upTo: ends) {}
        let again = try rig.engine {
            settings(&$0)
            $0.checkpointFolder = rig.folder.file("again")
            $0.maxOrdersPerTrigger = 50_000
        }
        try rig.drain(again)
        #expect(try engine.answer(top: nil) == again.answer(top: nil))
    }
}
