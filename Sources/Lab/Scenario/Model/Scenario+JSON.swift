internal import ASEEDSystem

extension Scenario {
    /// The scenario with every default written out; reading it again gives the same scenario.
    func resolvedJSON() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("name", name)
            json.member("title", title)
            json.member("description", description)
            json.strings("tags", tags)
            json.member("seed", seed)
            json.member("repetitions", repetitions)
            json.duration("timeout", timeoutMs)
            json.name("log")
            json.object { json in
                json.member("kind", log.kind.rawValue)
                json.member("partitions", log.partitions)
                log.writeKind(to: &json)
            }
            json.name("engine")
            engine.writeJSON(to: &json)
            json.name("services")
            json.object { json in
                json.flag("dashboard", services.dashboard)
                json.flag("monitor", services.monitor)
                json.flag("restart", services.restart)
            }
            json.name("load")
            load.writeJSON(to: &json)
            json.name("data")
            data.writeJSON(to: &json)
            json.name("phases")
            json.object { json in
                json.duration("warmup", phases.warmupMs)
                if let measureMs = phases.measureMs { json.duration("measure", measureMs) }
                json.duration("drain", phases.drainMs)
            }
            json.name("faults")
            json.array { json in for fault in faults { fault.writeJSON(to: &json) } }
            json.name("verify")
            json.object { json in
                json.strings("queries", verify.queries)
                json.strings("checks", verify.checks)
                json.member("max_differences", verify.maxDifferences)
                json.flag("explain", verify.explain)
            }
            json.name("thresholds")
            writeThresholds(to: &json)
        }
        return json.bytes
    }

    private func writeThresholds(to json: inout JSONWriter) {
        var metrics: [String] = []
        for threshold in thresholds where !metrics.contains(threshold.metric.text) {
            metrics.append(threshold.metric.text)
        }
        json.object { json in
            for metric in metrics {
                json.name(metric)
                json.array { json in
                    for threshold in thresholds where threshold.metric.text == metric {
                        threshold.writeJSON(to: &json)
                    }
                }
            }
        }
    }
}

extension LogSettings {
    /// What only its kind of log has.
    fileprivate func writeKind(to json: inout JSONWriter) {
        switch kind {
        case .file:
            json.member("fsync", fsync.rawValue)
            if managed != LogSettings().managed { json.member("managed", managed.rawValue) }
        case .kafka:
            json.member("broker", broker.rawValue)
            if broker == .managed { json.member("managed", managed.rawValue) }
            if let topic { json.member("topic", topic) }
        }
    }
}

extension EngineSettings {
    fileprivate func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.member("kind", kind.rawValue)
            json.member("workers", workers)
            json.member("trigger", trigger.text)
            if let maxOrdersPerTrigger {
                json.member("max_orders_per_trigger", maxOrdersPerTrigger)
            }
            json.duration("watermark_delay", watermarkDelayMs)
            json.name("windows")
            json.array { json in
                for window in windows {
                    json.object { json in
                        json.duration("size", window.sizeMs)
                        json.duration("slide", window.slideMs)
                    }
                }
            }
            json.member("policy", policy.rawValue)
            json.member("dead_letter_limit", deadLetterLimit)
        }
    }
}

extension LoadSettings {
    fileprivate func writeJSON(to json: inout JSONWriter) {
        if stages.count == 1 { return writeStage(0, to: &json) }
        json.array { json in for index in stages.indices { writeStage(index, to: &json) } }
    }

    private func writeStage(_ index: Int, to json: inout JSONWriter) {
        let stage = stages[index]
        json.object { json in
            json.member("name", stage.name)
            json.member("executor", stage.executor.name)
            switch stage.executor {
            case .backlog(let orders, let eventRate):
                json.member("orders", orders)
                json.member("event_rate", number: NumberText.text(eventRate))
            case .constantArrivalRate(let rate, let durationMs, let pacing):
                json.member("rate", number: NumberText.text(rate))
                json.duration("duration", durationMs)
                json.member("pacing", pacing.rawValue)
            }
            if index == 0 { writeSimulator(to: &json) }
        }
    }

    private func writeSimulator(to json: inout JSONWriter) {
        json.member("products", products)
        json.member("categories", categories)
        json.member("distribution", distribution.text)
        json.member("customers", customers)
        json.flag("day_shape", dayShape)
        json.flag("promotions", promotions)
        json.flag("segments", segments)
        json.member("event_time_start", TimeText.iso(eventTimeStart))
        json.member("event_time_speed", number: NumberText.text(eventTimeSpeed))
        json.member("event_time_max", TimeText.iso(eventTimeMax))
    }
}

extension DataMix {
    fileprivate func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            if let outOfOrder {
                json.name("out_of_order")
                json.object { json in
                    json.member("fraction", number: NumberText.text(outOfOrder.fraction))
                    json.duration("max_delay", outOfOrder.maxDelayMs)
                }
            }
            if let late {
                json.name("late")
                json.object { json in
                    json.member("fraction", number: NumberText.text(late.fraction))
                    json.duration("min_delay", late.minDelayMs)
                    json.duration("max_delay", late.maxDelayMs)
                }
            }
            json.flag("boundary", boundary)
            if let duplicates {
                json.name("duplicates")
                json.object { json in
                    json.member("fraction", number: NumberText.text(duplicates.fraction))
                    json.member("max_gap", duplicates.maxGap)
                }
            }
            if let invalid {
                json.name("invalid")
                json.object { json in
                    json.member("fraction", number: NumberText.text(invalid.fraction))
                    json.strings("kinds", invalid.kinds)
                }
            }
        }
    }
}

extension Threshold {
    fileprivate func writeJSON(to json: inout JSONWriter) {
        guard abortOnFail || severity != .fail else { return json.string(text) }
        json.object { json in
            json.member("threshold", text)
            if abortOnFail {
                json.flag("abort_on_fail", true)
                json.duration("delay_abort_eval", delayAbortEvalMs)
            }
            json.member("severity", severity.rawValue)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func flag(_ name: String, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    fileprivate mutating func duration(_ name: String, _ milliseconds: Int64) {
        member(name, DurationText.text(milliseconds: milliseconds))
    }

    fileprivate mutating func strings(_ name: String, _ values: [String]) {
        self.name(name)
        array { json in for value in values { json.string(value) } }
    }
}
