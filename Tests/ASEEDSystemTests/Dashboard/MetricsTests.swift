import Testing

@testable import ASEEDSystem

/// `/metrics` by the rules of Prometheus' text format and naming.
@Suite struct MetricsTests {
    private struct Family {
        var type = ""
        var hasHelp = false
        var samples: [(name: String, labels: String, value: Double)] = []
    }

    /// Parses the text as strictly as `promtool check metrics` does.
    private func families(_ text: String) throws -> [String: Family] {
        var families: [String: Family] = [:]
        var current = ""
        #expect(text.hasSuffix("\n"))
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# HELP ") {
                current = String(words[2])
                #expect(families[current] == nil, "\(current) comes twice")
                families[current] = Family(hasHelp: words.count == 4)
            } else if line.hasPrefix("# TYPE ") {
                #expect(words[2] == current)
                families[current]?.type = String(words[3])
            } else {
                let open = line.firstIndex(of: "{")
                let close = line.lastIndex(of: "}")
                let end = open ?? line.firstIndex(of: " ") ?? line.endIndex
                let labels = open.flatMap { open in
                    close.map { String(line[line.index(after: open)..<$0]) }
                }
                let value = try #require(Double(line.split(separator: " ").last ?? ""), "\(line)")
                families[current]?.samples.append((String(line[..<end]), labels ?? "", value))
            }
        }
        return families
    }

    @Test func keepTheRulesOfTheFormat() throws {
        let fixture = try DashboardFixture()
        let client = try WebSocketTestClient(port: fixture.port)
        _ = client.nextJSON()
        _ = try fixture.post("/api/raw_orders", Body.rawOrders(progress: true))
        _ = try fixture.post("/api/services", DashboardLiveTests.services())
        _ = client.nextJSON()
        _ = try fixture.get("/nowhere")
        let response = try fixture.get("/metrics")
        #expect(response.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
        for (name, family) in try families(response.text) {
            #expect(family.hasHelp && !family.type.isEmpty, "\(name)")
            #expect(name.hasPrefix("aseed_") || name.hasPrefix("process_"), "\(name)")
            #expect((family.type == "counter") == name.hasSuffix("_total"), "\(name)")
            for unit in ["milliseconds", "_ms", "minutes", "kilobytes", "percent"] {
                #expect(!name.contains(unit), "\(name) is not in base units")
            }
            let suffixes = family.type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
            for sample in family.samples {
                #expect(suffixes.contains { sample.name == name + $0 }, "\(sample.name)")
            }
            let keys = family.samples.map { $0.name + $0.labels }
            #expect(Set(keys).count == keys.count, "\(name) has a sample twice")
        }
    }

    @Test func saysWhatIsThere() throws {
        let fixture = try DashboardFixture()
        let client = try WebSocketTestClient(port: fixture.port)
        _ = client.nextJSON()
        _ = try fixture.post("/api/raw_orders", Body.rawOrders(total: 7, batch: 3, progress: true))
        _ = client.nextJSON()
        _ = try fixture.post("/api/raw_orders", Body.rawOrders(total: 7, batch: 3))
        _ = try fixture.post("/api/services", DashboardLiveTests.services())
        _ = client.nextJSON()
        _ = try fixture.post("/api/categories", Body.categories(), token: nil)
        let text = try fixture.get("/metrics").text
        for line in [
            "aseed_orders_total 7", "aseed_revenue_total 899.9700",
            "aseed_rejected_orders_total{reason=\"price_scale\"} 1", "aseed_late_records_total 0",
            "aseed_epoch 1", "aseed_batch_id 3", "aseed_watermark_timestamp_seconds 1705328400.0",
            "aseed_backlog_bytes 7", "aseed_batch_duration_seconds 0.0015",
            "aseed_service_up{service=\"kafka\"} 1", "aseed_websocket_clients 1",
            "aseed_messages_total{query=\"raw_orders\",result=\"accepted\"} 1",
            "aseed_messages_total{query=\"raw_orders\",result=\"stale\"} 1",
            "aseed_http_requests_total{method=\"GET\",path=\"/ws\",status=\"101\"} 1",
            "aseed_http_requests_total{method=\"POST\",path=\"/api/categories\",status=\"401\"} 1",
            "aseed_http_requests_total{method=\"POST\",path=\"/api/raw_orders\",status=\"200\"} 2",
            "aseed_push_delay_seconds_count{client=\"websocket\"} 2",
            "aseed_http_request_duration_seconds_count{path=\"/api/raw_orders\"} 2",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
        #expect(!text.contains("service=\"zookeeper\""))
        #expect(text.contains("process_resident_memory_bytes "))
    }

    @Test func histogramsCountUpToTheirBounds() {
        var histogram = Histogram()
        for ms: Int64 in [0, 1, 3, 70, 9_000] { histogram.add(ns: ms * 1_000_000) }
        var text = PrometheusText()
        text.family("h", .histogram, "A \"help\".") { $0.samples(histogram, [("l", "a\"b\\")]) }
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines[0] == "# HELP h A \"help\".")
        #expect(lines.contains("h_bucket{l=\"a\\\"b\\\\\",le=\"0.001\"} 2"))
        #expect(lines.contains("h_bucket{l=\"a\\\"b\\\\\",le=\"0.1\"} 4"))
        #expect(lines.contains("h_bucket{l=\"a\\\"b\\\\\",le=\"5.0\"} 4"))
        #expect(lines.contains("h_bucket{l=\"a\\\"b\\\\\",le=\"+Inf\"} 5"))
        #expect(lines.contains("h_count{l=\"a\\\"b\\\\\"} 5"))
    }
}
