import Testing
@testable import Verifier

@Suite struct VerifierPassesTests {
    static let runs: [RunDescription] = [
        RunDescription(futureBound: RandomLog.futureBound),
        RunDescription(
            windows: [.init(sizeMs: 60_000, slideMs: 20_000, offsetMs: 7_000)],
            watermarkDelayMs: 90_000),
        RunDescription(
            windows: [.init(sizeMs: 300_000), .init(sizeMs: 60_000, slideMs: 45_000)],
            watermarkDelayMs: 0, topCount: nil),
        RunDescription(watermarkDelayMs: 120_000, policy: .batch),
        RunDescription(
            windows: [.init(sizeMs: 90_000, slideMs: 1_500, offsetMs: 500)],
            watermarkDelayMs: 61_500, policy: .batch, topCount: 3, recentCount: 5),
    ]

    @Test(
        "the verifier passes a right engine on any log, cut, window and policy", arguments: 0..<40)
    func passesTheNaiveEngine(seed: UInt64) throws {
        let run = Self.runs[Int(seed) % Self.runs.count]
        let scenario = Scenario(
            seed: seed, run: run, partitions: 1 + Int(seed) % 4, records: 50 + Int(seed) * 17,
            batches: 1 + Int(seed) % 9, restart: 2, invalidPercent: 8)
        let report = try scenario.verify()
        #expect(
            report.verdict == .passed,
            "seed \(seed): \(report.differences.prefix(3).map(\.description))")
        #expect(report.differenceCount == 0)
        #expect(report.counts == .init())
        #expect(report.checks.count == CheckName.allCases.count)
    }
}
