internal import ASEEDSystem

/// What a threshold came to.
struct ThresholdOutcome: Equatable, Sendable {
    enum Status: String, CaseIterable, Sendable { case pass, fail, unknown }

    var threshold: Threshold
    var status: Status
    /// The aggregated number, in `unit`; of several stretches the worst.
    var measured: Double?
    /// The limit in the same unit.
    var limit: Double?
    var unit: String
    /// Samples behind `measured`.
    var samples: Int64
    /// Why it is unknown, or where it failed.
    var reason: String?

    /// An object of result.json.
    func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.member("metric", threshold.metric.text)
            json.member("condition", threshold.text)
            json.member("severity", threshold.severity.rawValue)
            json.member("status", status.rawValue)
            json.name("measured")
            if let measured { json.number(measured) } else { json.null() }
            json.name("limit")
            if let limit { json.number(limit) } else { json.null() }
            json.member("unit", unit)
            json.member("samples", samples)
            json.member("reason", reason)
        }
    }
}
