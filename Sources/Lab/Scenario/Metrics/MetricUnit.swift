/// The unit of a metric's samples; limits are turned into it.
enum MetricUnit: String, CaseIterable, Sendable {
    case orders
    case ordersPerSecond = "orders/s"
    case milliseconds = "ms"
    case bytes
    case seconds = "s"
    case ratio
    case percent = "%"
    case cores
    case results
    case pairs = "order-window pairs"

    /// Suffixes that a limit may have, each with what it multiplies by.
    private var suffixes: [(text: String, factor: Double)] {
        switch self {
        case .orders, .results, .pairs: Self.metric.map { ($0.text, $0.factor) }
        case .ordersPerSecond: Self.metric.map { ($0.text + "/s", $0.factor) }
        case .milliseconds: Self.times.map { ($0.text, $0.seconds * 1_000) }
        case .seconds: Self.times.map { ($0.text, $0.seconds) }
        case .bytes:
            [
                ("B", 1), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("KiB", 1024),
                ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776),
            ]
        case .ratio: [("%", 0.01)]
        case .percent: [("%", 1)]
        case .cores: []
        }
    }

    private static let metric: [(text: String, factor: Double)] = [
        ("", 1), ("k", 1e3), ("M", 1e6), ("G", 1e9),
    ]
    private static let times: [(text: String, seconds: Double)] = [
        ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3_600),
    ]

    /// Two or three limits that can be written, for messages.
    var examples: String {
        switch self {
        case .orders, .results, .pairs: "0, 500k or 5M"
        case .ordersPerSecond: "500/s, 20k/s or 12M/s"
        case .milliseconds: "250us, 100ms or 10s"
        case .bytes: "65536, 64MiB or 1.5GB"
        case .seconds: "0.5, 250ms or 2m"
        case .ratio: "0.99 or 99%"
        case .percent: "5 or 5%"
        case .cores: "0.5 or 2"
        }
    }

    /// A limit in this unit: a plain number, or a number and a suffix; nil when it is neither.
    ///
    /// - Parameter perSecond: whether the aggregation is per second of time (`rate`, `slope`), so that
    ///   `/s` may follow.
    func limit(_ text: String, perSecond: Bool) -> Double? {
        let split = text.utf8.firstIndex { byte in
            !(byte >= 0x30 && byte <= 0x39) && byte != 0x2e && byte != 0x2d && byte != 0x2b
        }
        let digits = text[..<(split ?? text.endIndex)]
        var suffix = text[(split ?? text.endIndex)...]
        guard let number = Self.plainNumber(digits) else { return nil }
        if suffix.isEmpty { return number }
        if let known = suffixes.first(where: { $0.text == suffix }) { return number * known.factor }
        guard perSecond, suffix.hasSuffix("/s") else { return nil }
        suffix.removeLast(2)
        if suffix.isEmpty { return number }
        return suffixes.first { $0.text == suffix }.map { number * $0.factor }
    }

    private static func plainNumber(_ text: Substring) -> Double? {
        guard let first = text.utf8.first, first != 0x2b, first != 0x2e,
            text.utf8.last.map({ $0 >= 0x30 && $0 <= 0x39 }) == true,
            let value = Double(text), value.isFinite
        else { return nil }
        return value
    }

    /// The unit after aggregation.
    func text(perSecond: Bool) -> String { perSecond ? rawValue + "/s" : rawValue }
}
