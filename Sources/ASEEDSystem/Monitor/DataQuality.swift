/// How many records the engine rejected, and why, from what it published last.
struct DataQuality: Equatable, Sendable {
    /// More than this share of rejected records is worth a look; more than the other is a fault.
    static let warnShare = 0.01
    static let failShare = 0.1
    /// Fewer new records than this say nothing about a share.
    static let enoughRecords: Int64 = 100

    /// Reasons that mean a field is absent or null.
    private static let nulls: Set = ["missing_field", "empty"]

    var runID: String
    var records: Int64
    var rejected: Int64
    /// Rejected because a field was absent or null.
    var missing: Int64

    /// From the body of `GET /api/analytics`; nil when nothing is published yet.
    init?(analytics json: JSONValue) {
        guard let run = json["run_id"]?.string,
            let records = json["metrics"]?["processed_records"]?.integer,
            let rejected = json["metrics"]?["rejected_orders"]?.integer
        else { return nil }
        runID = run
        self.records = records
        self.rejected = rejected
        missing = (json["metrics"]?["rejected"]?.members ?? [])
            .filter { Self.nulls.contains($0.name) }
            .reduce(0) { $0 + ($1.value.integer ?? 0) }
    }

    init(runID: String, records: Int64, rejected: Int64, missing: Int64) {
        self.runID = runID
        self.records = records
        self.rejected = rejected
        self.missing = missing
    }

    /// Judges what came since an earlier look, or all when that is too little.
    func health(since earlier: DataQuality?) -> SystemStatus.Health {
        var span = "so far"
        var (total, bad, null) = (records, rejected, missing)
        if let earlier, earlier.runID == runID, records - earlier.records >= Self.enoughRecords {
            span = "since the check before"
            (total, bad, null) = (
                total - earlier.records, bad - earlier.rejected, null - earlier.missing
            )
        }
        guard total > 0 else {
            return .init(check: "data_quality", grade: .unknown, detail: "no records yet")
        }
        let share = Double(bad) / Double(total)
        let grade: SystemStatus.Health.Grade =
            share > Self.failShare ? .fail : share > Self.warnShare ? .warn : .ok
        return .init(
            check: "data_quality", grade: grade,
            detail: "\(Self.percent(bad, total)) of \(total) records rejected \(span), "
                + "\(Self.percent(null, total)) for missing or null fields")
    }

    /// Two decimals; what is not nothing is not shown as nothing.
    private static func percent(_ part: Int64, _ whole: Int64) -> String {
        let hundredths = Int64((Double(part) / Double(whole) * 10_000).rounded())
        if part > 0, hundredths == 0 { return "under 0.01 %" }
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) %"
    }
}
