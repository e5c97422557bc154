internal import ASEEDSystem

/// What the load generator tells on its standard output.
enum LoadMessage: Equatable, Sendable {
    /// It waits for the first stage.
    case ready
    /// A stage is over.
    case stageDone(Int)
    /// How far it is.
    case progress(LoadReport)
    /// Whether orders are added that were asked for: why not, or nil.
    case injection(refusal: String?)
    /// The last word, as it was written.
    case summary(JSONValue)

    /// Reads a line; nil when it is none of these.
    init?(line: String) {
        guard let value = try? JSONParser.parse(line) else { return nil }
        if value["ready"]?.string == "loadgen" {
            self = .ready
        } else if let stage = value["stage"]?.integer, value["state"]?.string == "done" {
            self = .stageDone(Int(stage))
        } else if let progress = value["progress"].flatMap(LoadReport.init) {
            self = .progress(progress)
        } else if let injection = value["injection"] {
            self = .injection(refusal: injection["refusal"]?.string)
        } else if let summary = value["summary"] {
            self = .summary(summary)
        } else {
            return nil
        }
    }
}

/// How far the load generator is.
struct LoadReport: Equatable, Sendable {
    /// Orders that were due by now, sent, and acknowledged by the log.
    var scheduled: Int64
    var sent: Int64
    var acknowledged: Int64
    var bytes: Int64
    var monotonicNs: Int64
    var scheduleDelayMaxMs: Double

    init?(_ value: JSONValue) {
        guard let scheduled = value["scheduled"]?.integer, let sent = value["sent"]?.integer,
            let acknowledged = value["acknowledged"]?.integer,
            let monotonic = value["monotonic_ns"]?.integer
        else { return nil }
        self.scheduled = scheduled
        self.sent = sent
        self.acknowledged = acknowledged
        bytes = value["bytes"]?.integer ?? 0
        monotonicNs = monotonic
        scheduleDelayMaxMs = value["schedule_delay_max_ms"]?.double ?? 0
    }
}
