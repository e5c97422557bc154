public import ASEEDSystem

/// What a load has done so far.
public struct LoadProgress: Equatable, Sendable {
    /// Records that were due, duplicates included.
    public internal(set) var scheduled: Int64 = 0
    /// Records handed to the log.
    public internal(set) var sent: Int64 = 0
    /// Records that the log took (R7).
    public internal(set) var acknowledged: Int64 = 0
    /// Records that the log refused.
    public internal(set) var failed: Int64 = 0
    /// Records whose append has an unknown outcome.
    public internal(set) var unknown: Int64 = 0
    /// Appends that were tried again after the log had no room.
    public internal(set) var retries: Int64 = 0
    /// Bytes acknowledged, line feeds included.
    public internal(set) var bytes: Int64 = 0
    /// Records by what the mix made of them.
    public internal(set) var fates: [OrderFate: Int64] = [:]
    /// Rejected records by reason.
    public internal(set) var invalidKinds: [InvalidKind: Int64] = [:]

    /// One line for whoever controls the load.
    public func write(to json: inout JSONWriter, monotonicNs: Int64, delayMaxNs: Int64) {
        json.object { json in
            json.name("progress")
            json.object { json in
                json.member("scheduled", scheduled)
                json.member("sent", sent)
                json.member("acknowledged", acknowledged)
                json.member("bytes", bytes)
                json.member("monotonic_ns", monotonicNs)
                json.member("schedule_delay_max_ms", Double(delayMaxNs) / 1_000_000)
            }
        }
    }
}

/// What a load did, at its end.
public struct LoadSummary: Sendable {
    /// A stage's part in it.
    public struct Stage: Sendable {
        /// Its name.
        public var name: String
        /// Its executor's name.
        public var executor: String
        /// Records made.
        public var records: Int64
        /// From the stage's start to its last acknowledgement.
        public var wallNs: Int64
        /// Its start, monotonic.
        public var startNs: Int64
        /// CPU time of this process during the stage.
        public var cpuNs: Int64
    }

    /// The counts.
    public var progress = LoadProgress()
    /// Actual minus scheduled time of sending, orders with a rate only.
    public var scheduleDelay = HDRHistogram()
    /// Acknowledgement minus scheduled time, orders with a rate only.
    public var acknowledgeLatency = HDRHistogram()
    /// The stages that were started.
    public var stages: [Stage] = []
    /// Whether the load was stopped before its end.
    public var isStopped = false

    /// The summary as JSON: `{"summary": …}`.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.name("summary")
            json.object { json in writeMembers(to: &json) }
        }
    }

    private func writeMembers(to json: inout JSONWriter) {
        json.member("scheduled", progress.scheduled)
        json.member("sent", progress.sent)
        json.member("acknowledged", progress.acknowledged)
        json.member("failed", progress.failed)
        json.member("unknown", progress.unknown)
        json.member("append_retries", progress.retries)
        json.member("bytes", progress.bytes)
        json.name("fates")
        json.object { json in
            for fate in OrderFate.allCases { json.member(fate.name, progress.fates[fate] ?? 0) }
        }
        json.name("invalid")
        json.object { json in
            for kind in InvalidKind.allCases {
                if let count = progress.invalidKinds[kind] { json.member(kind.reason, count) }
            }
        }
        json.member("cpu_ns", stages.reduce(0) { $0 + $1.cpuNs })
        json.member("wall_ns", stages.reduce(0) { $0 + $1.wallNs })
        json.name("schedule_delay_ms")
        Self.write(scheduleDelay, to: &json)
        json.name("ack_latency_ms")
        Self.write(acknowledgeLatency, to: &json)
        json.name("stages")
        json.array { json in
            for stage in stages {
                json.object { json in
                    json.member("name", stage.name)
                    json.member("executor", stage.executor)
                    json.member("records", stage.records)
                    json.member("start_ns", stage.startNs)
                    json.member("wall_ns", stage.wallNs)
                    json.member("cpu_ns", stage.cpuNs)
                }
            }
        }
        json.name("stopped")
        json.bool(isStopped)
    }

    private static func write(_ delays: HDRHistogram, to json: inout JSONWriter) {
        json.object { json in
            json.member("count", delays.count)
            json.member("p50", Double(delays.percentileNs(0.5)) / 1_000_000)
            json.member("p99", Double(delays.percentileNs(0.99)) / 1_000_000)
            json.member("max", Double(delays.maxNs) / 1_000_000)
        }
    }
}
