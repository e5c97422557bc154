internal import ASEEDSystem
internal import Verifier

/// `result.json`: what scenarios/result.schema.json describes.
enum ResultDocument {
    /// The document of a run, finished or not.
    static func json(_ outcome: RunOutcome) -> JSONWriter {
        var json = JSONWriter()
        json.object { json in
            json.member("format", "aseed-lab-result")
            json.member("version", 1)
            let build = BuildInfo.current()
            json.name("lab")
            json.object { json in
                json.member("version", BuildInfo.version)
                json.member("commit", build.commit)
                json.member("build", build.mode)
            }
            json.member("scenario", outcome.scenario.name)
            json.member("run_id", outcome.folder?.id)
            json.name("axes")
            json.object { json in for axis in outcome.axes { json.member(axis.name, axis.value) } }
            json.member("seed", outcome.scenario.seed)
            json.member("state", outcome.isFinished ? "finished" : "running")
            json.member("verdict", outcome.conclusion.verdict.rawValue)
            json.member("exit_code", outcome.conclusion.exitCode.rawValue)
            json.name("reasons")
            json.array { json in for reason in outcome.conclusion.reasons { json.string(reason) } }
            json.member("repeat", outcome.repeatCommand)
            json.member("started_at", TimeText.iso(outcome.startedAt))
            json.member("duration_ms", outcome.durationMs)
            json.member("drained", outcome.isDrained)
            json.member("data_kept", outcome.dataIsKept)
            json.name("machine")
            outcome.machine.writeJSON(to: &json)
            json.name("log")
            (outcome.log ?? LogSummary(kind: outcome.scenario.log.kind)).writeJSON(to: &json)
            json.name("estimate")
            outcome.estimate.writeJSON(to: &json)
            writeVerification(outcome, to: &json)
            json.name("thresholds")
            json.array { json in
                for threshold in outcome.thresholds { threshold.writeJSON(to: &json) }
            }
            json.name("metrics")
            json.array { json in
                for metric in MetricSummary.all(outcome.metrics) { metric.writeJSON(to: &json) }
            }
            writeParts(outcome, to: &json)
            json.name("faults")
            json.array { json in
                for fault in outcome.scenario.faults { write(fault, outcome, to: &json) }
            }
            json.name("latency")
            if let latency = outcome.latency { latency.writeJSON(to: &json) } else { json.null() }
        }
        return json
    }

    private static func write(
        _ fault: Fault, _ outcome: RunOutcome, to json: inout JSONWriter
    ) {
        func ms(_ ns: Int64?) -> Int64? { ns.map { max(0, $0 - outcome.originNs) / 1_000_000 } }
        let done = outcome.faults.filter { $0.fault.id == fault.id && $0.injectedNs != nil }
        json.object { json in
            json.member("id", fault.id)
            json.member("action", fault.action.rawValue)
            json.member("target", fault.target.rawValue)
            json.name("done")
            json.array { json in
                for occurrence in done {
                    json.object { json in
                        json.member("injected_ms", ms(occurrence.injectedNs))
                        json.member("ended_ms", ms(occurrence.endedNs))
                        json.member("restarted_ms", ms(occurrence.restartedNs))
                        json.member("ready_ms", ms(occurrence.readyNs))
                        json.member("first_progress_ms", ms(occurrence.firstProgressNs))
                        json.member("caught_up_ms", ms(occurrence.caughtUpNs))
                        json.member("replayed_orders", occurrence.replayedOrders)
                    }
                }
            }
        }
    }

    private static func writeVerification(_ outcome: RunOutcome, to json: inout JSONWriter) {
        json.name("verification")
        guard let report = outcome.verification else {
            json.object { json in
                json.member("verdict", "none")
                json.member("reason", outcome.unverified)
            }
            return
        }
        json.object { json in
            json.member("verdict", report.verdict.rawValue)
            json.name("checks")
            json.array { json in
                for check in report.checks {
                    json.object { json in
                        json.member("check", check.name.rawValue)
                        json.member("title", check.name.title)
                        json.member("outcome", check.outcome.word)
                        json.member("detail", check.text)
                    }
                }
            }
            json.member("difference_count", report.differenceCount)
            json.member("first_difference", report.firstDifference?.story)
        }
    }

    private static func writeParts(_ outcome: RunOutcome, to json: inout JSONWriter) {
        json.name("phases")
        json.array { json in
            for phase in outcome.phases {
                json.object { json in
                    json.member("name", phase.name)
                    json.member("start_ms", phase.startMs)
                    json.member("end_ms", phase.endMs)
                }
            }
        }
        json.name("services")
        json.array { json in
            for service in outcome.services {
                json.object { json in
                    json.member("name", service.name)
                    json.member("cpu_s", Double(service.usage.cpuNs) / 1e9)
                    json.member("rss_peak_bytes", service.usage.rssPeakBytes)
                    json.member("disk_read_bytes", service.usage.diskReadBytes)
                    json.member("disk_write_bytes", service.usage.diskWriteBytes)
                    json.member("ending", service.ending)
                }
            }
        }
        json.name("load")
        if let summary = outcome.loadSummary { json.value(summary) } else { json.null() }
    }
}

extension Check.Outcome {
    /// `pass`, `fail`, `skipped`.
    var word: String {
        switch self {
        case .pass: "pass"
        case .fail: "fail"
        case .skipped: "skipped"
        }
    }
}

extension Check {
    /// What was found, in a line.
    var text: String {
        switch outcome {
        case .pass: detail
        case .fail(let faults): "\(faults) faults; \(detail)"
        case .skipped(let why): "skipped: \(why)"
        }
    }
}

extension Machine {
    /// An object of result.json.
    func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.member("cpu", cpuModel)
            json.member("cores", cores)
            json.member("memory_bytes", memoryBytes)
            json.member("kernel", kernel)
            json.member("architecture", architecture)
            json.name("load_average")
            json.array { json in for value in load { json.number(value) } }
        }
    }

    /// `AMD EPYC 7B13, 2 cores, Linux 6.1.0, load 0.52`
    var text: String {
        "\(cpuModel), \(cores) cores, \(Figures.bytes(memoryBytes)), \(kernel), "
            + "load \(load.first.map { Figures.decimals($0, 2) } ?? "unknown") at the start"
    }
}

extension RunEstimate {
    /// An object of result.json.
    func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.member("orders", orders)
            json.member("log_bytes", logBytes)
            json.member("disk_bytes", diskBytes)
            json.member("memory_bytes", memoryBytes)
            json.member("duration_ms", durationMs)
        }
    }
}

extension MetricSummary {
    /// An object of result.json.
    func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.member("metric", definition.name)
            json.name("tags")
            json.object { json in
                for tag in tags.sorted(by: { $0.key < $1.key }) { json.member(tag.key, tag.value) }
            }
            json.member("kind", definition.kind.rawValue)
            json.member("unit", definition.unit.rawValue)
            json.member("better", definition.better.rawValue)
            json.member("samples", samples)
            json.name("values")
            json.object { json in
                for number in numbers {
                    json.name(number.name)
                    json.number(number.value)
                }
            }
        }
    }
}
