import Testing

@testable import ASEEDSystem

@Suite struct DashboardStateTests {
    private var state = DashboardState(instanceID: "i")

    @discardableResult
    private mutating func receive(
        _ query: QueryName, _ body: [UInt8]
    ) throws -> DashboardState.Verdict {
        let message = try MessageParser.parse(body, query: query)
        return state.receive(message, nowNs: 1_000).verdict
    }

    private func run() throws -> RunState { try #require(state.runs["run-1"]) }

    @Test("R62: a snapshot is taken iff (epoch, batch) is higher")
    mutating func takesOnlyNewerSnapshots() throws {
        #expect(try receive(.topProducts, Body.topProducts(epoch: 2, batch: 5)) == .accepted)
        #expect(try receive(.topProducts, Body.topProducts(epoch: 2, batch: 5)) == .stale)
        #expect(try receive(.topProducts, Body.topProducts(epoch: 2, batch: 4)) == .stale)
        #expect(try receive(.topProducts, Body.topProducts(epoch: 2, batch: 6)) == .accepted)
        #expect(try receive(.topProducts, Body.topProducts(epoch: 3, batch: 0)) == .accepted)
        #expect(try run().counters.stale == 2)
        #expect(try run().snapshots[.topProducts]?.version == Version(epoch: 3, batchID: 0))
    }

    @Test("R62: queries and runs are judged apart")
    mutating func judgesQueriesAndRunsApart() throws {
        try receive(.topProducts, Body.topProducts(batch: 5))
        #expect(try receive(.categories, Body.categories(batch: 0)) == .accepted)
        #expect(try receive(.topProducts, Body.topProducts(run: "run-2", batch: 0)) == .accepted)
        #expect(state.newestRun?.id == "run-2")
    }

    @Test("R61: an epoch below the highest seen is fenced, in every run")
    mutating func fencesLowerEpochs() throws {
        try receive(.topProducts, Body.topProducts(epoch: 7, batch: 1))
        let before = try run()
        #expect(try receive(.topProducts, Body.topProducts(epoch: 6, batch: 9)) == .fenced)
        #expect(try receive(.categories, Body.categories(run: "run-2", epoch: 6)) == .fenced)
        #expect(state.epoch == 7)
        #expect(state.runs["run-2"] == nil)
        #expect(try run().counters.fenced == 1)
        #expect(try run().acceptances == before.acceptances)
    }

    @Test("R63: the same final value again is taken, however it is written")
    mutating func takesEqualFinalsAgain() throws {
        let first = Body.finals([Body.window(0, revenue: "299.9900", final: true)], batch: 3)
        #expect(try receive(.categoryWindows, first) == .accepted)
        let again = Body.finals([Body.window(0, revenue: "2.9999e2", final: true)], epoch: 2)
        #expect(try receive(.categoryWindows, again) == .accepted)
        #expect(try run().finals.count == 1)
        #expect(try run().finals.values.first?.batchID == 3)
    }

    @Test("R63: another final value is a conflict and changes nothing")
    mutating func refusesOtherFinals() throws {
        try receive(.categoryWindows, Body.finals([Body.window(0, final: true)]))
        let rows = [
            Body.window(1, final: true), Body.window(0, revenue: "299.9901", final: true),
        ]
        guard
            case .conflict(let reason) = try receive(.categoryWindows, Body.finals(rows, batch: 1))
        else {
            Issue.record("no conflict")
            return
        }
        #expect(reason.contains("299.9900") && reason.contains("299.9901"))
        #expect(try run().finals.count == 1)
        #expect(try run().counters.conflicts == 1)
        #expect(try run().acceptances.count == 1)
    }

    @Test("R63: a final window closes the open row of its window and category only")
    mutating func finalsReplaceOpenRows() throws {
        let rows = [
            Body.window(0, final: false), Body.window(0, "Books", final: false),
            Body.window(1, final: false),
        ]
        try receive(.categoryWindows, Body.open(rows, full: true))
        try receive(.categoryWindows, Body.finals([Body.window(0, final: true)]))
        #expect(try run().open.count == 2)
        // An older message about a window that is final by now does not open it again.
        try receive(
            .categoryWindows, Body.open([Body.window(0, final: false)], full: false, batch: 1))
        #expect(try run().open.count == 2)
        try receive(
            .categoryWindows, Body.open([Body.window(0, final: false)], full: true, batch: 2))
        #expect(try run().open.isEmpty)
    }

    @Test("R62: a delta is merged, a full message replaces")
    mutating func mergesDeltas() throws {
        let first = [Body.window(0, orders: 1, final: false), Body.window(1, final: false)]
        try receive(.categoryWindows, Body.open(first, full: true))
        try receive(
            .categoryWindows,
            Body.open([Body.window(0, orders: 5, final: false)], full: false, batch: 1))
        #expect(try run().open.count == 2)
        #expect(try run().open.values.contains { $0.values.first == ExactNumber.canonical("5") })
        try receive(
            .categoryWindows, Body.open([Body.window(2, final: false)], full: true, batch: 2))
        #expect(try run().open.count == 1)
    }

    @Test("R64: a delta with nothing to add to asks for a full message")
    mutating func asksForFullMessage() throws {
        let delta = Body.open([Body.window(0, final: false)], full: false, batch: 4)
        #expect(try receive(.categoryWindows, delta) == .incomplete)
        #expect(state.runs["run-1"] == nil)
        try receive(.categoryWindows, Body.open([], full: true, batch: 4))
        #expect(try receive(.categoryWindows, delta) == .stale)
    }

    @Test("categories are told apart by their bytes (R26)")
    mutating func comparesCategoriesByBytes() throws {
        // The same letter, composed and decomposed: equal as Swift strings.
        let rows = [
            Body.window(0, "Caf\u{e9}", final: true), Body.window(0, "Cafe\u{301}", final: true),
        ]
        #expect(try receive(.categoryWindows, Body.finals(rows)) == .accepted)
        #expect(try run().finals.count == 2)
    }

    @Test func keepsABoundedNumberOfRuns() throws {
        let limits = DashboardState.Limits(runs: 3, finalsPerRun: 10, acceptancesPerRun: 10)
        var state = DashboardState(instanceID: "i", limits: limits)
        for index in 0..<5 {
            let body = Body.topProducts(run: "run-\(index)")
            _ = state.receive(try MessageParser.parse(body, query: .topProducts), nowNs: 1)
        }
        #expect(state.runs.keys.sorted() == ["run-2", "run-3", "run-4"])
    }

    @Test func keepsTheLatestFinalsAndAcceptances() throws {
        let limits = DashboardState.Limits(runs: 3, finalsPerRun: 10, acceptancesPerRun: 10)
        var state = DashboardState(instanceID: "i", limits: limits)
        for index in 0..<50 {
            let body = Body.finals([Body.window(index, final: true)], batch: Int64(index))
            _ = state.receive(try MessageParser.parse(body, query: .categoryWindows), nowNs: 1)
        }
        let run = try #require(state.runs["run-1"])
        #expect(run.finals.count <= 11)
        #expect(run.finals.count + Int(run.counters.finalsDropped) == 50)
        #expect(run.finals.keys.max()?.start == Body.time(49))
        #expect(run.acceptances.count + Int(run.counters.acceptancesDropped) == 50)
        #expect(run.acceptances.last?.version.batchID == 49)
    }
}
