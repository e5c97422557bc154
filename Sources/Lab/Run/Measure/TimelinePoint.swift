internal import ASEEDSystem

/// One second of a run.
struct TimelinePoint: Equatable, Sendable {
    /// One service's use of the machine in that second.
    struct Service: Equatable, Sendable {
        var name: String
        var running: Bool
        /// CPU seconds per second.
        var cpuCores: Double
        var rssBytes: Int64
        var diskWriteBytes: Int64
    }

    /// Since the run began, and how long this point covers.
    var atMs: Int64
    var spanMs: Int64
    var phase: String
    /// Orders so far.
    var scheduled: Int64
    var acknowledged: Int64
    var committed: Int64
    /// Orders a second in this span.
    var offeredRate: Double
    var acknowledgedRate: Double
    var processedRate: Double
    var backlog: Int64
    /// UTC microseconds; nil before the first.
    var watermark: Int64?
    var watermarkLagMs: Double?
    var services: [Service]
    var labCPUCores: Double
    var labPauseMaxMs: Double
    var stealPercent: Double
    var busyPercent: Double

    /// A line of `timeline.jsonl`.
    var json: JSONWriter {
        var json = JSONWriter()
        json.object { json in
            json.member("t_ms", atMs)
            json.member("span_ms", spanMs)
            json.member("phase", phase)
            json.member("scheduled", scheduled)
            json.member("acknowledged", acknowledged)
            json.member("committed", committed)
            json.member("offered_rate", offeredRate)
            json.member("acknowledged_rate", acknowledgedRate)
            json.member("processed_rate", processedRate)
            json.member("backlog_orders", backlog)
            json.member("watermark", watermark.map(TimeText.iso))
            json.name("watermark_lag_ms")
            if let watermarkLagMs { json.number(watermarkLagMs) } else { json.null() }
            json.name("services")
            json.object { json in
                for service in services {
                    json.name(service.name)
                    json.object { json in
                        json.member("running", service.running)
                        json.member("cpu_cores", service.cpuCores)
                        json.member("rss_bytes", service.rssBytes)
                        json.member("disk_write_bytes", service.diskWriteBytes)
                    }
                }
            }
            json.member("lab_cpu_cores", labCPUCores)
            json.member("lab_pause_max_ms", labPauseMaxMs)
            json.member("steal_pct", stealPercent)
            json.member("busy_pct", busyPercent)
        }
        return json
    }
}
