internal import ASEEDSystem

extension Scenario {
    /// The plan that `lab loadgen --plan` takes: one JSON object.
    ///
    /// Kinds of the data mix that the scenario leaves out are written with the fraction 0. The mix's
    /// boundary orders and late delays use the first window query.
    func loadPlanJSON() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("seed", seed)
            json.member("partitions", log.partitions)
            json.member("fsync", log.fsync.rawValue)
            json.member("products", load.products)
            json.member("categories", load.categories)
            json.name("distribution")
            load.distribution.writeJSON(to: &json)
            json.member("customers", load.customers)
            json.name("day_shape")
            json.bool(load.dayShape)
            json.name("promotions")
            json.bool(load.promotions)
            json.name("segments")
            json.bool(load.segments)
            json.member("event_time_start", TimeText.iso(load.eventTimeStart))
            json.member("event_time_speed", number: NumberText.text(load.eventTimeSpeed))
            json.member("window_ms", engine.windows[0].sizeMs)
            json.member("slide_ms", engine.windows[0].slideMs)
            json.member("watermark_delay_ms", engine.watermarkDelayMs)
            json.member("event_time_max", TimeText.iso(load.eventTimeMax))
            json.name("mix")
            data.writePlanJSON(to: &json)
            json.name("stages")
            json.array { json in for stage in load.stages { stage.writePlanJSON(to: &json) } }
        }
        return json.bytes
    }
}

extension LoadSettings.Distribution {
    func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            switch self {
            case .uniform: json.member("kind", "uniform")
            case .zipf(let exponent):
                json.member("kind", "zipf")
                json.member("exponent", number: NumberText.text(exponent))
            case .hot(let share):
                json.member("kind", "hot")
                json.member("share", number: NumberText.text(share))
            }
        }
    }
}

extension DataMix {
    fileprivate func writePlanJSON(to json: inout JSONWriter) {
        json.object { json in
            json.name("out_of_order")
            json.object { json in
                json.member("fraction", number: NumberText.text(outOfOrder?.fraction ?? 0))
                json.member("max_delay_ms", outOfOrder?.maxDelayMs ?? 0)
            }
            json.name("late")
            json.object { json in
                json.member("fraction", number: NumberText.text(late?.fraction ?? 0))
                json.member("min_delay_ms", late?.minDelayMs ?? 0)
                json.member("max_delay_ms", late?.maxDelayMs ?? 0)
            }
            json.name("boundary")
            json.bool(boundary)
            json.name("duplicates")
            json.object { json in
                json.member("fraction", number: NumberText.text(duplicates?.fraction ?? 0))
                json.member("max_gap", duplicates?.maxGap ?? 0)
            }
            json.name("invalid")
            json.object { json in
                json.member("fraction", number: NumberText.text(invalid?.fraction ?? 0))
                json.name("kinds")
                json.array { json in for kind in invalid?.kinds ?? [] { json.string(kind) } }
            }
        }
    }
}

extension LoadStage {
    fileprivate func writePlanJSON(to json: inout JSONWriter) {
        json.object { json in
            json.member("name", name)
            json.member("executor", executor.name)
            switch executor {
            case .backlog(let orders, let eventRate):
                json.member("orders", orders)
                json.member("event_rate", number: NumberText.text(eventRate))
            case .constantArrivalRate(let rate, let durationMs, let pacing):
                json.member("rate", number: NumberText.text(rate))
                json.member("duration_ms", durationMs)
                json.member("pacing", pacing.rawValue)
            }
        }
    }
}
