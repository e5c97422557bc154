internal import Glibc

/// `GET /metrics`
struct MetricsView {
    let service: DashboardService
    private var text = PrometheusText()

    private init(service: DashboardService) { self.service = service }

    /// All metrics, in the text format of Prometheus.
    static func bytes(_ service: DashboardService) -> [UInt8] {
        var view = MetricsView(service: service)
        view.results()
        view.progress()
        view.services()
        view.server()
        view.process()
        return view.text.bytes
    }

    private mutating func results() {
        let run = service.state.newestRun
        let parts = run?.state.snapshots[.rawOrders]?.parts
        func metric(_ name: String) -> JSONValue? {
            parts?.metrics.first { $0.name == name }?.value
        }
        text.family("aseed_run_info", .gauge, "The run that these results are of.") { text in
            text.sample(
                1, [("run_id", run?.id ?? ""), ("instance_id", service.instanceID)])
        }
        text.family(
            "aseed_orders_total", .counter, "Valid orders of the run.",
            value: metric("total_orders")?.numberText)
        text.family(
            "aseed_revenue_total", .counter, "Revenue of the run, in the orders' currency.",
            value: metric("total_revenue")?.numberText)
        text.family(
            "aseed_records_total", .counter, "Records of the run, valid or rejected.",
            value: metric("processed_records")?.numberText)
        text.family("aseed_rejected_orders_total", .counter, "Rejected records, by reason.") {
            for member in metric("rejected")?.members ?? [] {
                $0.sample(member.value.numberText ?? "0", [("reason", member.name)])
            }
        }
        text.family(
            "aseed_late_records_total", .counter, "Orders too late for all of their windows.",
            value: metric("late_records")?.numberText)
        text.family(
            "aseed_late_pairs_total", .counter, "Pairs of order and window that came too late.",
            value: metric("late_pairs")?.numberText)
    }

    private mutating func progress() {
        let run = service.state.newestRun?.state
        let newest = run?.newest
        text.family(
            "aseed_epoch", .gauge, "The highest epoch that has written.",
            value: service.state.epoch)
        text.family(
            "aseed_batch_id", .gauge, "The newest batch of the run.",
            value: newest?.version.batchID)
        text.family(
            "aseed_watermark_timestamp_seconds", .gauge, "The published watermark.",
            value: newest?.watermark.flatMap { TimeText.micros($0) }.map { Double($0) / 1e6 })
        text.family(
            "aseed_last_update_timestamp_seconds", .gauge, "When the run was last written.",
            value: run.map { Double($0.counters.updatedNs) / 1e9 })
        let progress = run?.snapshots[.rawOrders]?.parts.progress
        text.family(
            "aseed_batch_duration_seconds", .gauge, "How long the engine's last batch took.",
            value: progress?["batch_duration_ms"]?.double.map { $0 / 1_000 })
        for unit in ["bytes", "records"] {
            let value = progress?["backlog_unit"]?.string == unit ? progress?["backlog"] : nil
            text.family(
                "aseed_backlog_\(unit)", .gauge, "Unread \(unit) of the log after the last batch.",
                value: value?.numberText)
        }
    }

    private mutating func services() {
        let now = Moment.now()
        text.family(
            "aseed_service_up", .gauge, "Whether a service runs, as the monitor last said."
        ) { text in
            for (service, status) in service.board.statuses(nowNs: now.monotonicNs)
            where status != "not_configured" && status != "unknown" {
                text.sample(status == "running" ? 1 : 0, [("service", service)])
            }
        }
        text.family(
            "aseed_verification_state", .gauge, "What the lab last proved about the results."
        ) { text in
            let found = service.verification.state(of: service.state.newestRun?.id)
            for state in ["proved", "differs", "unknown", "none"] {
                text.sample(found == state ? 1 : 0, [("state", state)])
            }
        }
    }

    private mutating func server() {
        let metrics = service.metrics
        text.family("aseed_http_requests_total", .counter, "Answered HTTP requests.") { text in
            let sorted = metrics.requests.sorted {
                ($0.key.path, $0.key.method, $0.key.status)
                    < ($1.key.path, $1.key.method, $1.key.status)
            }
            for (request, count) in sorted {
                text.sample(
                    count,
                    [
                        ("method", request.method), ("path", request.path),
                        ("status", String(request.status)),
                    ])
            }
        }
        text.family(
            "aseed_http_request_duration_seconds", .histogram,
            "From a request's header to its answer."
        ) { text in
            for (path, histogram) in metrics.durations.sorted(by: { $0.key < $1.key }) {
                text.samples(histogram, [("path", path)])
            }
        }
        text.family(
            "aseed_push_delay_seconds", .histogram,
            "From a POST's header to the writing of its message to a client."
        ) { text in
            for (kind, histogram) in metrics.pushes.sorted(by: { $0.key < $1.key }) {
                text.samples(histogram, [("client", kind)])
            }
        }
        text.family("aseed_messages_total", .counter, "Messages with results, by outcome.") {
            let sorted = metrics.messages.sorted {
                ($0.key.query, $0.key.result) < ($1.key.query, $1.key.result)
            }
            for (message, count) in sorted {
                $0.sample(count, [("query", message.query), ("result", message.result)])
            }
        }
        text.family(
            "aseed_http_connections", .gauge, "Open connections.", value: service.connections)
        let clients = service.clients
        text.family(
            "aseed_websocket_clients", .gauge, "Clients of /ws.", value: clients.webSocket)
        text.family(
            "aseed_event_stream_clients", .gauge, "Clients of /events.", value: clients.events)
        text.family(
            "aseed_socket_io_clients", .gauge, "Clients of /socket.io/.", value: clients.socketIO)
    }

    private mutating func process() {
        text.family(
            "process_cpu_seconds_total", .counter, "User and system CPU time in seconds.",
            value: Double(SystemClock.processCPUNs()) / 1e9)
        text.family(
            "process_resident_memory_bytes", .gauge, "Resident memory in bytes.",
            value: ProcessUsage.residentBytes())
        text.family(
            "process_virtual_memory_bytes", .gauge, "Virtual memory in bytes.",
            value: ProcessUsage.virtualBytes())
        text.family(
            "process_start_time_seconds", .gauge, "Start time since 1970 in seconds.",
            value: Double(service.startedWallNs) / 1e9)
        text.family(
            "process_open_fds", .gauge, "Open file descriptors.",
            value: ProcessUsage.openDescriptors())
        text.family(
            "process_max_fds", .gauge, "The most file descriptors that may be open.",
            value: ProcessUsage.maxDescriptors())
    }
}
