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
}
