extension VerificationReport {
    /// The report as one JSON object (`verification.json`).
    public func json() -> String {
        JSONText.object([
            ("verdict", JSONText.string(verdict.rawValue)),
            ("checks", JSONText.array(checks.map { $0.json() })),
            (
                "counts",
                JSONText.object([
                    ("mismatched_results", "\(counts.mismatchedResults)"),
                    ("lost_orders", "\(counts.lostOrders)"),
                    ("doubled_orders", "\(counts.doubledOrders)"),
                    ("unaccounted_orders", "\(counts.unaccountedOrders)"),
                    ("declared_duplicates", "\(counts.declaredDuplicates)"),
                ])
            ),
            ("conservation", conservation.json()),
            ("first_difference", JSONText.optional(firstDifference) { $0.json() }),
            ("difference_count", "\(differenceCount)"),
            ("differences", JSONText.array(differences.map { $0.json() })),
            ("cpu_seconds", JSONText.object(phases.map { ($0.name, milliseconds($0.cpuSeconds)) })),
        ])
    }

    /// The differences, one JSON object a line (`differences.jsonl`).
    public func differenceLines() -> String {
        differences.map { $0.json() + "\n" }.joined()
    }

    private func milliseconds(_ seconds: Double) -> String {
        decimalText(Int128((seconds * 1_000).rounded()), scale: 3)
    }
}

extension Check {
    fileprivate func json() -> String {
        var members = [
            ("check", JSONText.string(name.rawValue)), ("title", JSONText.string(name.title)),
        ]
        switch outcome {
        case .pass: members.append(("outcome", "\"pass\""))
        case .fail(let faults):
            members += [("outcome", "\"fail\""), ("faults", "\(faults)")]
        case .skipped(let reason):
            members += [("outcome", "\"skipped\""), ("reason", JSONText.string(reason))]
        }
        members.append(("detail", JSONText.string(detail)))
        return JSONText.object(members)
    }
}

extension VerificationReport.Conservation {
    fileprivate func json() -> String {
        func number(_ value: Int64?) -> String { JSONText.optional(value) { "\($0)" } }
        return JSONText.object([
            ("acknowledged", number(acknowledged)), ("in_log", "\(inLog)"),
            ("consumed", "\(consumed)"), ("valid", "\(valid)"), ("rejected", "\(rejected)"),
            ("window_pairs", "\(windowPairs)"), ("contributed_pairs", number(contributedPairs)),
            ("late_pairs", number(latePairs)),
        ])
    }
}

extension Difference {
    /// The difference as one JSON object.
    public func json() -> String {
        func number(_ value: Int64?) -> String { JSONText.optional(value) { "\($0)" } }
        func time(_ value: Int64?) -> String {
            JSONText.optional(value) { JSONText.string(timeText($0)) }
        }
        return JSONText.object([
            ("check", JSONText.string(check.rawValue)),
            ("class", JSONText.string(faultClass.rawValue)),
            ("subject", JSONText.string(subject)), ("key", JSONText.string(key)),
            ("window_start", time(windowStart)), ("window_end", time(windowEnd)),
            ("field", JSONText.string(field)), ("expected", JSONText.string(expected)),
            ("got", JSONText.string(got)), ("batch_id", number(batchID)),
            (
                "orders",
                JSONText.array(
                    orders.map { order in
                        JSONText.object([
                            ("order_id", JSONText.string(order.orderID)),
                            ("partition", "\(order.partition)"),
                            ("position", "\(order.position)"),
                            ("event_time", time(order.eventTime)),
                            ("watermark", time(order.watermark)),
                            ("batch_id", number(order.batchID)), ("epoch", number(order.epoch)),
                        ])
                    })
            ),
            ("candidates", "\(candidates)"), ("story", JSONText.string(story)),
        ])
    }
}
