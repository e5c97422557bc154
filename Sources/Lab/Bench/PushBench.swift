internal import ASEEDSystem
internal import Glibc

/// From a POST to the WebSocket frames at many clients, one of which never reads.
enum PushBench {
    static let clients = 200
    static let updatesPerSecond = 10

    static let push = Benchmark(
        name: "dashboard-push",
        summary: "\(clients) WebSocket clients, \(updatesPerSecond) updates a second, and one "
            + "client that never reads: from POST to frame",
        defaultOrders: 200, leastOrdersJudged: 100
    ) { stage in
        BenchLineup(contenders: [
            BenchContender(
                name: "\(clients) clients",
                bounds: [
                    (.pushP99Ms, .atMost(100)), (.rssGrowth, .atMost(8e6)),
                ]
            ) {
                try PushRun(updates: max(2, min(stage.orders, 10_000)), stage: stage).measure()
            }
        ])
    }
}

/// One run: its own dashboard, its own clients.
private struct PushRun {
    let updates: Int64
    let stage: BenchStage

    func measure() throws -> BenchSample {
        let dashboard = try BenchDashboard(stage)
        let clients = try (0..<PushBench.clients).map { _ in try PushClient(port: dashboard.port) }
        let silent = try PushClient(port: dashboard.port, receiveBufferBytes: 4_096)
        try post(0, to: dashboard)
        try collect(0, at: clients) { _ in }
        let before = try dashboard.usage()
        let startNs = SystemClock.monotonicNs()
        let poster = PushPoster(
            updates: updates, intervalNs: 1_000_000_000 / Int64(PushBench.updatesPerSecond),
            startNs: startNs, url: dashboard.url, token: try dashboard.token())
        let thread = try NamedThread("poster") { poster.run() }
        defer { thread.join() }
        var delaysNs: [Int64] = []
        try collect(updates, at: clients) { batch in
            delaysNs.append(SystemClock.monotonicNs() - poster.dueNs(batch))
        }
        let wallNs = SystemClock.monotonicNs() - startNs
        let after = try dashboard.usage()
        if let failure = poster.failure.read({ $0 }) {
            throw CommandFailure(.unavailable, "lab bench: \(failure)")
        }
        withExtendedLifetime(silent) {}
        return sample(delaysNs.sorted(), wallNs, before, after)
    }

    private func post(_ batch: Int64, to dashboard: BenchDashboard) throws {
        try PushPoster.post(batch, url: dashboard.url, token: try dashboard.token(), HTTPClient())
    }

    /// Reads until every client has a batch.
    private func collect(
        _ batch: Int64, at clients: [PushClient], _ onUpdate: (Int64) -> Void
    ) throws {
        let limitNs = (batch / Int64(PushBench.updatesPerSecond) + 30) * 1_000_000_000
        let deadlineNs = SystemClock.monotonicNs() + limitNs
        var waiting = clients.map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        while clients.contains(where: { $0.lastBatch < batch }) {
            guard SystemClock.monotonicNs() < deadlineNs else {
                throw CommandFailure(
                    .wrongOutput, "lab bench: not every client got update \(batch) in time")
            }
            guard poll(&waiting, nfds_t(waiting.count), 100) > 0 else { continue }
            for index in clients.indices where waiting[index].revents != 0 {
                clients[index].receive(onUpdate)
                guard !clients[index].ended else {
                    throw CommandFailure(
                        .wrongOutput, "lab bench: the dashboard closed a client that reads")
                }
            }
        }
    }

    private func sample(
        _ sorted: [Int64], _ wallNs: Int64, _ before: BenchUsage, _ after: BenchUsage
    ) -> BenchSample {
        func ms(_ share: Double) -> Double {
            guard !sorted.isEmpty else { return 0 }
            let rank = Int((share * Double(sorted.count)).rounded(.up))
            return Double(sorted[min(max(rank, 1), sorted.count) - 1]) / 1e6
        }
        var hash = BenchHash()
        hash.add(UInt64(updates))
        hash.add(UInt64(PushBench.clients))
        var sample = BenchSample(
            orders: 0, hash: hash.value, wallNs: wallNs, cpuNs: after.cpuNs - before.cpuNs)
        sample.extras = [
            (.pushP50Ms, ms(0.5)), (.pushP99Ms, ms(0.99)), (.pushMaxMs, ms(1)),
            (.pushFrames, Double(sorted.count)), (.rssBefore, Double(before.residentBytes)),
            (.rssAfter, Double(after.residentBytes)),
            (.rssGrowth, Double(after.residentBytes - before.residentBytes)),
        ]
        return sample
    }
}

/// Posts updates at fixed times, whatever the answers take.
private final class PushPoster: Sendable {
    private let updates: Int64
    private let intervalNs: Int64
    private let startNs: Int64
    private let url: String
    private let token: String
    let failure = ConditionLock<String?>(nil)

    init(updates: Int64, intervalNs: Int64, startNs: Int64, url: String, token: String) {
        self.updates = updates
        self.intervalNs = intervalNs
        self.startNs = startNs
        self.url = url
        self.token = token
    }

    /// When an update was to be posted: delays count from there, also when an answer was late.
    func dueNs(_ batch: Int64) -> Int64 { startNs + batch * intervalNs }

    func run() {
        let pause = ConditionLock(())
        do {
            let client = try HTTPClient()
            for batch in 1...updates {
                _ = pause.wait(untilNs: dueNs(batch)) { _ -> Void? in nil }
                try Self.post(batch, url: url, token: token, client)
            }
        } catch {
            failure.update { $0 = "\(error)" }
        }
    }

    static func post(
        _ batch: Int64, url: String, token: String, _ client: HTTPClient
    ) throws {
        let request = HTTPRequest(
            "POST", url + "/api/raw_orders",
            headers: [
                HTTPHeader("Content-Type", "application/json"),
                HTTPHeader("Authorization", "Bearer \(token)"),
            ], body: body(batch))
        let response = try client.send(request)
        guard response.status == 200 else {
            throw CommandFailure(
                .wrongOutput, "lab bench: update \(batch) was answered \(response.text)")
        }
    }

    /// A message of the size that an engine posts.
    private static func body(_ batch: Int64) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.name("orders")
            json.array { json in
                for number in 0..<20 {
                    json.object { json in
                        json.member("order_id", "ORD-\(batch * 1_000 + Int64(number))")
                        json.member("product_id", "PROD-\(number)")
                        json.member("product_name", "Smart Watch Premium \(number)")
                        json.member("category", "Electronics")
                        json.member("price", number: "299.9900")
                        json.member("quantity", 2)
                        json.member("total_value", number: "599.9800")
                        json.member("timestamp", "2024-01-15T14:30:00.123456Z")
                    }
                }
            }
            json.name("metrics")
            json.object { json in
                json.member("total_orders", batch * 1_000)
                json.member("total_revenue", number: "\(batch * 299_990).0000")
                json.name("hours")
                json.array { json in
                    for hour in 0..<24 {
                        json.object { json in
                            json.member("hour", hour)
                            json.member("order_count", batch)
                            json.member("total_revenue", number: "\(batch * 300).0000")
                        }
                    }
                }
            }
            json.member("run_id", "bench")
            json.member("epoch", 1)
            json.member("batch_id", batch)
            json.member("query", "raw_orders")
            json.member("mode", "complete")
            json.name("watermark")
            json.null()
            json.name("positions")
            json.array { json in
                for partition in Int64(0)..<3 { json.number(batch * 64_000 + partition) }
            }
        }
        return json.bytes
    }
}
