import SQLite
import Testing

@Suite struct DatabaseTests {
    /// `max` of no rows is one row with NULL: no number, so not 0.
    @Test func nullIsNoInteger() throws {
        let database = try Database(path: ":memory:")
        try database.execute("CREATE TABLE batches(id INTEGER)")
        #expect(try database.integer("SELECT max(id) FROM batches") == nil)
        #expect(try database.integer("SELECT id FROM batches") == nil)
        try database.execute("INSERT INTO batches VALUES (0)")
        #expect(try database.integer("SELECT max(id) FROM batches") == 0)
    }

    @Test("values come back as they were bound")
    func keepsValues() throws {
        let database = try Database(path: ":memory:")
        try database.execute("CREATE TABLE t (a, b, c, d)")
        let insert = try database.prepare("INSERT INTO t VALUES (?, ?, :c, :d)")
        insert.bind(Int64.min, at: 1)
        insert.bind("Grüße \u{0}!", at: 2)
        insert.bind(nil, named: ":c")
        let isBound = [0xff, 0x00].withUnsafeBytes { insert.bind(text: $0, named: ":nothing") }
        #expect(!isBound)
        insert.bind(blob: UnsafeRawBufferPointer(start: nil, count: 0), at: 4)
        #expect(insert.parameterNames == [":c", ":d"])
        try insert.run()
        let select = try database.prepare("SELECT * FROM t")
        #expect(try select.step())
        #expect(select.integer(0) == .min)
        #expect(select.text(1) == "Grüße \u{0}!")
        #expect(select.isNull(2))
        #expect(select.optionalInteger(2) == nil)
        #expect(select.bytes(3) == [])
        #expect(!select.isNull(3))
        #expect(try !select.step())
    }

    @Test("a transaction that throws leaves nothing behind")
    func rollsBack() throws {
        let database = try Database(path: ":memory:")
        try database.execute("CREATE TABLE t (a INTEGER PRIMARY KEY)")
        #expect(throws: SQLiteError.self) {
            try database.transaction { () throws(SQLiteError) in
                try database.execute("INSERT INTO t VALUES (1)")
                try database.execute("INSERT INTO t VALUES (1)")
            }
        }
        #expect(try database.integer("SELECT COUNT(*) FROM t") == 0)
        try database.transaction { () throws(SQLiteError) in
            try database.execute("INSERT INTO t VALUES (1)")
        }
        #expect(try database.integer("SELECT COUNT(*) FROM t") == 1)
    }

    @Test("errors name the statement, the reason and the path")
    func describesErrors() throws {
        let database = try Database(path: ":memory:")
        let error = #expect(throws: SQLiteError.self) { try database.prepare("SELECT nonsense") }
        #expect(error?.primaryCode == 1)
        #expect(error?.description.contains("nonsense") == true)
        let missing = #expect(throws: SQLiteError.self) {
            try Database(path: "/nonexistent/x.sqlite", mode: .readOnly)
        }
        #expect(missing?.description.contains("/nonexistent/x.sqlite") == true)
    }
}
