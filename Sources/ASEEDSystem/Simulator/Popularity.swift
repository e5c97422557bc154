internal import Glibc

/// How often each product is bought.
public enum Popularity: Equatable, Sendable {
    /// All alike.
    case uniform
    /// The product of rank r is bought `r^-exponent` times as often as the first.
    case zipf(exponent: Double)
    /// One product takes this share of all orders, the others are alike.
    case hot(share: Double)

    /// The weight of each of `count` products. Ranks are dealt out by the seed.
    func weights(count: Int, seed: UInt64) -> [Double] {
        var stream = RandomStream(seed: seed, name: "popularity")
        switch self {
        case .uniform:
            return Array(repeating: 1, count: count)
        case .zipf(let exponent):
            let ranks = (0..<count).shuffled(using: &stream)
            return ranks.map { pow(Double($0 + 1), -exponent) }
        case .hot(let share):
            let hot = Int(stream.below(UInt64(count)))
            let others = count > 1 ? (1 - share) / Double(count - 1) : 0
            return (0..<count).map { $0 == hot ? share : others }
        }
    }
}

/// Draws an index by weight in constant time. Source: Vose 1991 (the alias method).
struct AliasTable {
    struct Entry: BitwiseCopyable {
        /// The column itself is drawn when the coin is below this, else `other`.
        var threshold: UInt32
        var other: UInt32
    }

    let entries: [Entry]

    init(weights: [Double]) {
        let count = weights.count
        let mean = weights.reduce(0, +) / Double(count)
        var scaled = weights.map { $0 / mean }
        var entries = (0..<count).map { Entry(threshold: .max, other: UInt32($0)) }
        var small = scaled.indices.filter { scaled[$0] < 1 }
        var large = scaled.indices.filter { scaled[$0] >= 1 }
        while let poor = small.popLast(), let rich = large.popLast() {
            entries[poor] = Entry(
                threshold: UInt32(min(scaled[poor] * 0x1p32, 0x1p32 - 1)), other: UInt32(rich))
            scaled[rich] -= 1 - scaled[poor]
            if scaled[rich] < 1 { small.append(rich) } else { large.append(rich) }
        }
        self.entries = entries
    }
}
