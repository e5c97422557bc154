import Testing

@testable import ASEEDSystem

@Suite struct DashboardStoreTests {
    private func published(_ state: DashboardState) -> [String] {
        state.runs.keys.sorted().compactMap { id in
            state.runs[id].map {
                String(
                    decoding: DashboardViews.published(state, runID: id, $0), as: UTF8.self)
            }
        }
    }

    /// Any sequence of messages leaves in the file what it leaves in memory.
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func fileEqualsMemory(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/d.sqlite"
        let limits = DashboardState.Limits(runs: 2, finalsPerRun: 10, acceptancesPerRun: 20)
        var random = SeededRandom(seed)
        var state = DashboardState(instanceID: "i", limits: limits)
        var store = try DashboardStore(path: path)
        var verdicts: Set<String> = []
        for step in 0..<100 {
            let (query, body) = randomMessage(&random, step)
            let message = try MessageParser.parse(body, query: query)
            let (verdict, changes) = state.receive(message, nowNs: Int64(step))
            verdicts.insert(String("\(verdict)".prefix { $0 != "(" }))
            try store.save(changes)
            guard step % 25 == 24 else { continue }
            store = try DashboardStore(path: path)
            let loaded = try store.load(instanceID: "i", limits: limits)
            #expect(published(loaded) == published(state), "seed \(seed), step \(step)")
            #expect(loaded.epoch == state.epoch, "seed \(seed)")
            #expect(loaded.recency.last == state.recency.last, "seed \(seed)")
            state = loaded
        }
        #expect(verdicts.contains("accepted") && verdicts.contains("stale"), "seed \(seed)")
    }

    private func randomMessage(_ random: inout SeededRandom, _ step: Int) -> (QueryName, [UInt8]) {
        let run = "run-\(random.below(4) == 0 ? random.below(4) : 1)"
        let epoch = Int64(1 + step / 40) - (random.below(12) == 0 && step > 40 ? 1 : 0)
        let batch = Int64(max(0, step - random.below(3)))
        let minute = random.below(40)
        // A few values, so that equal and different finals both occur.
        let orders = random.below(12) == 0 ? 2 : 1
        switch random.below(6) {
        case 0: return (.topProducts, Body.topProducts(run: run, epoch: epoch, batch: batch))
        case 1: return (.categories, Body.categories(run: run, epoch: epoch, batch: batch))
        case 2: return (.rawOrders, Body.rawOrders(run: run, epoch: epoch, batch: batch))
        case 3:
            let rows = (0..<random.below(4)).map {
                Body.window(minute + $0, orders: orders, final: true)
            }
            return (.categoryWindows, Body.finals(rows, run: run, epoch: epoch, batch: batch))
        default:
            let rows = (0..<random.below(4)).map {
                Body.window(minute + $0, "Books", orders: orders, final: false)
            }
            let full = random.below(3) == 0
            return (
                .categoryWindows,
                Body.open(rows, full: full, run: run, epoch: epoch, batch: batch)
            )
        }
    }

    @Test func refusesAForeignFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/d.sqlite"
        let other = try DashboardStore(path: folder.path + "/other.sqlite")
        try other.save([.epoch(1)])
        try #require(StandardFile.write(path, Array("no database at all, not even close".utf8)))
        #expect(throws: DashboardError.self) { try DashboardStore(path: path) }
    }

    @Test func secondDashboardOnOneFolderIsRefusedWithItsHolder() throws {
        let folder = try TemporaryFolder()
        let first = try DataFolder(path: folder.path)
        #expect {
            try DataFolder(path: folder.path)
        } throws: { error in
            guard case .dataInUse(_, let holder) = error as? DashboardError else { return false }
            return holder?.contains("process ") == true
        }
        withExtendedLifetime(first) {}
    }

    @Test func tokenFileIsPrivateAndStable() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/token"
        let token = try TokenFile.readOrMake(path)
        #expect(token.utf8.count == 64)
        #expect(try TokenFile.readOrMake(path) == token)
        #expect(StandardFile.mode(path) == 0o600)
        StandardFile.setMode(path, 0o644)
        #expect(throws: DashboardError.self) { try TokenFile.readOrMake(path) }
    }
}
