import Testing

@testable import Lab

@Suite struct AggregateTests {
    static func samples(_ values: [Double], everyNs: Int64 = 1_000_000_000) -> [MetricStore.Sample]
    {
        values.enumerated().map { index, value in
            .init(timeNs: Int64(index) * everyNs, value: value, weight: 1, tags: [:])
        }
    }

    @Test(arguments: [
        (Threshold.Aggregation.count, 4.0), (.sum, 10), (.avg, 2.5), (.min, 1), (.max, 4),
        (.med, 2.5), (.last, 2),
    ])
    func aggregatesATrend(aggregation: Threshold.Aggregation, expected: Double) {
        let result = Aggregate.of(
            Self.samples([4, 1, 3, 2]), aggregation, kind: .trend, seconds: 1)
        #expect(result == .value(expected, samples: 4))
    }

    @Test func weightsCountAsThatManySamples() {
        let buckets: [MetricStore.Sample] = [
            .init(timeNs: 0, value: 1, weight: 990, tags: [:]),
            .init(timeNs: 0, value: 50, weight: 10, tags: [:]),
        ]
        #expect(Quantile.nearestRank(buckets, percent: 99) == 1)
        #expect(Quantile.nearestRank(buckets, percent: 99.1) == 50)
        #expect(Quantile.median(buckets) == 1)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func percentilesEqualTheSortedDefinition(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let values = (0..<Int.random(in: 1...300, using: &random)).map { _ in
                Double(Int.random(in: 0...50, using: &random))
            }
            let permille = Int.random(in: 1...999, using: &random)
            let rank = (permille * values.count + 999) / 1_000
            let expected = values.sorted()[max(0, rank - 1)]
            let found = Quantile.nearestRank(
                Self.samples(values), percent: Double(permille) / 10)
            #expect(found == expected, "seed \(seed), p(\(permille)/10) of \(values)")
        }
    }

    @Test func theSlopeIgnoresOutliers() throws {
        var values = (0..<50).map { 3 * Double($0) }
        values[10] = 1e9
        values[40] = -1e9
        let slope = try #require(TheilSen.slopePerSecond(Self.samples(values)))
        #expect(abs(slope - 3) < 0.2)
        #expect(TheilSen.slopePerSecond(Self.samples([5])) == nil)
        #expect(TheilSen.slopePerSecond(Self.samples([5, 6], everyNs: 0)) == nil)
    }

    @Test func manyPointsAreThinned() throws {
        let samples = Self.samples((0..<20_000).map { Double($0) / 2 })
        #expect(try #require(TheilSen.slopePerSecond(samples)) == 0.5)
    }
}
