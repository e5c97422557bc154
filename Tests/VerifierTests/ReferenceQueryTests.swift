import SQLite
import Testing

@testable import Verifier

/// The reference's own shortcuts against plainer SQL.
@Suite struct ReferenceQueryTests {
    private func reference(seed: UInt64, _ run: RunDescription) throws -> Reference {
        let scenario = Scenario(seed: seed, run: run, partitions: 3, records: 600, batches: 5)
        return try Reference(
            log: scenario.log.log, run: run, batches: scenario.engine.batches, scratchFolder: nil)
    }

    private func rows(_ reference: Reference, _ sql: String) throws -> [[String]] {
        let statement = try reference.database.database.prepare(sql)
        var rows: [[String]] = []
        while try statement.step() {
            // Sums beyond 64 bits come with leading zeros.
            rows.append(
                (0..<statement.columnCount).map { column in
                    statement.wideInteger(column).map { "\($0)" } ?? statement.text(column)
                })
        }
        return rows
    }

    @Test("SEED.md's queries over the orders themselves give the same rows", arguments: 0..<6)
    func agreesWithTheSeedQueries(seed: UInt64) throws {
        let reference = try reference(seed: seed, RunDescription())
        let products = try rows(
            reference,
            """
            SELECT product_id, product_name, category,
                   COUNT(*) as order_count,
                   SUM(quantity) as total_quantity,
                   exact_sum(price4 * quantity) as total_revenue
            FROM orders
            GROUP BY product_id, product_name, category
            ORDER BY order_count DESC, total_revenue DESC, product_id, product_name, category
            """)
        let expected = try reference.topProducts(through: reference.lastBatch, limit: nil)
        let names = [
            "product_id", "product_name", "category", "order_count", "total_quantity",
            "total_revenue",
        ]
        #expect(products == expected.map { row in names.map { units(row[$0]) } }, "seed \(seed)")

        let categories = try rows(
            reference,
            """
            SELECT category,
                   COUNT(*) as total_orders,
                   exact_sum(price4 * quantity) as total_revenue,
                   COUNT(DISTINCT product_id)
            FROM orders
            GROUP BY category
            ORDER BY total_revenue DESC, category
            """)
        let expectedCategories = try reference.summary(.categories, through: reference.lastBatch)
        let fields = ["category", "total_orders", "total_revenue", "unique_products"]
        #expect(
            categories == expectedCategories.map { row in fields.map { units(row[$0]) } },
            "seed \(seed)")
    }

    private func units(_ value: ReferenceValue?) -> String {
        if case .decimal(let units, _)? = value { "\(units)" } else { value?.plain ?? "" }
    }

    @Test(
        "windows agree with the rules' own query (R33, C4)", arguments: 0..<6,
        [
            RunDescription.Window(sizeMs: 60_000),
            .init(sizeMs: 90_000, slideMs: 40_000, offsetMs: 7_000),
            .init(sizeMs: 1_000, slideMs: 250, offsetMs: 100),
        ])
    func agreesWithTheRulesQuery(seed: UInt64, window: RunDescription.Window) throws {
        let run = RunDescription(windows: [window], watermarkDelayMs: 75_000)
        let reference = try reference(seed: seed, run)
        let plain = try reference.database.prepare(
            """
            WITH RECURSIVE h AS (SELECT *, MAX(ts) OVER (PARTITION BY part ORDER BY pos
                         ROWS UNBOUNDED PRECEDING) - :delay AS wm FROM valid),
             s(d) AS (VALUES(0) UNION ALL SELECT d + :slide FROM s WHERE d + :slide < :size),
             rw AS (SELECT h.*, ((ts - :off) / :slide) * :slide + :off - d AS ws FROM h, s)
            SELECT ws, name, COUNT(*), SUM(quantity), exact_sum(price4 * quantity)
            FROM rw JOIN categories USING (category)
            WHERE ws + :size > ts AND ws + :size > wm GROUP BY ws, name ORDER BY ws, name
            """,
            [
                "delay": 75_000_000, "slide": window.slideMs * 1_000, "size": window.sizeMs * 1_000,
                "off": window.offsetMs * 1_000,
            ])
        var expected: [[String]] = []
        while try plain.step() {
            expected.append([
                timeText(plain.integer(0)), plain.text(1), "\(plain.integer(2))",
                "\(plain.integer(3))", "\(plain.wideInteger(4) ?? -1)",
            ])
        }
        let names = ["window_start", "category", "order_count", "total_quantity", "total_revenue"]
        let got = try reference.windows(through: reference.lastBatch)
            .map { row in names.map { units(row[$0]) } }
        #expect(got == expected, "seed \(seed)")
        #expect(!expected.isEmpty)
    }

    @Test("an order before the first offset is in a window that starts before 1970 (R30)")
    func floorsWindows() throws {
        let line = InvalidRecords.text(
            id: "1", replacing: "timestamp", with: "\"1970-01-01T00:00:01Z\"")
        let run = RunDescription(windows: [.init(sizeMs: 60_000, offsetMs: 10_000)])
        let answer = try Verifier.referenceAnswer(
            log: MemoryLog([[Array(line.utf8)]]), run: run)
        #expect(answer.contains("\"window_start\":\"1969-12-31T23:59:10.000000Z\""))
        #expect(answer.contains("\"window_end\":\"1970-01-01T00:00:10.000000Z\""))
    }

    @Test("settings that make no sense are refused (R30)")
    func refusesWrongWindows() {
        for window in [
            RunDescription.Window(sizeMs: 10, slideMs: 11), .init(sizeMs: 10, slideMs: 0),
        ] {
            #expect(throws: VerifierError.self) {
                try Verifier.referenceAnswer(
                    log: MemoryLog([[]]), run: RunDescription(windows: [window]))
            }
        }
    }
}
