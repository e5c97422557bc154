import Testing

@testable import ASEEDSystem

/// An outbox in memory.
final class MemoryOutbox: FinalWindowSource {
    struct Broken: Error {}

    private let batches = ConditionLock<[Int64: [[UInt8]]]>([:])
    let failures = ConditionLock(0)
    let reads = ConditionLock<[Int64]>([])

    func add(batch: Int64, _ bodies: [[UInt8]]) { batches.update { $0[batch] = bodies } }

    func nextFinals(afterBatch batchID: Int64, maxRows: Int) throws -> [Publication] {
        reads.update { $0.append(batchID) }
        let fails = failures.update { left -> Bool in
            guard left > 0 else { return false }
            left -= 1
            return true
        }
        if fails { throw Broken() }
        return batches.read { all in
            guard let next = all.keys.filter({ $0 > batchID }).min() else { return [] }
            return (all[next] ?? []).map {
                Publication(query: .categoryWindows, mode: .append, batchID: next, body: $0)
            }
        }
    }
}

@Suite struct PublisherTests {
    private func publisher(
        _ url: String, _ outbox: MemoryOutbox = MemoryOutbox(),
        token: String? = DashboardFixture.token,
        _ change: (inout Publisher.Configuration) -> Void = { _ in }
    ) throws -> Publisher {
        var configuration = Publisher.Configuration(
            baseURL: url, token: token, runID: "run-1", epoch: 1)
        configuration.firstBackoffMs = 5
        configuration.maxBackoffMs = 50
        configuration.probeIntervalMs = 50
        change(&configuration)
        return try Publisher(configuration: configuration, finals: outbox)
    }

    private func products(_ batch: Int64, epoch: Int64 = 1) -> Publication {
        Publication(
            query: .topProducts, mode: .complete, batchID: batch,
            body: Body.topProducts(epoch: epoch, batch: batch))
    }

    private func open(_ batch: Int64, full: Bool) -> Publication {
        Publication(
            query: .categoryWindows, mode: .update, batchID: batch,
            body: Body.open(
                [Body.window(Int(batch) + 10, final: false)], full: full, batch: batch))
    }

    @Test("R60, R63: sends snapshots and final windows, and drains")
    func publishes() throws {
        let fixture = try DashboardFixture()
        let outbox = MemoryOutbox()
        outbox.add(
            batch: 2,
            [
                Body.finals([Body.window(0, final: true)], batch: 2),
                Body.finals([Body.window(1, final: true)], batch: 2),
            ])
        outbox.add(batch: 4, [Body.finals([Body.window(2, final: true)], batch: 4)])
        let publisher = try publisher(fixture.server.url, outbox)
        publisher.offer(products(5))
        publisher.offer(open(5, full: true))
        publisher.finalsAvailable(throughBatch: 5)
        #expect(publisher.drain(deadlineNs: deadline(inMs: 10_000)))
        #expect(publisher.acknowledged(.topProducts) == 5)
        #expect(publisher.acknowledged(.categoryWindows) == 5)
        #expect(publisher.acknowledged(.categories) == nil)
        #expect(publisher.acknowledgedFinals() == 5)
        let published = try fixture.published()
        #expect(published["windows"]?["final"]?.elements?.count == 3)
        #expect(published["windows"]?["open"]?.elements?.count == 1)
        let statistics = publisher.statistics()
        #expect(statistics.sent == 5 && statistics.acknowledged == 5)
        #expect(statistics.retries == 0 && statistics.lastError == nil)
        #expect(statistics.instanceID == fixture.server.instanceID)
        #expect(statistics.lastAcknowledgedNs[.topProducts] != nil)
        #expect((statistics.lastDurationNs ?? 0) > 0)
        publisher.stop()
    }

