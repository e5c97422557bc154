import ASEEDSystem
import Testing

@testable import Lab

@Suite struct OrderShapeTests {
    private static let line =
        #"{"order_id": "ORD-000000007", "product_id": "PROD-001", "product_name": "Soft \"Rug\"", "#
        + #""category": "Home", "price": 299.9, "quantity": 2, "timestamp": "2024-01-15T14:30:00.5"}"#

    private static func write(_ shape: OrderShape, _ line: String = line, seed: UInt64 = 1)
        -> String?
    {
        var writer = ShapeWriter(shape, seed: seed)
        var out: [UInt8] = []
        let isWritten = Array(line.utf8).withUnsafeBytes { writer.append($0, to: &out) }
        return isWritten ? String(decoding: out, as: UTF8.self) : nil
    }

    private static func members(_ text: String?) throws -> [JSONValue.Member] {
        let text = try #require(text)
        return try #require(try JSONParser.parse(Array(text.utf8)).members)
    }

    @Test(
        "every shape keeps the values of the seven fields",
        arguments: [
            OrderShape.plain, .compact, .reordered, .extraScalars, .extraNested, .uuid, .randomKeys,
        ])
    func keepsValues(_ shape: OrderShape) throws {
        let plain = try JSONParser.parse(Array(Self.line.utf8))
        let text = try #require(Self.write(shape))
        let shaped = try JSONParser.parse(Array(text.utf8))
        for key in OrderCut.keys where shape != .uuid || key != "order_id" {
            #expect(shaped[key]?.kind == plain[key]?.kind, "\(key)")
        }
    }

    @Test("each shape is what its name says")
    func shapes() throws {
        #expect(Self.write(.plain) == Self.line)
        #expect(
            Self.write(.compact)
                == Self.line.replacing(", \"", with: ",\"").replacing("\": ", with: "\":"))
        let sorted = try Self.members(Self.write(.reordered)).map(\.name)
        #expect(sorted == OrderCut.keys.sorted())
        #expect(try Self.members(Self.write(.extraScalars)).count == 10)
        let shipping = try Self.members(Self.write(.extraNested)).last?.value
        #expect(shipping?["address"]?["zip"]?.string?.count == 5)
        let uuid = try Self.members(Self.write(.uuid)).first?.value.string
        #expect(uuid?.count == 36)
        #expect(uuid?.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
    }

    @Test("random keys have an order of their own in each record")
    func randomOrders() throws {
        var writer = ShapeWriter(.randomKeys, seed: 1)
        var orders: Set<[String]> = []
        for _ in 0..<50 {
            var out: [UInt8] = []
            let isWritten = Array(Self.line.utf8).withUnsafeBytes { writer.append($0, to: &out) }
            #expect(isWritten)
            orders.insert(try #require(try JSONParser.parse(out).members).map(\.name))
        }
        #expect(orders.count > 40)
    }

    @Test("about one in a hundred records is odd, and a line feed is in none")
    func oddOnes() {
        var writer = ShapeWriter(.odd, seed: 1)
        var changed = 0
        for _ in 0..<5_000 {
            var out: [UInt8] = []
            _ = Array(Self.line.utf8).withUnsafeBytes { writer.append($0, to: &out) }
            #expect(!out.contains(0x0a))
            if out != Array(Self.line.utf8) { changed += 1 }
        }
        #expect(changed > 25 && changed < 90)
    }

    @Test(
        "other lines are not taken for orders of the simulator",
        arguments: [
            "", "{}", "[1]", line + "x", String(line.dropLast()), line.replacing(", ", with: ","),
            #"{"order_id": "ORD"#,
        ])
    func otherLines(_ line: String) { #expect(Self.write(.compact, line) == nil) }
}
