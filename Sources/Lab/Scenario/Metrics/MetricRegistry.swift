/// Every metric that a run can have, with the definition that results and documents print.
enum MetricRegistry {
    /// In the order of the documents.
    static let all: [MetricDefinition] = load + latency + engine + faults + correctness + cost + lab

    /// All names.
    static let names: [String] = all.map(\.name)

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The metric of that name.
    static func definition(_ name: String) -> MetricDefinition? { byName[name] }

    private static let load: [MetricDefinition] = [
        .init(
            name: "offered_rate", kind: .counter, unit: .orders, better: .neither,
            description: "orders that the schedule has due; its rate is the offered load"),
        .init(
            name: "achieved_ratio", kind: .rate, unit: .ratio, better: .higher,
            description: "orders sent in a time ÷ orders due in it by the schedule"),
        .init(
            name: "schedule_delay_ms", kind: .trend, unit: .milliseconds, better: .lower,
            description: "actual minus scheduled send time of an order"),
        .init(
            name: "acknowledged_orders", kind: .counter, unit: .orders, better: .neither,
            description: "orders that the log acknowledged", hasExpected: true),
        .init(
            name: "ack_latency_ms", kind: .trend, unit: .milliseconds, better: .lower,
            description: "scheduled send of an order to the log's acknowledgement"),
    ]

    private static let latency: [MetricDefinition] =
        [
            .init(
                name: "e2e_latency_ms", kind: .trend, unit: .milliseconds, better: .lower,
                description: "scheduled send of an order to the first message on a subscribed "
                    + "WebSocket whose positions cover it")
        ]
        + [
            ("schedule", "scheduled to actual send"),
            ("log", "send to being in the log: acknowledged, or already committed by the engine"),
            ("engine", "in the log to the commit of the batch that holds the order"),
            (
                "publish",
                "commit to the dashboard's acceptance of the message that covers the order"
            ),
            ("dashboard", "acceptance to that message at the subscriber"),
        ].map { hop, text in
            .init(
                name: "hop_\(hop)_ms", kind: .trend, unit: .milliseconds, better: .lower,
                description: "part of e2e_latency_ms: \(text)")
        }

    private static let engine: [MetricDefinition] = [
        .init(
            name: "throughput", kind: .counter, unit: .orders, better: .higher,
            description: "orders whose effect is in a committed checkpoint; its rate is the "
                + "throughput"),
        .init(
            name: "throughput_per_core", kind: .gauge, unit: .ordersPerSecond, better: .higher,
            description: "committed orders per CPU second of the engine", onePerRun: true),
        .init(
            name: "drain_throughput", kind: .gauge, unit: .ordersPerSecond, better: .higher,
            description: "backlog ÷ time from the engine's first batch to the last commit of it",
            onePerRun: true),
        .init(
            name: "batch_duration_ms", kind: .trend, unit: .milliseconds, better: .lower,
            description: "a trigger, from its start to the end of its batch"),
        .init(
            name: "checkpoint_duration_ms", kind: .trend, unit: .milliseconds, better: .lower,
            description: "the commit of a batch"),
        .init(
            name: "checkpoint_bytes", kind: .gauge, unit: .bytes, better: .lower,
            description: "size of the checkpoint after a batch"),
        .init(
            name: "watermark_lag_ms", kind: .gauge, unit: .milliseconds, better: .lower,
            description: "largest event time committed minus the watermark"),
        .init(
            name: "late_dropped", kind: .counter, unit: .pairs, better: .neither,
            description: "order-window pairs that came too late to contribute (R38)"),
        .init(
            name: "rejected", kind: .counter, unit: .orders, better: .neither,
            description: "rejected records (R10–R21)", tags: ["reason"], hasExpected: true),
        .init(
            name: "backlog_orders", kind: .gauge, unit: .orders, better: .lower,
            description: "orders acknowledged and not yet committed"),
        .init(
            name: "backlog_slope", kind: .gauge, unit: .ordersPerSecond, better: .lower,
            description: "Theil–Sen slope of backlog_orders in the measured phase",
            onePerRun: true),
    ]

    private static let faults: [MetricDefinition] = [
        .init(
            name: "outage_ms", kind: .trend, unit: .milliseconds, better: .lower,
            description: "fault to the first new committed progress", tags: ["fault"]),
        .init(
            name: "recovery_time_ms", kind: .trend, unit: .milliseconds, better: .lower,
            description: "fault to the backlog back at its level before", tags: ["fault"]),
        .init(
            name: "replayed_orders", kind: .counter, unit: .orders, better: .lower,
            description: "orders that were read twice", tags: ["fault"]),
        .init(
            name: "detect_time_ms", kind: .trend, unit: .milliseconds, better: .lower,
            description: "fault to the monitor showing it", tags: ["fault"],
            missing: "no monitor runs in scenarios"),
    ]

    private static let correctness: [MetricDefinition] = [
        .init(
            name: "mismatched_results", kind: .gauge, unit: .results, better: .lower,
            description: "published values that differ from the reference", onePerRun: true,
            hasExpected: true, expectedValue: 0),
        .init(
            name: "lost_orders", kind: .gauge, unit: .orders, better: .lower,
            description: "acknowledged orders whose effect is missing", onePerRun: true,
            hasExpected: true, expectedValue: 0),
        .init(
            name: "doubled_orders", kind: .gauge, unit: .orders, better: .lower,
            description: "orders whose effect is there more than once", onePerRun: true,
            hasExpected: true, expectedValue: 0),
        .init(
            name: "unaccounted_orders", kind: .gauge, unit: .orders, better: .lower,
            description: "acknowledged − (valid + rejected), and pairs − (contributed + late)",
            onePerRun: true, hasExpected: true, expectedValue: 0),
    ]

    private static let cost: [MetricDefinition] = [
        .init(
            name: "cpu_s_per_million_orders", kind: .gauge, unit: .seconds, better: .lower,
            description: "CPU seconds of a service per million committed orders",
            tags: ["service"], onePerRun: true),
        .init(
            name: "rss_peak_bytes", kind: .gauge, unit: .bytes, better: .lower,
            description: "largest resident memory of a service", tags: ["service"],
            onePerRun: true),
        .init(
            name: "disk_write_bytes_per_order", kind: .gauge, unit: .bytes, better: .lower,
            description: "bytes written to disk by all services per committed order",
            tags: ["service"], onePerRun: true),
    ]

    private static let lab: [MetricDefinition] = [
        .init(
            name: "lab_pause_max_ms", kind: .gauge, unit: .milliseconds, better: .lower,
            description: "longest time that the lab's own sampling was late"),
        .init(
            name: "steal_pct", kind: .gauge, unit: .percent, better: .lower,
            description: "CPU time that the host took away from this machine"),
        .init(
            name: "lab_cpu_cores", kind: .gauge, unit: .cores, better: .lower,
            description: "CPU that the lab itself used"),
    ]
}
