import Testing

@testable import ASEEDSystem

/// Window messages that come in parts.
@Suite struct WindowPartsTests {
    private static func part(
        _ number: Int, of count: Int, _ rows: [String], batch: Int64 = 0, epoch: Int64 = 1
    ) -> [UInt8] {
        let body = String(
            decoding: Body.open(rows, full: true, epoch: epoch, batch: batch), as: UTF8.self)
        return Array("{\"part\":\(number),\"parts\":\(count),\(body.dropFirst())".utf8)
    }

    private func row(_ minute: Int) -> String { Body.window(minute, final: false) }

    private func open(_ fixture: DashboardFixture) throws -> Int? {
        try fixture.json("/api/published")["windows"]?["open"]?.elements?.count
    }

    @Test func countOnlyWhenAllAreThere() throws {
        let fixture = try DashboardFixture()
        _ = try fixture.post("/api/windows", Body.open([row(50)], full: true))
        for number in 1...2 {
            let body = Self.part(number, of: 3, [row(number)], batch: 1)
            #expect(try fixture.post("/api/windows", body).statusWord == "success")
            #expect(try open(fixture) == 1)
        }
        // A part again, as after a lost answer.
        #expect(
            try fixture.post("/api/windows", Self.part(2, of: 3, [row(2)], batch: 1)).status == 200)
        #expect(
            try fixture.post("/api/windows", Self.part(3, of: 3, [row(3)], batch: 1)).status == 200)
        #expect(try open(fixture) == 3)
        #expect(try fixture.published()["windows"]?["batch_id"]?.integer == 1)
        #expect(try fixture.published()["acceptances"]?.elements?.count == 2)
    }

    @Test func aMissingPartIsAskedForAgain() throws {
        let fixture = try DashboardFixture()
        let second = try fixture.post("/api/windows", Self.part(2, of: 2, [row(2)]))
        #expect(second.status == 409 && second.statusWord == "incomplete")
        _ = try fixture.post("/api/windows", Self.part(1, of: 2, [row(1)]))
        // A newer message takes the place of the one that stopped.
        _ = try fixture.post("/api/windows", Self.part(1, of: 2, [row(3)], batch: 1))
        #expect(try fixture.post("/api/windows", Self.part(2, of: 2, [row(2)])).status == 409)
        #expect(
            try fixture.post("/api/windows", Self.part(2, of: 2, [row(4)], batch: 1)).status == 200)
        #expect(try open(fixture) == 2)
    }

    @Test func aFencedPartSaysSo() throws {
        let fixture = try DashboardFixture()
        _ = try fixture.post("/api/categories", Body.categories(epoch: 3))
        let part = try fixture.post("/api/windows", Self.part(1, of: 2, [row(1)], epoch: 2))
        #expect(part.statusWord == "fenced")
    }

    @Test(arguments: [
        ("\"part\":0,\"parts\":2", "part"), ("\"part\":3,\"parts\":2", "part"),
        ("\"part\":1,\"parts\":257", "parts"), ("\"part\":1", "parts"),
    ])
    func checksTheNumbers(members: String, place: String) throws {
        let body = String(decoding: Body.open([], full: true), as: UTF8.self)
        #expect {
            try MessageParser.parse(
                Array("{\(members),\(body.dropFirst())".utf8), query: .categoryWindows)
        } throws: { ($0 as? MessageError)?.path == place }
    }

    @Test func clientsSeeTheLatestOfVeryMany() throws {
        let fixture = try DashboardFixture()
        let client = try WebSocketTestClient(port: fixture.port)
        _ = client.nextJSON()
        let rows = (0..<1_200).map { Body.window($0 % 60, "C\($0)", final: false) }
        _ = try fixture.post("/api/windows", Self.part(1, of: 2, Array(rows[..<600])))
        _ = try fixture.post("/api/windows", Self.part(2, of: 2, Array(rows[600...])))
        let update = try #require(client.nextJSON())
        #expect(update["message"]?["windows"]?.elements?.count == 1_000)
        #expect(update["message"]?["truncated"]?.bool == true)
        #expect(update["message"]?["full"]?.bool == true)
        let shown = try fixture.json("/api/analytics")["windows"]?.elements
        #expect(shown?.count == 1_000)
        #expect(shown?.last?["window_start"]?.string == Body.time(59))
        #expect(try open(fixture) == 1_200)
    }
}
