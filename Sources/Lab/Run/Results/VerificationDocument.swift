internal import ASEEDSystem
internal import Verifier

/// `verification.json`, and the lines of `differences.jsonl`.
enum VerificationDocument {
    /// The whole report.
    ///
    /// - Parameter listing: with all differences that are kept, not just the first one.
    static func json(_ report: VerificationReport, listing: Bool = false) -> JSONWriter {
        var json = JSONWriter()
        json.object { json in
            json.member("verdict", report.verdict.rawValue)
            json.name("checks")
            json.array { json in
                for check in report.checks {
                    json.object { json in
                        json.member("check", check.name.rawValue)
                        json.member("title", check.name.title)
                        json.member("outcome", check.outcome.word)
                        if case .fail(let faults) = check.outcome { json.member("faults", faults) }
                        if case .skipped(let why) = check.outcome { json.member("reason", why) }
                        json.member("detail", check.detail)
                    }
                }
            }
            json.name("counts")
            write(report.counts, to: &json)
            json.name("conservation")
            write(report.conservation, to: &json)
            json.member("difference_count", report.differenceCount)
            json.name("first_difference")
            if let first = report.firstDifference {
                write(first, to: &json)
            } else {
                json.null()
            }
            if listing {
                json.name("differences")
                json.array { json in
                    for difference in report.differences { write(difference, to: &json) }
                }
            }
            json.name("cpu_s")
            json.object { json in
                for phase in report.phases { json.member(phase.name, phase.cpuSeconds) }
            }
        }
        return json
    }

    private static func write(
        _ counts: VerificationReport.Counts, to json: inout JSONWriter
    ) {
        json.object { json in
            json.member("mismatched_results", counts.mismatchedResults)
            json.member("lost_orders", counts.lostOrders)
            json.member("doubled_orders", counts.doubledOrders)
            json.member("unaccounted_orders", counts.unaccountedOrders)
            json.member("declared_duplicates", counts.declaredDuplicates)
        }
    }

    private static func write(
        _ sums: VerificationReport.Conservation, to json: inout JSONWriter
    ) {
        json.object { json in
            json.member("acknowledged", sums.acknowledged)
            json.member("in_log", sums.inLog)
            json.member("consumed", sums.consumed)
            json.member("valid", sums.valid)
            json.member("rejected", sums.rejected)
            json.member("window_pairs", sums.windowPairs)
            json.member("contributed_pairs", sums.contributedPairs)
            json.member("late_pairs", sums.latePairs)
        }
    }

    /// One difference.
    static func write(_ difference: Difference, to json: inout JSONWriter) {
        json.object { json in
            json.member("check", difference.check.rawValue)
            json.member("class", difference.faultClass.rawValue)
            json.member("subject", difference.subject)
            json.member("key", difference.key)
            json.member("window_start", difference.windowStart.map(TimeText.iso))
            json.member("window_end", difference.windowEnd.map(TimeText.iso))
            json.member("field", difference.field)
            json.member("expected", difference.expected)
            json.member("got", difference.got)
            json.member("batch_id", difference.batchID)
            json.member("candidates", difference.candidates)
            json.name("orders")
            json.array { json in
                for order in difference.orders { write(order, to: &json) }
            }
            json.member("story", difference.story)
        }
    }

    private static func write(_ order: OrderTrace, to json: inout JSONWriter) {
        json.object { json in
            json.member("order_id", order.orderID)
            json.member("partition", order.partition)
            json.member("position", order.position)
            json.member("event_time", order.eventTime.map(TimeText.iso))
            json.member("watermark", order.watermark.map(TimeText.iso))
            json.member("batch_id", order.batchID)
            json.member("epoch", order.epoch)
        }
    }
}
