/// Times of many orders as few samples: per second and per bucket of 1/128 width.
///
/// A sample is the largest time seen in its bucket, so that no percentile is too small, the error is
/// under 0.8 %, and the largest time is exact. Nothing is dropped or clamped.
struct LatencyBuckets {
    private struct Bucket {
        var count: Int64 = 0
        var largestNs: Int64 = 0
    }

    private struct Key: Hashable {
        var second: Int64
        var bucket: Int32
    }

    private var buckets: [Key: Bucket] = [:]
    private(set) var count: Int64 = 0

    /// Adds a time, of an order at `atNs`.
    mutating func add(_ valueNs: Int64, atNs: Int64) {
        let key = Key(second: atNs / 1_000_000_000, bucket: Self.bucket(of: valueNs))
        buckets[key, default: Bucket()].count += 1
        if valueNs > buckets[key, default: Bucket()].largestNs {
            buckets[key, default: Bucket()].largestNs = valueNs
        }
        count += 1
    }

    /// Puts the samples into a metric, in milliseconds.
    func append(to metric: String, of store: inout MetricStore) {
        for (key, bucket) in buckets.sorted(by: { $0.key.second < $1.key.second }) {
            store.append(
                metric, atNs: key.second * 1_000_000_000 + 500_000_000,
                value: Double(bucket.largestNs) / 1e6, count: bucket.count)
        }
    }

    /// The bucket: exponent and the seven bits after the leading one. Below 128 ns each has its own.
    static func bucket(of valueNs: Int64) -> Int32 {
        guard valueNs >= 128 else { return Int32(max(0, valueNs)) }
        let exponent = 63 - valueNs.leadingZeroBitCount
        let mantissa = (valueNs >> Int64(exponent - 7)) & 127
        return Int32(128 + (exponent - 7) * 128 + Int(mantissa))
    }
}