    @Test("R65: retries without limit while the dashboard is down; R62: snapshots coalesce")
    func retriesAndCoalesces() throws {
        let fixture = try DashboardFixture()
        let url = fixture.server.url
        fixture.server.stop()
        let outbox = MemoryOutbox()
        let publisher = try publisher(url, outbox)
        for batch in 0..<100 {
            outbox.add(
                batch: Int64(batch),
                [Body.finals([Body.window(batch, final: true)], batch: Int64(batch))])
            publisher.offer(products(Int64(batch)))
            publisher.finalsAvailable(throughBatch: Int64(batch))
        }
        #expect(eventually { publisher.statistics().retries > 3 })
        #expect(!publisher.drain(deadlineNs: deadline(inMs: 10)))
        #expect(publisher.statistics().acknowledged == 0)
        #expect(publisher.statistics().lastError?.contains("no connection") == true)
        try fixture.restart()
        #expect(publisher.drain(deadlineNs: deadline(inMs: 20_000)))
        let published = try fixture.published()
        let products = published["acceptances"]?.elements?.filter {
            $0["query"]?.string == "top_products"
        }
        #expect(products?.count == 1)
        #expect(products?.first?["batch_id"]?.integer == 99)
        #expect(published["windows"]?["final"]?.elements?.count == 100)
        #expect(publisher.statistics().coalesced >= 98)
        publisher.stop()
    }

    @Test("R61: a higher epoch fences the publisher, which then sends nothing more")
    func isFenced() throws {
        let fixture = try DashboardFixture()
        _ = try fixture.post("/api/categories", Body.categories(epoch: 8))
        let publisher = try publisher(fixture.server.url)
        publisher.offer(products(1))
        #expect(eventually { publisher.fencedBy() != nil })
        #expect(publisher.fencedBy() == 8)
        publisher.offer(products(2))
        #expect(!publisher.drain(deadlineNs: deadline(inMs: 5_000)))
        #expect(publisher.statistics().sent == 1)
        #expect(try fixture.published()["queries"]?["top_products"] == nil)
        publisher.stop()
    }

    @Test("R62: a stale answer settles the message")
    func takesStaleAsAnAnswer() throws {
        let fixture = try DashboardFixture()
        _ = try fixture.post("/api/top_products", Body.topProducts(epoch: 1, batch: 9))
        let publisher = try publisher(fixture.server.url)
        publisher.offer(products(9))
        #expect(publisher.drain(deadlineNs: deadline(inMs: 10_000)))
        #expect(publisher.statistics().stale == 1)
        #expect(publisher.acknowledged(.topProducts) == 9)
    }

    @Test("R63: a conflict is reported and does not hold the other results up")
    func reportsConflicts() throws {
        let fixture = try DashboardFixture()
        _ = try fixture.post(
            "/api/windows", Body.finals([Body.window(0, orders: 7, final: true)]))
        let outbox = MemoryOutbox()
        outbox.add(batch: 0, [Body.finals([Body.window(0, final: true)])])
        outbox.add(batch: 1, [Body.finals([Body.window(1, final: true)], batch: 1)])
        let publisher = try publisher(fixture.server.url, outbox)
        publisher.finalsAvailable(throughBatch: 1)
        publisher.offer(products(1))
        #expect(publisher.drain(deadlineNs: deadline(inMs: 10_000)))
        #expect(publisher.statistics().conflicts == 1)
        #expect(publisher.statistics().lastError?.contains("is final with") == true)
        #expect(try fixture.published()["conflicts"]?.integer == 1)
    }

    @Test("R64: a new instance gets every snapshot and all final windows again")
    func sendsEverythingToANewInstance() throws {
        let fixture = try DashboardFixture()
        let outbox = MemoryOutbox()
        for batch in 0..<5 {
            outbox.add(
                batch: Int64(batch),
                [Body.finals([Body.window(batch, final: true)], batch: Int64(batch))])
        }
        let publisher = try publisher(fixture.server.url, outbox)
        publisher.offer(products(4))
        publisher.offer(
            Publication(
                query: .categories, mode: .complete, batchID: 4, body: Body.categories(batch: 4)))
        publisher.finalsAvailable(throughBatch: 4)
        #expect(publisher.drain(deadlineNs: deadline(inMs: 10_000)))
        // The new instance has lost everything; the idle publisher notices by itself.
        let empty = try TemporaryFolder()
        try fixture.restart(folder: empty.path)
        #expect(eventually { publisher.statistics().instanceChanges == 1 })
        #expect(publisher.drain(deadlineNs: deadline(inMs: 10_000)))
        let published = try fixture.published()
        #expect(published["windows"]?["final"]?.elements?.count == 5)
        #expect(published["queries"]?["top_products"]?["batch_id"]?.integer == 4)
        #expect(published["queries"]?["categories"]?["batch_id"]?.integer == 4)
        #expect(publisher.acknowledgedFinals() == 4)
        publisher.stop()
    }

