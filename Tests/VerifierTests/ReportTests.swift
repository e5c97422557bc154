import Foundation
import Testing

@testable import Verifier

@Suite struct ReportTests {
    @Test("the report is JSON that says what was found")
    func writesJSON() throws {
        let scenario = Scenario(
            seed: 3, run: RunDescription(), partitions: 2, records: 300, batches: 4,
            mutation: .skipsAnOrder)
        let report = try scenario.verify(VerifierOptions(maxDifferences: 2))
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any])
        #expect(object["verdict"] as? String == "wrong")
        #expect((object["checks"] as? [Any])?.count == 9)
        #expect((object["differences"] as? [Any])?.count == 2)
        #expect(object["difference_count"] as? Int == report.differenceCount)
        let counts = try #require(object["counts"] as? [String: Int])
        #expect(counts["lost_orders"] == 1)
        let first = try #require(object["first_difference"] as? [String: Any])
        #expect(first["class"] as? String == "lost")
        #expect(first["window_start"] is String)
        let conservation = try #require(object["conservation"] as? [String: Int])
        #expect(conservation["acknowledged"] == 300)
        #expect(
            conservation["consumed"] == (conservation["valid"] ?? 0)
                + (conservation["rejected"] ?? 0))
        #expect(
            try JSONSerialization.jsonObject(
                with: Data(report.differenceLines().split(separator: "\n")[0].utf8))
                is [String: Any])
        #expect(report.firstDifference?.description.contains("expected") == true)
    }

    @Test("differences over the limit are counted, not kept")
    func limitsDifferences() throws {
        let scenario = Scenario(
            seed: 4, run: RunDescription(), partitions: 2, records: 300, batches: 4,
            mutation: .doubleMoney)
        let report = try scenario.verify(VerifierOptions(maxDifferences: 3))
        #expect(report.differences.count == 3)
        #expect(report.differenceCount > 50)
        #expect(report.counts.mismatchedResults > 50)
    }

    @Test("two runs with other batches publish the same final results (C10)", arguments: 0..<4)
    func comparesRuns(seed: UInt64) throws {
        let run = RunDescription(watermarkDelayMs: 120_000)
        func published(_ batches: Int, _ mutation: Mutation?) -> [UInt8] {
            Scenario(
                seed: seed, run: run, partitions: 2, records: 300, batches: batches,
                mutation: mutation
            ).engine.published()
        }
        #expect(
            try Verifier.differencesBetween(published(3, nil), published(8, nil)) == [],
            "seed \(seed)")
        let different = try Verifier.differencesBetween(
            published(3, nil), published(8, .missingFinal))
        #expect(different.count == 1, "seed \(seed)")
        #expect(different.first?.contains("final window") == true)
        #expect(throws: VerifierError.self) {
            try Verifier.differencesBetween(Array("{".utf8), published(3, nil))
        }
    }
}
