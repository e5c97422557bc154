import ASEEDSystem
import Testing

@testable import LoadGen

@Suite struct DelayHistogramTests {
    @Test("percentiles are within 1/32 of the sorted delays")
    func percentiles() {
        var random = RandomStream(seed: 4, name: "delays")
        for _ in 0..<20 {
            var histogram = DelayHistogram()
            let delays = (0..<500).map { _ in Int64(random.next() >> (random.next() % 62 + 1)) }
            for delay in delays { histogram.add(ns: delay) }
            let sorted = delays.sorted()
            for share in [0.01, 0.5, 0.9, 0.99, 1] {
                let exact = Double(sorted[max(0, Int((500 * share).rounded(.up)) - 1)])
                let found = Double(histogram.percentileNs(share))
                #expect(found >= exact && found <= exact * (1 + 1.0 / 32) + 1)
            }
            #expect(histogram.maxNs == sorted.last && histogram.count == 500)
        }
    }

    @Test("no delays")
    func empty() { #expect(DelayHistogram().percentileNs(0.99) == 0) }
}
