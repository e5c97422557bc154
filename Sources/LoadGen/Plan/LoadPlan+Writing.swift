public import ASEEDSystem

extension LoadPlan {
    /// The plan as JSON, every value written out.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("seed", seed)
            json.member("partitions", partitions)
            json.member("fsync", fsync.rawValue)
            json.member("products", products)
            json.member("categories", categories)
            json.name("distribution")
            popularity.write(to: &json)
            json.member("customers", customers)
            json.name("day_shape")
            json.bool(dayShape)
            json.name("promotions")
            json.bool(promotions)
            json.name("segments")
            json.bool(segments)
            json.member("event_time_start", TimeText.iso(eventTimeStartUs))
            json.member("event_time_speed", eventTimeSpeed)
            json.member("window_ms", windowMs)
            json.member("slide_ms", slideMs)
            json.member("watermark_delay_ms", watermarkDelayMs)
            json.member("event_time_max", eventTimeMaxUs.map(TimeText.iso))
            json.member("first_sequence", firstSequence)
            json.name("mix")
            mix.write(to: &json)
            json.name("stages")
            json.array { json in for stage in stages { stage.write(to: &json) } }
        }
    }
}

extension LoadPlan.Stage {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("name", name)
            json.member("executor", executor.name)
            switch executor {
            case .backlog(let orders, let eventRate):
                json.member("orders", orders)
                json.member("event_rate", eventRate)
            case .constantArrivalRate(let rate, let durationMs, let pacing):
                json.member("rate", rate)
                json.member("duration_ms", durationMs)
                json.member("pacing", pacing.rawValue)
            case .shapedArrivalRate(let rate, let durationMs):
                json.member("rate", rate)
                json.member("duration_ms", durationMs)
            }
        }
    }
}

extension Popularity {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            switch self {
            case .uniform: json.member("kind", "uniform")
            case .zipf(let exponent):
                json.member("kind", "zipf")
                json.member("exponent", exponent)
            case .hot(let share):
                json.member("kind", "hot")
                json.member("share", share)
            }
        }
    }
}

extension QualityMix {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.name("out_of_order")
            json.object { json in
                json.member("fraction", outOfOrder.fraction)
                json.member("max_delay_ms", outOfOrder.maxDelayMs)
            }
            json.name("late")
            json.object { json in
                json.member("fraction", late.fraction)
                json.member("min_delay_ms", late.minDelayMs)
                json.member("max_delay_ms", late.maxDelayMs)
            }
            json.name("boundary")
            json.bool(boundary)
            json.name("duplicates")
            json.object { json in
                json.member("fraction", duplicates.fraction)
                json.member("max_gap", duplicates.maxGap)
            }
            json.name("invalid")
            json.object { json in
                json.member("fraction", invalid.fraction)
                json.name("kinds")
                json.array { json in for kind in invalid.kinds { json.string(kind.reason) } }
            }
        }
    }
}
