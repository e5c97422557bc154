/// C9: publications were taken in rising order, and no final value twice with different values.
struct OrderCheck {
    let published: PublishedResults
    let faults: FaultList

    /// - Returns: how many acceptances were looked at; nil when the list is missing.
    func check() -> Int? {
        if let conflicts = published.integer64(published.tree["conflicts"]), conflicts > 0 {
            add(
                .publicationConflict, "all", "conflicts", "0", "\(conflicts)",
                "a final window was published again with another value: the dashboard answered "
                    + "409 conflict (R63)")
        }
        guard let acceptances = published.acceptances else { return nil }
        var last: [String: PublishedResults.Acceptance] = [:]
        for acceptance in acceptances {
            let stream = "\(acceptance.query) \(acceptance.mode)"
            defer { last[stream] = acceptance }
            guard let before = last[stream] else { continue }
            // Final windows are kept by their key and may come again (R63, R64); snapshots only rise
            // (R62).
            let rises =
                acceptance.mode == "append"
                ? acceptance.epoch >= before.epoch
                : (acceptance.epoch, acceptance.batchID) > (before.epoch, before.batchID)
            if !rises {
                add(
                    .publicationOrder, stream, "(epoch, batch)",
                    "above (\(before.epoch), \(before.batchID))",
                    "(\(acceptance.epoch), \(acceptance.batchID))",
                    "an older result was taken after a newer one")
            }
        }
        return acceptances.count
    }

    private func add(
        _ faultClass: FaultClass, _ key: String, _ field: String, _ expected: String,
        _ got: String, _ story: String
    ) {
        faults.add(
            Difference(
                .order, faultClass, in: "publications", key: key, field: field, expected: expected,
                got: got, story: story))
    }
}
