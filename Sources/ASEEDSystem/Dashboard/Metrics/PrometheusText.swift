/// Writes metrics in the text format of Prometheus 0.0.4.
///
///     text.family("aseed_epoch", .gauge, "The highest epoch.") { $0.sample(3) }
struct PrometheusText {
    enum Kind: String {
        case counter, gauge, histogram
    }

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var bytes: [UInt8] = []
    private var name = ""

    /// Writes one family: its HELP and TYPE, then the samples that `body` writes.
    mutating func family(
        _ name: String, _ kind: Kind, _ help: String, _ body: (inout PrometheusText) -> Void
    ) {
        self.name = name
        append("# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n")
        body(&self)
    }

    /// Writes a family with one sample, or without any when there is no value.
    mutating func family(
        _ name: String, _ kind: Kind, _ help: String, value: (some CustomStringConvertible)?
    ) {
        family(name, kind, help) { text in
            if let value { text.sample(value) }
        }
    }

    /// Writes one sample.
    mutating func sample(
        _ value: some CustomStringConvertible, _ labels: [(String, String)] = [],
        suffix: String = ""
    ) {
        append(name + suffix)
        if !labels.isEmpty {
            append("{")
            for (index, label) in labels.enumerated() {
                append("\(index > 0 ? "," : "")\(label.0)=\"\(Self.escaped(label.1))\"")
            }
            append("}")
        }
        append(" \(value)\n")
    }

    /// Writes the samples of a histogram.
    mutating func samples(_ histogram: Histogram, _ labels: [(String, String)] = []) {
        var below: Int64 = 0
        for (bound, count) in zip(Histogram.bounds, histogram.counts) {
            below += count
            sample(below, labels + [("le", "\(bound)")], suffix: "_bucket")
        }
        sample(histogram.total, labels + [("le", "+Inf")], suffix: "_bucket")
        sample(histogram.sumSeconds, labels, suffix: "_sum")
        sample(histogram.total, labels, suffix: "_count")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
