import SQLite
import Testing

@Suite struct ExactArithmeticTests {
    private func database(_ values: [Int64]) throws -> Database {
        let database = try Database(path: ":memory:")
        try ExactArithmetic.register(in: database)
        try database.execute("CREATE TABLE t (v)")
        let insert = try database.prepare("INSERT INTO t VALUES (?)")
        for value in values {
            insert.bind(value, at: 1)
            try insert.run()
        }
        return database
    }

    private func wide(_ database: Database, _ sql: String) throws -> Int128? {
        let statement = try database.prepare(sql)
        return try statement.step() ? statement.wideInteger(0) : nil
    }

    @Test("sums beyond 64 bits are exact, where SUM fails (R40)")
    func sumsBeyond64Bits() throws {
        let database = try database(Array(repeating: .max, count: 1_000))
        #expect(throws: SQLiteError.self) { try database.integer("SELECT SUM(v) FROM t") }
        let expected = Int128(Int64.max) * 1_000
        #expect(try wide(database, "SELECT exact_sum(v) FROM t") == expected)
        let nested = "SELECT exact_sum(s) FROM (SELECT exact_sum(v) AS s FROM t GROUP BY rowid % 7)"
        #expect(try wide(database, nested) == expected)
    }

    @Test("sums of either sign agree with 128-bit sums", arguments: 0..<20)
    func agreesWithInt128(seed: UInt64) throws {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        let values = (0..<200).map { _ -> Int64 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(bitPattern: state)
        }
        let sum = values.reduce(Int128(0)) { $0 + Int128($1) }
        #expect(
            try wide(try database(values), "SELECT exact_sum(v) FROM t") == sum, "seed \(seed)")
    }

    @Test("no rows and NULL are zero")
    func sumsNothing() throws {
        let database = try database([])
        #expect(try wide(database, "SELECT exact_sum(v) FROM t") == 0)
        #expect(try wide(database, "SELECT exact_sum(NULL)") == 0)
    }

    @Test("great sums sort after small ones, as numbers do")
    func sortsByValue() throws {
        let database = try database([])
        try database.execute(
            """
            CREATE TABLE s AS SELECT 1 AS n, exact_sum(v) AS sum FROM (SELECT 5 AS v)
            UNION ALL SELECT 2, exact_sum(v) FROM
                (SELECT 9223372036854775807 AS v UNION ALL SELECT 1)
            UNION ALL SELECT 3, exact_sum(v) FROM
                (SELECT 9223372036854775807 AS v UNION ALL SELECT 9223372036854775807
                 UNION ALL SELECT 9223372036854775807)
            UNION ALL SELECT 4, exact_sum(v) FROM (SELECT 9223372036854775807 AS v)
            """)
        #expect(
            try database.text("SELECT group_concat(n, '') FROM (SELECT n FROM s ORDER BY sum)")
                == "1423")
    }

    @Test(
        "averages have four decimals more and round half up (R40)",
        arguments: [
            ("1, 1", 10_000), ("1, 3", 3_333), ("2, 3", 6_667), ("1, 20000", 1), ("1, 20001", 0),
            ("3, 20000", 2), ("0, 0", 0), ("5, 0", 0), ("1999900, 2", 9_999_500_000),
        ] as [(String, Int128)])
    func averages(arguments: String, expected: Int128) throws {
        #expect(try wide(try database([]), "SELECT exact_average(\(arguments))") == expected)
    }

    @Test("an average of what is too great for 64 bits")
    func averagesGreatSums() throws {
        let database = try database(Array(repeating: .max, count: 3))
        #expect(
            try wide(database, "SELECT exact_average(exact_sum(v), COUNT(*)) FROM t")
                == Int128(Int64.max) * 10_000)
    }
}
