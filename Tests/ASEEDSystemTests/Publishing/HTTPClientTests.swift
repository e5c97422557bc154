import Testing

@testable import ASEEDSystem

@Suite struct HTTPClientTests {
    private func failure(
        _ url: String, _ change: (inout HTTPClient.Configuration) -> Void = { _ in }
    ) throws -> HTTPError? {
        var configuration = HTTPClient.Configuration()
        change(&configuration)
        let client = try HTTPClient(configuration: configuration)
        do throws(HTTPError) {
            _ = try client.send(HTTPRequest("GET", url))
            return nil
        } catch {
            return error
        }
    }

    @Test func keepsTheConnectionAlive() throws {
        let fixture = try DashboardFixture()
        let client = try HTTPClient()
        let token = HTTPHeader("Authorization", "Bearer \(DashboardFixture.token)")
        let type = HTTPHeader("Content-Type", "application/json")
        for batch in 0..<20 {
            #expect(
                try client.send(HTTPRequest("GET", fixture.server.url + "/healthz")).status == 200)
            let post = HTTPRequest(
                "POST", fixture.server.url + "/api/categories", headers: [token, type],
                body: Body.categories(batch: Int64(batch)))
            #expect(try client.send(post).status == 200)
            #expect(try client.send(HTTPRequest("GET", fixture.server.url + "/none")).status == 404)
        }
        #expect(client.connectionsOpened == 1)
    }

    @Test func readsHeadersInAnyCase() throws {
        let fixture = try DashboardFixture()
        let response = try fixture.get("/healthz")
        #expect(response.header("CONTENT-TYPE") == "application/json")
        #expect(response.header("x-frame-options") == "DENY")
        #expect(response.header("x-none") == nil)
    }

    @Test func namesWhatIsNotThere() throws {
        let port: Int
        do { port = try SilentListener().port }  // free again now
        guard case .unreachable(let url, _) = try failure("http://127.0.0.1:\(port)/") else {
            Issue.record("not unreachable")
            return
        }
        #expect(url == "http://127.0.0.1:\(port)/")
    }

    @Test func givesUpInTime() throws {
        let listener = try SilentListener()
        let startNs = SystemClock.monotonicNs()
        let error = try failure("http://127.0.0.1:\(listener.port)/") { $0.timeoutMs = 200 }
        #expect(error == .timedOut(url: "http://127.0.0.1:\(listener.port)/", afterMs: 200))
        #expect(SystemClock.monotonicNs() - startNs < 5_000_000_000)
    }

    @Test func boundsAnswers() throws {
        let fixture = try DashboardFixture()
        let url = fixture.server.url + "/"
        let error = try failure(url) { $0.maxResponseBytes = 100 }
        #expect(error == .responseTooLarge(url: url, limitBytes: 100))
    }

    @Test func refusesWhatItCannotSend() throws {
        guard case .invalidRequest = try failure("ftp://127.0.0.1/") else {
            Issue.record("ftp was accepted")
            return
        }
        let client = try HTTPClient()
        let header = HTTPHeader("X", "a\r\nInjected: b")
        #expect(throws: HTTPError.self) {
            try client.send(HTTPRequest("GET", "http://127.0.0.1:1/", headers: [header]))
        }
    }

    @Test func cancelsFromAnotherThread() throws {
        let listener = try SilentListener()
        let cancellation = HTTPCancellation()
        let canceller = try NamedThread("canceller") {
            // Only once the request waits in the listener's queue.
            _ = eventually(withinMs: 300) { false }
            cancellation.cancel()
        }
        let error = try failure("http://127.0.0.1:\(listener.port)/") {
            $0.cancellation = cancellation
        }
        canceller.join()
        #expect(error == .cancelled(url: "http://127.0.0.1:\(listener.port)/"))
    }

    @Test func readsTheDashboardsIdentity() throws {
        let fixture = try DashboardFixture()
        _ = try fixture.post("/api/categories", Body.categories(epoch: 9))
        let identity = try DashboardIdentity.read(baseURL: fixture.server.url + "/")
        #expect(identity.epoch == 9)
        #expect(identity.instanceID == fixture.server.instanceID)
        #expect(throws: HTTPError.self) {
            try DashboardIdentity.read(baseURL: fixture.server.url + "/elsewhere")
        }
    }
}

@Suite struct BackoffTests {
    @Test("R65: waits double up to the bound, with jitter from the seed")
    func doublesUpToTheBound() {
        var first = Backoff(firstMs: 10, maxMs: 100, seed: 7)
        var second = Backoff(firstMs: 10, maxMs: 100, seed: 7)
        var other = Backoff(firstMs: 10, maxMs: 100, seed: 8)
        let waits = (0..<40).map { _ in first.fail() }
        #expect(waits == (0..<40).map { _ in second.fail() })
        #expect(waits != (0..<40).map { _ in other.fail() })
        for (index, wait) in waits.enumerated() {
            let boundNs: Int64 = index < 4 ? 10_000_000 << Int64(index) : 100_000_000
            #expect(wait >= boundNs / 2 && wait <= boundNs, "wait \(index)")
        }
        first.succeed()
        #expect(first.fail() <= 10_000_000)
    }
}
