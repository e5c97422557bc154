internal import ASEEDSystem
internal import LoadGen

/// The latency of a run as results show it: the measured time, without the warm-up.
struct LatencyReport: Sendable {
    /// One point of a chart over time, in milliseconds.
    struct Point: Equatable, Sendable {
        /// Since the run began.
        var atMs: Int64
        var medianMs: Double
        /// Nil with too few orders for it.
        var p99Ms: Double?
        var maxMs: Double
        /// Mean of each hop.
        var hopsMs: [Double]
    }

    /// A time without a connection, in milliseconds since the run began.
    struct Gap: Equatable, Sendable {
        var fromMs: Int64
        var untilMs: Int64?
    }

    typealias Hop = LatencyMeasures.Hop

    var whole: HDRHistogram
    /// In the order of `Hop.allCases`.
    var hops: [HDRHistogram]
    var points: [Point]
    /// Acknowledged orders that no message covered.
    var uncovered: Int64
    /// WebSocket messages with positions.
    var messages: Int64
    var gaps: [Gap]
    /// Why the latency, or only its hops, is not known.
    var unknown: String?
    var unknownHops: String?

    /// - Parameter originNs: the run's beginning.
    init(_ measures: LatencyMeasures, _ metrics: MetricStore, originNs: Int64) {
        let measured = metrics.measured(.trend)
        whole = measures.whole.histogram(in: measured)
        hops = measures.hops.map { $0.histogram(in: measured) }
        uncovered = measures.uncovered
        messages = measures.messages
        gaps = measures.gaps.map { gap in
            Gap(
                fromMs: (gap.fromNs - originNs) / 1_000_000,
                untilMs: gap.untilNs.map { ($0 - originNs) / 1_000_000 })
        }
        unknown = metrics.unknowns[LatencyMeasures.metric]
        unknownHops = metrics.unknowns[Hop.engine.metric]
        let hopTimes = measures.hops.map { hop in
            Dictionary(uniqueKeysWithValues: hop.overTime.map { ($0.startNs, $0.histogram.meanNs) })
        }
        points = measures.whole.overTime.map { startNs, histogram in
            var p99Ms: Double?
            if case .value(let value, _) = histogram.aggregate(.percentile(99)) { p99Ms = value }
            return Point(
                atMs: (startNs - originNs) / 1_000_000,
                medianMs: Double(histogram.percentileNs(0.5)) / 1e6, p99Ms: p99Ms,
                maxMs: Double(histogram.maxNs) / 1e6,
                hopsMs: hopTimes.map { ($0[startNs] ?? 0) / 1e6 })
        }
    }

    /// The object `latency` of result.json.
    func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.member("orders", whole.count)
            json.member("uncovered", uncovered)
            json.member("messages", messages)
            json.member("unknown", unknown ?? unknownHops)
            json.name("e2e_ms")
            Self.write(unknown == nil ? whole : nil, to: &json)
            json.name("hops_ms")
            json.object { json in
                for hop in Hop.allCases {
                    json.name(hop.name)
                    Self.write(unknownHops == nil ? hops[hop.rawValue] : nil, to: &json)
                }
            }
            json.name("gaps")
            json.array { json in
                for gap in gaps {
                    json.object { json in
                        json.member("from_ms", gap.fromMs)
                        json.member("until_ms", gap.untilMs)
                    }
                }
            }
        }
    }

    /// The numbers of a histogram that result.json and the terminal give.
    static let numbers: [(name: String, aggregation: Threshold.Aggregation)] = [
        ("min", .min), ("avg", .avg), ("p50", .percentile(50)), ("p90", .percentile(90)),
        ("p99", .percentile(99)), ("p99.9", .percentile(99.9)), ("max", .max),
    ]

    private static func write(_ histogram: HDRHistogram?, to json: inout JSONWriter) {
        guard let histogram, histogram.count > 0 else { return json.null() }
        json.object { json in
            for (name, aggregation) in numbers {
                json.name(name)
                if case .value(let value, _) = histogram.aggregate(aggregation) {
                    json.number(value)
                } else {
                    json.null()
                }
            }
        }
    }
}
