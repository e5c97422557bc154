import Testing

@testable import ASEEDSystem

@Suite struct RandomStreamTests {
    @Test("SplitMix64 gives the published numbers")
    func splitMix() {
        var mix = SplitMix64(1_234_567)
        #expect(mix.next() == 6_457_827_717_110_365_317)
        #expect(mix.next() == 3_203_168_211_198_807_973)
    }

    @Test("xoshiro256** gives the published numbers")
    func xoshiro() {
        var stream = RandomStream(state: (1, 2, 3, 4))
        let numbers = (0..<4).map { _ in stream.next() }
        #expect(numbers == [11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240])
    }

    @Test("a stream depends on seed and name, and on nothing else")
    func streamsByName() {
        func first(_ seed: UInt64, _ name: String) -> UInt64 {
            var stream = RandomStream(seed: seed, name: name)
            return stream.next()
        }
        #expect(first(1, "orders") == first(1, "orders"))
        let all = [first(1, "orders"), first(1, "late"), first(2, "orders"), first(2, "late")]
        #expect(Set(all).count == 4)
    }

    @Test("bounded draws stay in their bounds and reach all of them")
    func bounds() {
        var stream = RandomStream(seed: 7, name: "bounds")
        #expect(Set((0..<1_000).map { _ in stream.below(6) }) == [0, 1, 2, 3, 4, 5])
        #expect((0..<1_000).map { _ in stream.unit() }.allSatisfy { $0 > 0 && $0 <= 1 })
    }
}
