extension HDRHistogram {
    /// One line of the percentile distribution.
    public struct Point: Equatable, Sendable {
        /// The time that `share` of all times do not exceed.
        public var valueNs: Int64
        /// From 0 to 1.
        public var share: Double
        /// Times up to that value.
        public var count: Int64
    }

    /// The percentile distribution: five points for each halving of what is left above.
    public func points() -> [Point] {
        guard count > 0 else { return [] }
        var points: [Point] = []
        var level = 0.0
        var seen: Int64 = 0
        var steps = 5.0
        forEachBucket { _, upper, number in
            seen += number
            let share = Double(seen) / Double(count)
            while seen < count, level <= share {
                points.append(Point(valueNs: min(upper, maxNs), share: level, count: seen))
                // As close to 1 as the steps come: a half, a quarter, an eighth of what is left …
                while (1 - level) * steps / 5 <= 0.5 + 1e-9, steps < 5e12 { steps *= 2 }
                level += 1 / (2 * steps)
            }
        }
        points.append(Point(valueNs: maxNs, share: 1, count: count))
        return points
    }

    /// The text that HdrHistogram's tools and plotters read, in milliseconds.
    public func percentileText() -> String {
        var text = "       Value     Percentile TotalCount 1/(1-Percentile)\n\n"
        for point in points() {
            text += Self.padded(Self.milliseconds(Double(point.valueNs)), 12)
            text += " \(Self.fixed(point.share, 12)) \(Self.padded("\(point.count)", 10))"
            if point.share < 1 {
                text += " " + Self.padded(Self.fixed(1 / (1 - point.share), 2), 14)
            }
            text += "\n"
        }
        let mean = Self.padded(Self.milliseconds(meanNs), 12)
        let deviation = Self.padded(Self.milliseconds(standardDeviationNs), 12)
        let max = Self.padded(Self.milliseconds(Double(maxNs)), 12)
        text += "#[Mean    = \(mean), StdDeviation   = \(deviation)]\n"
        text += "#[Max     = \(max), Total count    = \(Self.padded("\(count)", 12))]\n"
        text += "#[Buckets = \(Self.padded("\(octaves)", 12)), "
        return text + "SubBuckets     = \(Self.padded("\(2 << Self.halfBits)", 12))]\n"
    }

    private var octaves: Int { max(1, Self.bucket(of: maxNs) >> Self.halfBits) }

    private static func milliseconds(_ ns: Double) -> String { fixed(ns / 1e6, 3) }

    /// A number of 0 or more with so many decimals.
    private static func fixed(_ value: Double, _ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 9e18 else { return "\(value)" }
        let digits = String(Int64(scaled))
        let all = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return "\(value < 0 ? "-" : "")\(all.dropLast(decimals)).\(all.suffix(decimals))"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }
}