    @Test("R64: window changes are not repeated to a new instance; the engine is asked for all")
    func doesNotRepeatDeltas() throws {
        let fixture = try DashboardFixture()
        let publisher = try publisher(fixture.server.url)
        publisher.offer(open(0, full: true))
        #expect(eventually { publisher.acknowledged(.categoryWindows) == 0 })
        publisher.offer(open(1, full: false))
        #expect(eventually { publisher.acknowledged(.categoryWindows) == 1 })
        let empty = try TemporaryFolder()
        try fixture.restart(folder: empty.path)
        #expect(eventually { publisher.acknowledged(.categoryWindows) == nil })
        #expect(!publisher.drain(deadlineNs: deadline(inMs: 50)))
        // A change meanwhile is answered "incomplete" and dropped.
        publisher.offer(open(2, full: false))
        #expect(eventually { publisher.statistics().dropped == 1 })
        #expect(publisher.acknowledged(.categoryWindows) == nil)
        publisher.offer(open(3, full: true))
        #expect(publisher.drain(deadlineNs: deadline(inMs: 10_000)))
        #expect(publisher.acknowledged(.categoryWindows) == 3)
        publisher.stop()
    }

    @Test("R65: a wrong token is retried until it is right elsewhere, and told")
    func tellsAWrongToken() throws {
        let fixture = try DashboardFixture()
        let publisher = try publisher(fixture.server.url, token: "wrong-token-wrong-token")
        publisher.offer(products(1))
        #expect(eventually { publisher.statistics().retries > 2 })
        #expect(publisher.statistics().lastError?.contains("401") == true)
        #expect(publisher.acknowledged(.topProducts) == nil)
        publisher.stop()
    }

    @Test func dropsWhatIsRefusedForGood() throws {
        let fixture = try DashboardFixture()
        let publisher = try publisher(fixture.server.url)
        publisher.offer(
            Publication(query: .topProducts, mode: .complete, batchID: 1, body: Array("{}".utf8)))
        #expect(eventually { publisher.statistics().refused == 1 })
        #expect(publisher.statistics().lastError?.contains("products: is missing") == true)
        #expect(!publisher.drain(deadlineNs: deadline(inMs: 20)))
        publisher.offer(products(2))
        #expect(publisher.drain(deadlineNs: deadline(inMs: 10_000)))
        publisher.stop()
    }

    @Test("R65: an outbox that can't be read is tried again")
    func retriesTheOutbox() throws {
        let fixture = try DashboardFixture()
        let outbox = MemoryOutbox()
        outbox.failures.update { $0 = 3 }
        outbox.add(batch: 0, [Body.finals([Body.window(0, final: true)])])
        let publisher = try publisher(fixture.server.url, outbox)
        publisher.finalsAvailable(throughBatch: 0)
        #expect(publisher.drain(deadlineNs: deadline(inMs: 10_000)))
        #expect(publisher.statistics().lastError?.contains("Broken") == true)
        #expect(try fixture.published()["windows"]?["final"]?.elements?.count == 1)
    }

    @Test("R64: the outbox is read from the start without being told")
    func sendsTheOutboxAtStart() throws {
        let fixture = try DashboardFixture()
        let outbox = MemoryOutbox()
        outbox.add(batch: 3, [Body.finals([Body.window(0, final: true)], batch: 3)])
        let publisher = try publisher(fixture.server.url, outbox)
        #expect(publisher.drain(deadlineNs: deadline(inMs: 10_000)))
        #expect(publisher.acknowledgedFinals() == 3)
        #expect(outbox.reads.read { $0.first } == -1)
    }

    @Test func answersAtOnceWhileTheServerHangs() throws {
        let listener = try SilentListener()
        let publisher = try publisher("http://127.0.0.1:\(listener.port)") { $0.timeoutMs = 60_000 }
        let startNs = SystemClock.monotonicNs()
        for batch in 0..<1_000 { publisher.offer(products(Int64(batch))) }
        _ = (publisher.acknowledged(.topProducts), publisher.statistics())
        #expect(SystemClock.monotonicNs() - startNs < 2_000_000_000)
        publisher.stop()
        #expect(SystemClock.monotonicNs() - startNs < 10_000_000_000)
    }
}
