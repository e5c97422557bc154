import ASEEDSystem
import Foundation
import Testing

@testable import Lab

/// `lab engine` over recorded data: what it answers, and that it leaves the data alone.
@Suite(.timeLimit(.minutes(15))) struct EngineAnswerTests {
    /// Every file under a folder, with its bytes, size and time of change.
    private func snapshot(_ path: String) throws -> [String] {
        try FileTree.names(in: path).map { name in
            let file = "\(path)/\(name)"
            let facts = try FileManager.default.attributesOfItem(atPath: file)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            return "\(name) \(facts[.modificationDate] ?? "") \(facts[.posixPermissions] ?? "") "
                + "\(bytes.count) \(bytes.hashValue)"
        }
    }

    @Test("a folder of partition files alone is read and never written, nothing is left anywhere")
    func bareFolder() throws {
        let log = try GeneratedLog(orders: 3_000)
        let bare = log.file("bare")
        let temporary = log.file("tmp")
        try FileTree.make(bare)
        try FileTree.make(temporary)
        for partition in 0..<3 {
            let name = "partition-\(partition).jsonl"
            try FileManager.default.copyItem(
                atPath: "\(log.path)/\(name)", toPath: "\(bare)/\(name)")
        }
        let before = try snapshot(bare)
        let words = ["--watermark-delay", "60s", "--event-time-max", GeneratedLog.eventTimeMax]
        let found = try EngineProcess.run(
            ["engine", "--log", bare, "--trigger", "available-now", "--format", "json"] + words,
            environment: ["TMPDIR": temporary])
        #expect(found.ending == .exit(0), "\(found.errors)")
        #expect(try snapshot(bare) == before)
        #expect(before.count == 3)
        #expect(FileTree.names(in: temporary) == [])
        // Named by whatever path, it is the same data.
        let original = try EngineProcess.run(
            ["engine", "--log", log.path, "--trigger", "available-now", "--format", "json"] + words)
        #expect(original.out == found.out)
    }

    @Test(
        "C4: the answer is the verifier's, byte for byte",
        arguments: [
            [], ["--policy", "batch"], ["--window", "60s", "--slide", "20s"],
            ["--window", "1h", "--window", "90s", "--slide", "1h", "--slide", "7s"],
            ["--window", "250ms"], ["--watermark-delay", "0s"],
        ])
    func sameAsReference(more: [String]) throws {
        let log = try GeneratedLog(orders: 4_000, seed: 7)
        let found = try EngineProcess.run(log.drain() + more)
        #expect(found.ending == .exit(0), "\(found.errors)")
        let reference = try log.reference(more)
        #expect(found.out == reference)
    }

    @Test("--format json is one object with the members of the contract in their order")
    func shape() throws {
        let log = try GeneratedLog(orders: 3_000)
        let found = try EngineProcess.run(log.drain())
        #expect(found.out.hasSuffix("}\n") && found.out.count { $0 == "\n" } == 1)
        let answer = try JSONParser.parse(found.out)
        func names(_ value: JSONValue?) -> [String] {
            guard case .object(let members)? = value?.kind else { return [] }
            return members.map(\.name)
        }
        #expect(
            names(answer) == [
                "records", "valid", "rejected", "late_pairs", "late_records", "watermark",
                "totals", "top_products", "categories", "windows",
            ])
        #expect(names(answer["totals"]) == ["total_orders", "total_quantity", "total_revenue"])
        #expect(
            names(answer["top_products"]?.elements?.first) == [
                "product_id", "product_name", "category", "order_count", "total_quantity",
                "total_revenue", "avg_price",
            ])
        #expect(
            names(answer["categories"]?.elements?.first) == [
                "category", "total_orders", "order_count", "total_quantity", "total_revenue",
                "avg_price", "unique_products",
            ])
        let windows = try #require(answer["windows"]?.elements)
        #expect(
            names(windows.first) == [
                "window_start", "window_end", "category", "order_count", "total_quantity",
                "total_revenue", "final",
            ])
        let keys = windows.map { window in
            ["window_start", "window_end", "category"].map { window[$0]?.string ?? "" }
        }
        #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(windows.contains { $0["final"]?.bool == true })
        #expect(windows.contains { $0["final"]?.bool == false })
        let rejected = names(answer["rejected"]).compactMap { answer["rejected"]?[$0]?.integer }
        #expect(rejected.count > 5)
        let records = try #require(answer["records"]?.integer)
        #expect(records == (answer["valid"]?.integer ?? 0) + rejected.reduce(0, +))
        #expect(answer["totals"]?["total_orders"]?.integer == answer["valid"]?.integer)
        #expect((answer["late_records"]?.integer ?? 0) > 0)
    }

    @Test("--top gives the first N groups, 10 when not said, or all")
    func top() throws {
        let log = try GeneratedLog(orders: 3_000)
        func products(_ words: [String]) throws -> [JSONValue] {
            let found = try EngineProcess.run(
                ["engine", "--trigger", "available-now", "--format", "json"] + log.settings + words)
            return try #require(try JSONParser.parse(found.out)["top_products"]?.elements)
        }
        let all = try products(["--top", "all"]).map { $0["product_id"]?.string }
        #expect(all.count > 100)
        #expect(try products([]).map { $0["product_id"]?.string } == Array(all.prefix(10)))
        for count in [1, 11] {
            let found = try products(["--top", "\(count)"]).map { $0["product_id"]?.string }
            #expect(found == Array(all.prefix(count)))
        }
    }

    @Test("--format human says the sums; --announce prints the ready line first")
    func human() throws {
        let log = try GeneratedLog(orders: 1_000)
        let found = try EngineProcess.run(
            ["engine", "--trigger", "available-now", "--announce"] + log.settings)
        let lines = found.out.split(separator: "\n").map(String.init)
        let ready = try JSONParser.parse(try #require(lines.first))
        #expect(ready["ready"]?.string == "engine")
        #expect(ready["epoch"]?.integer == 1)
        let answer = try JSONParser.parse(try EngineProcess.run(log.drain()).out)
        #expect(lines.contains("records    \(answer["records"]?.integer ?? -1)"))
        #expect(lines.contains("valid      \(answer["valid"]?.integer ?? -1)"))
    }

    @Test("--sink console prints the four queries after each batch, and finals when there are any")
    func console() throws {
        let log = try GeneratedLog(orders: 3_000)
        let found = try EngineProcess.run(
            ["engine", "--trigger", "available-now", "--sink", "console"]
                + ["--max-orders-per-trigger", "1000", "--publish-every", "raw_orders=100"]
                + log.settings)
        #expect(found.ending == .exit(0), "\(found.errors)")
        let lines = found.out.split(separator: "\n").map(String.init)
        for batch in 0..<3 {
            for query in ["top_products", "categories", "category_windows"] {
                let head = "batch \(batch) \(query) "
                let line = try #require(lines.first { $0.hasPrefix(head) }, "\(head)")
                let body = try JSONParser.parse(String(line.dropFirst(head.count)))
                #expect(body["batch_id"]?.integer == Int64(batch))
                #expect(body["query"]?.string == query)
            }
        }
        #expect(lines.contains { $0.hasSuffix("made windows final") })
        #expect(!lines.contains { $0.hasPrefix("batch 1 raw_orders ") })
    }

    @Test("progress.jsonl has a line a batch, whose numbers add up to the answer")
    func progress() throws {
        let log = try GeneratedLog(orders: 5_000)
        let found = try EngineProcess.run(
            log.drain("checkpoint")
                + ["--max-orders-per-trigger", "700", "--progress", log.file("progress.jsonl")]
                + ["--run-id", "my run"])
        let answer = try JSONParser.parse(found.out)
        let text = try String(contentsOfFile: log.file("progress.jsonl"), encoding: .utf8)
        #expect(text.hasSuffix("\n"))
        let lines = try text.split(separator: "\n").map { try JSONParser.parse(String($0)) }
        #expect(Int64(lines.count) == log.batches(in: "checkpoint"))
        #expect(lines.map { $0["batchId"]?.integer } == (0..<Int64(lines.count)).map { $0 })
        func sum(_ member: (JSONValue) -> JSONValue?) -> Int64 {
            lines.reduce(0) { $0 + (member($1)?.integer ?? 0) }
        }
        #expect(sum { $0["numInputRows"] } == answer["records"]?.integer)
        #expect(sum { $0["x"]?["valid"] } == answer["valid"]?.integer)
        #expect(
            sum { $0["x"]?["rejected"] } == sum { $0["numInputRows"] } - sum { $0["x"]?["valid"] })
        #expect(sum { $0["x"]?["late_pairs"] } == answer["late_pairs"]?.integer)
        #expect(sum { $0["x"]?["late_records"] } == answer["late_records"]?.integer)
        #expect(
            sum { $0["stateOperators"]?.elements?.last?["numRowsDroppedByWatermark"] }
                == answer["late_pairs"]?.integer)
        var ends: [Int64?] = [0, 0, 0]
        var total: Int64 = 0
        var committedNs: Int64 = 0
        for line in lines {
            #expect(line["runId"]?.string == "my run")
            #expect(line["epoch"]?.integer == 1)
            let source = try #require(line["sources"]?.elements?.first)
            #expect((0..<3).map { source["startOffset"]?["\($0)"]?.integer } == ends)
            ends = (0..<3).map { source["endOffset"]?["\($0)"]?.integer }
            #expect(source["numInputRows"]?.integer == line["numInputRows"]?.integer)
            total += line["numInputRows"]?.integer ?? 0
            #expect(line["x"]?["total_records"]?.integer == total)
            let start = try #require(line["x"]?["monotonic_start_ns"]?.integer)
            #expect(start >= committedNs)
            committedNs = try #require(line["x"]?["monotonic_commit_ns"]?.integer)
            #expect(committedNs > start)
            #expect((line["x"]?["checkpoint_bytes"]?.integer ?? 0) > 0)
            #expect((line["durationMs"]?["triggerExecution"]?.double ?? 0) > 0)
        }
        #expect(lines.last?["eventTime"]?["watermark"]?.string == answer["watermark"]?.string)
    }
}
