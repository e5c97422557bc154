import ASEEDSystem
import Testing

@testable import Lab

/// The lab's own subscriber at a real dashboard.
@Suite(.timeLimit(.minutes(15))) struct SubscriptionClientTests {
    private static let token = "0123456789abcdef"

    private static func await(_ done: () -> Bool) throws {
        let deadline = SystemClock.monotonicNs() + 30_000_000_000
        let lock = ConditionLock(0)
        while !done() {
            let now = SystemClock.monotonicNs()
            guard now < deadline else { throw CommandFailure(.timeout, "waited for 30 s") }
            _ = lock.wait(untilNs: now + 5_000_000) { _ -> Bool? in nil }
        }
    }

    private static func post(_ url: String, batch: Int, positions: String) throws {
        let body = """
            {"categories":[],"run_id":"r","epoch":1,"batch_id":\(batch),"query":"categories",
             "mode":"complete","watermark":null,"positions":\(positions),
             "timestamp":"2024-01-15T14:30:00.000000Z"}
            """
        let answer = try HTTPClient().send(
            HTTPRequest(
                "POST", "\(url)/api/categories",
                headers: [
                    HTTPHeader("Content-Type", "application/json"),
                    HTTPHeader("Authorization", "Bearer \(token)"),
                ], body: Array(body.utf8)))
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test func takesMessagesAndConnectsAgainByItself() throws {
        let folder = try TemporaryFolder()
        let port = try FreePort.find()
        var server: DashboardServer? = try DashboardServer(
            configuration: .init(port: port, token: Self.token, dataFolder: folder.path))
        let url = try #require(server?.url)
        let client = try SubscriptionClient(url: url, partitions: 2)
        try Self.await { client.isConnected }
        let before = SystemClock.monotonicNs()
        try Self.post(url, batch: 0, positions: "[10,20]")
        try Self.await { client.log.covers([10, 20]) }
        let cover = try #require(client.log.cover(partition: 1, position: 19))
        #expect(before <= cover.acceptedNs && cover.acceptedNs <= cover.receivedNs)
        #expect(cover.receivedNs <= SystemClock.monotonicNs())
        #expect(client.log.cover(partition: 1, position: 20) == nil)

        server?.stop()
        server = nil
        try Self.await { !client.isConnected }
        server = try DashboardServer(
            configuration: .init(port: port, token: Self.token, dataFolder: folder.path))
        try Self.await { client.isConnected }
        try Self.post(url, batch: 1, positions: "[11,20]")
        try Self.await { client.log.covers([11, 20]) }
        let gaps = client.log.gaps
        #expect(gaps.count == 1)
        #expect(gaps.first?.untilNs.map { $0 > gaps[0].fromNs } == true)
        client.stop()
        #expect(client.log.gaps.count == 1)
        server?.stop()
    }

    /// What was published while nobody was connected comes with the first message.
    @Test func theFirstMessageCoversWhatWasBefore() throws {
        let server = try DashboardServer(
            configuration: .init(port: 0, token: Self.token, dataFolder: nil))
        try Self.post(server.url, batch: 0, positions: "[10,20]")
        let before = SystemClock.monotonicNs()
        let client = try SubscriptionClient(url: server.url, partitions: 2)
        try Self.await { client.log.covers([10, 20]) }
        let cover = try #require(client.log.cover(partition: 0, position: 0))
        #expect(before <= cover.acceptedNs && cover.acceptedNs <= cover.receivedNs)
        client.stop()
        server.stop()
    }

    @Test func triesWithoutAnEndAndStopsAtOnce() throws {
        let client = try SubscriptionClient(
            url: "http://127.0.0.1:\(try FreePort.find())", partitions: 1)
        #expect(!client.isConnected)
        client.stop()
        #expect(client.log.gaps.isEmpty)
    }

    @Test(arguments: [
        ("http://127.0.0.1:80", "127.0.0.1", 80), ("http://[::1]:5005/x", "::1", 5_005),
    ])
    func readsAddresses(url: String, host: String, port: Int) throws {
        let address = try #require(DashboardAddress(url))
        #expect(address.host == host && address.port == port)
    }

    @Test(arguments: ["", "http://", "https://a:1", "http://a", "http://:1", "http://a:0"])
    func refusesOtherAddresses(url: String) { #expect(DashboardAddress(url) == nil) }
}
