import Foundation
import Testing

@testable import Verifier

@Suite struct ReferenceAnswerTests {
    @Test("the whole object, written out")
    func answersASmallLog() throws {
        func line(_ id: String, _ time: String, _ price: String) -> [UInt8] {
            Array(
                InvalidRecords.text(id: id, replacing: "timestamp", with: "\"\(time)\"")
                    .replacing("19.99", with: price).utf8)
        }
        let log = MemoryLog([
            [
                line("1", "2024-01-15T14:30:00Z", "19.99"),
                line("2", "2024-01-15T14:45:00Z", "0.005"), Array("oops".utf8),
                line("3", "2024-01-15T14:34:00Z", "1"),
                line("4", "2024-01-15T14:33:59.999999Z", "1"),
            ]
        ])
        let answer = try Verifier.referenceAnswer(log: log, run: RunDescription())
        #expect(
            answer == """
                {"records":5,"valid":4,"rejected":{"json_syntax":1},"late_pairs":2,"late_records":2,\
                "watermark":"2024-01-15T14:35:00.000000Z",\
                "totals":{"total_orders":4,"total_quantity":8,"total_revenue":43.9900},\
                "top_products":[{"product_id":"P","product_name":"N","category":"C",\
                "order_count":4,"total_quantity":8,"total_revenue":43.9900,"avg_price":5.49875000}],\
                "categories":[{"category":"C","total_orders":4,"order_count":4,"total_quantity":8,\
                "total_revenue":43.9900,"avg_price":5.49875000,"unique_products":1}],\
                "windows":[{"window_start":"2024-01-15T14:30:00.000000Z",\
                "window_end":"2024-01-15T14:31:00.000000Z","category":"C","order_count":1,\
                "total_quantity":2,"total_revenue":39.9800,"final":true},\
                {"window_start":"2024-01-15T14:45:00.000000Z",\
                "window_end":"2024-01-15T14:46:00.000000Z","category":"C","order_count":1,\
                "total_quantity":2,"total_revenue":0.0100,"final":false}]}
                """)
    }

    @Test("a partition without a valid order holds the watermark back (R34)")
    func waitsForSilentPartitions() throws {
        let line = Array(InvalidRecords.text(id: "1", replacing: "", with: "").utf8)
        let answer = try Verifier.referenceAnswer(
            log: MemoryLog([[line], []]), run: RunDescription())
        #expect(answer.contains("\"watermark\":null"))
        #expect(answer.contains("\"final\":false"))
    }

    @Test("an empty log has an answer")
    func answersEmptyLog() throws {
        let answer = try Verifier.referenceAnswer(log: MemoryLog([[], []]), run: RunDescription())
        #expect(
            answer == """
                {"records":0,"valid":0,"rejected":{},"late_pairs":0,"late_records":0,\
                "watermark":null,"totals":{"total_orders":0,"total_quantity":0,\
                "total_revenue":0.0000},"top_products":[],"categories":[],"windows":[]}
                """)
    }

    @Test("policy `batch` has the empty batch that follows a risen watermark (R35)")
    func answersByBatch() throws {
        func line(_ time: String) -> [UInt8] {
            Array(InvalidRecords.text(id: "1", replacing: "timestamp", with: "\"\(time)\"").utf8)
        }
        let log = MemoryLog([
            [line("2024-01-15T14:45:00.123456Z"), line("2024-01-15T14:30:00Z")]
        ])
        let answer = try Verifier.referenceAnswer(log: log, run: RunDescription(policy: .batch))
        #expect(answer.contains("\"watermark\":\"2024-01-15T14:35:00.123000Z\""))
        #expect(answer.contains("\"late_pairs\":0"))
        #expect(answer.contains("\"final\":true"))
    }

    @Test("sums beyond 64 bits are exact (R40), with a scratch file that is removed")
    func sumsBeyond64Bits() throws {
        let line = Array(
            InvalidRecords.text(id: "1", replacing: "price", with: "99999999.9999")
                .replacing("\"quantity\":2", with: "\"quantity\":1000000").utf8)
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "scratch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let answer = try Verifier.referenceAnswer(
            log: MemoryLog([Array(repeating: line, count: 100)]), run: RunDescription(),
            scratchFolder: folder.path)
        #expect(answer.contains("\"total_revenue\":9999999999990000.0000"))
        #expect(answer.contains("\"avg_price\":99999999.99990000"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        try FileManager.default.removeItem(at: folder)
    }
}
