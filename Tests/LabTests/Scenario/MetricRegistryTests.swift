import Testing

@testable import Lab

@Suite struct MetricRegistryTests {
    /// The metrics of the format, each by its name.
    @Test func hasEveryMetric() {
        let names = """
            offered_rate achieved_ratio schedule_delay_ms acknowledged_orders ack_latency_ms throughput
            throughput_per_core drain_throughput e2e_latency_ms hop_schedule_ms hop_log_ms
            hop_engine_ms hop_publish_ms hop_dashboard_ms batch_duration_ms checkpoint_duration_ms
            checkpoint_bytes watermark_lag_ms late_dropped rejected backlog_orders backlog_slope
            outage_ms recovery_time_ms replayed_orders detect_time_ms mismatched_results lost_orders
            doubled_orders unaccounted_orders cpu_s_per_million_orders rss_peak_bytes
            disk_write_bytes_per_order lab_pause_max_ms steal_pct lab_cpu_cores
            """
        let expected = names.split { $0.isWhitespace }.map(String.init)
        #expect(Set(MetricRegistry.names) == Set(expected))
        #expect(MetricRegistry.names.count == expected.count)
    }

    @Test func namesEndWithTheirUnit() {
        for metric in MetricRegistry.all {
            if metric.name.hasSuffix("_ms") { #expect(metric.unit == .milliseconds) }
            if metric.name.hasSuffix("_bytes") { #expect(metric.unit == .bytes) }
            if metric.name.hasSuffix("_orders"), metric.name != "cpu_s_per_million_orders" {
                #expect(metric.unit == .orders)
            }
        }
    }

    @Test(arguments: [
        (MetricUnit.orders, "5M", 5e6 as Double?), (.orders, "12", 12), (.orders, "5M/s", nil),
        (.ordersPerSecond, "20k/s", 20_000), (.ordersPerSecond, "20", 20),
        (.milliseconds, "2m", 120_000), (.milliseconds, "1.5s", 1_500),
        (.milliseconds, "1KiB", nil),
        (.bytes, "1.5GB", 1.5e9), (.bytes, "64KiB", 65_536), (.ratio, "50%", 0.5),
        (.percent, "50%", 50), (.cores, "2", 2), (.cores, "2s", nil), (.orders, "", nil),
        (.orders, "1e5", nil), (.orders, ".5", nil), (.orders, "5.", nil), (.orders, "+5", nil),
        (.orders, "-5", -5), (.orders, "--5", nil), (.orders, "nan", nil), (.orders, "inf", nil),
    ])
    func readsLimits(unit: MetricUnit, text: String, expected: Double?) {
        #expect(unit.limit(text, perSecond: false) == expected)
    }
}
