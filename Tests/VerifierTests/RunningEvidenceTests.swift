import Testing

@testable import Verifier

/// The evidence of a system that goes on: results taken first, then a batch log that is ahead.
@Suite struct RunningEvidenceTests {
    private static let options = VerifierOptions(
        checks: Set(CheckName.allCases).subtracting([.producer]), isRunning: true)

    /// The results after an early batch, the batch log and the log as they are later.
    private func running(
        _ seed: UInt64, shownBatch: Int, underWay: Int = 0, mutation: Mutation? = nil
    ) -> Evidence {
        let scenario = Scenario(
            seed: seed, run: RunDescription(watermarkDelayMs: 60_000), batches: 9,
            mutation: mutation)
        var evidence = scenario.evidence
        evidence.published = scenario.engine.snapshots[shownBatch].published(underWay: underWay)
        evidence.history = nil
        return evidence
    }

    @Test(
        "what was published is proved, whatever came after it",
        arguments: 1...3 as ClosedRange<UInt64>)
    func provesWhatWasPublished(seed: UInt64) throws {
        for shown in 0..<9 {
            var evidence = running(seed, shownBatch: shown)
            let all = try #require(evidence.batches)
            let cut = evidence.cutAtPublished()
            let extent = try #require(cut)
            #expect(extent.newestBatch == Int64(shown))
            #expect(extent.coveredBatch == Int64(shown))
            #expect(
                extent.coveredRecords
                    == all.filter { $0.batchID <= shown }.reduce(0) { $0 + $1.records })
            let report = try Verifier.verify(evidence, options: Self.options)
            #expect(report.verdict == .passed, "seed \(seed): \(report.differences)")
            #expect(report.conservation.inLog == extent.coveredRecords)
        }
    }

    @Test("final windows on their way are no difference, and no gap while the run goes on (R63)")
    func allowsFinalsOnTheirWay() throws {
        var checked = 0
        for seed in 1...8 as ClosedRange<UInt64> {
            var evidence = running(seed, shownBatch: 7, underWay: 2)
            let shown = try PublishedResults(try #require(evidence.published))
            guard shown.windows?["final"]?.elements?.isEmpty == false else { continue }
            checked += 1
            _ = evidence.cutAtPublished()
            let report = try Verifier.verify(evidence, options: Self.options)
            #expect(report.verdict == .passed, "seed \(seed): \(report.differences)")
            var options = Self.options
            options.isRunning = false
            #expect(try Verifier.verify(evidence, options: options).verdict == .incomplete)
        }
        #expect(checked > 2)
    }

    @Test(
        "a planted difference is found while the run goes on",
        arguments: [
            Mutation.wrongAverage, .wrongHour, .wrongTopOrder, .wrongLatestOrder, .doubleMoney,
            .skipsAnOrder, .losesReject,
        ])
    func findsDifferences(mutation: Mutation) throws {
        var evidence = running(3, shownBatch: 6, mutation: mutation)
        _ = evidence.cutAtPublished()
        let report = try Verifier.verify(evidence, options: Self.options)
        #expect(report.verdict == .wrong)
    }

    @Test("nothing published leaves the evidence as it was")
    func leavesEvidence() throws {
        for text in ["", "{}", "{\"queries\":{},\"windows\":null}", "no JSON"] {
            var evidence = running(5, shownBatch: 2)
            evidence.published = Array(text.utf8)
            #expect(evidence.cutAtPublished() == nil)
            #expect(evidence.batches?.last?.batchID == 8)
        }
        var partial = running(5, shownBatch: 2)
        partial.published = Array("{\"queries\":{\"categories\":{\"batch_id\":1}}}".utf8)
        let cut = partial.cutAtPublished()
        let extent = try #require(cut)
        #expect(extent == PublishedExtent(newestBatch: 1, coveredBatch: nil, coveredRecords: 0))
    }
}
