import ASEEDSystem
import Foundation
import Testing

@testable import LoadGen

@Suite struct HistoryReaderTests {
    private func history() throws -> (folder: String, path: String) {
        let plan = LoadPlan(
            seed: 1, stages: [.init(name: "b", executor: .backlog(orders: 20_000, eventRate: 1))])
        let folder = try TestLoads.folder()
        let log = try FileLog.create(at: folder + "/log", partitions: 3)
        let history = try HistoryWriter(path: folder + "/history", plan: plan)
        let runner = try LoadRunner(
            plan: plan, log: log, history: history, clock: SimulatedClock())
        try runner.run(stage: 0) { _, _, _ in }
        return (folder, folder + "/history")
    }

    private func count(_ path: String) throws -> (entries: Int, isTorn: Bool) {
        let reader = try HistoryReader(path: path)
        var entries = 0
        try reader.forEach { _ in entries += 1 }
        return (entries, reader.isTorn)
    }

    @Test("a history cut anywhere by a crash is read up to its last whole block")
    func tornHistory() throws {
        let (folder, path) = try history()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(try count(path) == (20_000, false))
        // Two bytes an order, and little more.
        #expect(whole.count < 20_000 * 3)
        var previous = 20_000
        for cut in stride(from: whole.count - 1, to: 32, by: -997) {
            try whole.prefix(cut).write(to: URL(fileURLWithPath: path))
            let (entries, isTorn) = try count(path)
            #expect(isTorn && entries < 20_000 && entries <= previous)
            previous = entries
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("what is no history says so")
    func malformed() throws {
        let (folder, path) = try history()
        var whole = try Data(contentsOf: URL(fileURLWithPath: path))
        whole[32] ^= 1
        try whole.write(to: URL(fileURLWithPath: path))
        #expect(throws: HistoryReader.Failure.self) { try count(path) }
        try Data("no history".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: HistoryReader.Failure.self) { try HistoryReader(path: path) }
        #expect(throws: HistoryReader.Failure.self) { try HistoryReader(path: folder + "/none") }
        try FileManager.default.removeItem(atPath: folder)
    }
}
