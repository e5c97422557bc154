import Testing

@testable import ASEEDSystem

@Suite struct PopularityTests {
    /// The probability that the table gives to each index, computed from its entries.
    private func probabilities(_ table: AliasTable) -> [Double] {
        var result = [Double](repeating: 0, count: table.entries.count)
        for (column, entry) in table.entries.enumerated() {
            let own = Double(entry.threshold) / 0x1p32
            result[column] += own / Double(result.count)
            result[Int(entry.other)] += (1 - own) / Double(result.count)
        }
        return result
    }

    @Test(
        "the table draws each product with its weight",
        arguments: [
            Popularity.uniform, .zipf(exponent: 1.1), .zipf(exponent: 0), .hot(share: 0.8),
            .hot(share: 1),
        ])
    func drawsByWeight(_ popularity: Popularity) {
        for count in [1, 2, 7, 1_000] {
            let weights = popularity.weights(count: count, seed: 42)
            let total = weights.reduce(0, +)
            for (weight, drawn) in zip(weights, probabilities(AliasTable(weights: weights))) {
                #expect(abs(weight / total - drawn) < 1e-8)
            }
        }
    }

    @Test("hot: one product takes its share")
    func hotShare() {
        let weights = Popularity.hot(share: 0.8).weights(count: 100, seed: 1)
        #expect(weights.filter { $0 > 0.5 } == [0.8])
        #expect(abs(weights.reduce(0, +) - 1) < 1e-9)
    }

    @Test("zipf: the first rank is 2^exponent times as popular as the second")
    func zipfRatio() {
        let sorted = Popularity.zipf(exponent: 2).weights(count: 50, seed: 3).sorted(by: >)
        #expect(abs(sorted[0] / sorted[1] - 4) < 1e-9)
    }
}
