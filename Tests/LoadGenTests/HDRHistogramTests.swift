import ASEEDSystem
import Testing

@testable import LoadGen

@Suite struct HDRHistogramTests {
    private static func times(seed: UInt64, count: Int) -> [Int64] {
        var random = RandomStream(seed: seed, name: "times")
        return (0..<count).map { _ in Int64(random.next() >> (random.next() % 62 + 1)) }
    }

    @Test("percentiles keep three significant digits", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func percentiles(seed: UInt64) {
        var histogram = HDRHistogram()
        let times = Self.times(seed: seed, count: 2_000)
        for time in times { histogram.add(ns: time) }
        let sorted = times.sorted()
        for share in [0.01, 0.5, 0.9, 0.99, 0.999, 1] {
            let exact = Double(sorted[max(0, Int((2_000 * share).rounded(.up)) - 1)])
            let found = Double(histogram.percentileNs(share))
            #expect(found >= exact && found <= exact * (1 + 1.0 / 1_024) + 1, "seed \(seed)")
        }
        #expect(histogram.maxNs == sorted.last && histogram.minNs == sorted.first)
        #expect(histogram.count == 2_000)
    }

    @Test("an hour takes no more than 270 kB of counters, a microsecond is told exactly")
    func bounds() {
        let hour: Int64 = 3_600_000_000_000
        #expect(HDRHistogram.bucket(of: hour) * 8 < 270_000)
        #expect(HDRHistogram.bucket(of: .max) * 8 < 450_000)
        #expect(HDRHistogram.upperBound(HDRHistogram.bucket(of: .max)) == .max)
        #expect(HDRHistogram.bucket(of: 1_000) + 1 == HDRHistogram.bucket(of: 1_001))
    }

    @Test("every time lies within its bucket")
    func bucketsTile() {
        for time in Self.times(seed: 9, count: 2_000) + [0, 1, 2_047, 2_048, 2_049, 4_095, 4_096] {
            let bucket = HDRHistogram.bucket(of: time)
            #expect(time <= HDRHistogram.upperBound(bucket))
            if bucket > 0 { #expect(time > HDRHistogram.upperBound(bucket - 1)) }
        }
    }

    @Test("parts merged are the whole")
    func merging() {
        let times = Self.times(seed: 6, count: 1_000)
        var whole = HDRHistogram()
        var parts = [HDRHistogram(), HDRHistogram(), HDRHistogram()]
        for (index, time) in times.enumerated() {
            whole.add(ns: time >> 20)
            parts[index % 3].add(ns: time >> 20)
        }
        var merged = HDRHistogram()
        for part in parts { merged.merge(part) }
        merged.merge(HDRHistogram())
        #expect(merged.count == whole.count && merged.maxNs == whole.maxNs)
        #expect(merged.minNs == whole.minNs)
        for share in [0.1, 0.5, 0.99] {
            #expect(merged.percentileNs(share) == whole.percentileNs(share))
        }
    }

    @Test("a time below 0 is kept")
    func negative() {
        var histogram = HDRHistogram()
        histogram.add(ns: -5)
        histogram.add(ns: 7)
        #expect(histogram.minNs == -5 && histogram.maxNs == 7 && histogram.count == 2)
        #expect(histogram.sumNs == 2)
    }

    @Test("no times")
    func empty() {
        #expect(HDRHistogram().percentileNs(0.99) == 0)
        #expect(HDRHistogram().points().isEmpty)
        #expect(HDRHistogram().percentileText().contains("Total count    =            0]"))
    }

    @Test("the text is HdrHistogram's percentile distribution")
    func text() {
        var histogram = HDRHistogram()
        for value in 1...1_000 as ClosedRange<Int64> { histogram.add(ns: value * 1_000_000) }
        let lines = histogram.percentileText().split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "       Value     Percentile TotalCount 1/(1-Percentile)")
        #expect(lines[2].hasSuffix(" 0.000000000000          1           1.00"))
        let median = lines.first { $0.contains(" 0.500000000000 ") }
        // 500 ms lies in a bucket of half a millisecond.
        #expect(median?.hasSuffix(" 0.500000000000        500           2.00") == true)
        #expect(lines.contains("    1000.000 1.000000000000       1000"))
        #expect(lines.contains { $0.hasPrefix("#[Mean    =      500.500, StdDeviation   =") })
        #expect(lines.contains("#[Max     =     1000.000, Total count    =         1000]"))
        let counts = histogram.points().map(\.count)
        #expect(counts == counts.sorted() && counts.last == 1_000)
        let shares = histogram.points().map(\.share)
        #expect(shares == shares.sorted())
        for point in histogram.points() { #expect(Double(point.count) >= point.share * 1_000) }
    }
}
