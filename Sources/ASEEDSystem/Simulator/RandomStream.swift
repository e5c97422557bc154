/// SplitMix64: turns one number into well-mixed ones. Source: Steele, Lea, Flood 2014.
public struct SplitMix64: Sendable {
    private var state: UInt64

    /// Starts at a seed; any value is a good one.
    public init(_ seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// A seeded stream of random numbers: xoshiro256**. Source: Blackman, Vigna 2018.
///
/// Every use draws from a stream of its own, derived from the run's seed by the use's name, so that
/// one use more does not change what the others draw.
public struct RandomStream: RandomNumberGenerator, Sendable {
    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    /// Starts at a state, not all of it 0.
    init(state: (UInt64, UInt64, UInt64, UInt64)) { (s0, s1, s2, s3) = state }

    /// Starts the stream of that name.
    public init(seed: UInt64, name: String) {
        // FNV-1a of the name, mixed with the mixed seed.
        let hash = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        var seeds = SplitMix64(seed)
        var state = SplitMix64(seeds.next() ^ hash)
        s0 = state.next()
        s1 = state.next()
        s2 = state.next()
        s3 = state.next()
    }

    /// The next 64 random bits.
    @inline(__always)
    public mutating func next() -> UInt64 {
        let scrambled = s1 &* 5
        let result = ((scrambled << 7) | (scrambled >> 57)) &* 9
        let shifted = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = (s3 << 45) | (s3 >> 19)
        return result
    }

    /// A number in `0 ..< bound`; the bias is below `bound / 2^64`.
    @inline(__always)
    public mutating func below(_ bound: UInt64) -> UInt64 {
        next().multipliedFullWidth(by: bound).high
    }

    /// A number in `(0, 1]`, fit for a logarithm.
    public mutating func unit() -> Double {
        Double((next() >> 11) + 1) * 0x1p-53
    }

    /// An index of `weights`, drawn by weight; the weights are not all 0.
    public mutating func index(weights: [Double]) -> Int {
        var rest = unit() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest <= 0 { return index }
        }
        return weights.count - 1
    }
}
