internal import CSQLite

/// A compiled statement. Parameters count from 1, columns from 0, as in SQLite.
public final class Statement {
    private let database: Database
    let handle: OpaquePointer
    private let sql: String

    init(database: Database, sql: String) throws(SQLiteError) {
        var compiled: OpaquePointer?
        let code = sqlite3_prepare_v2(database.handle, sql, -1, &compiled, nil)
        guard code == SQLITE_OK, let compiled else { throw database.lastError(code, sql) }
        self.database = database
        self.sql = sql
        handle = compiled
    }

    deinit { sqlite3_finalize(handle) }

    /// Binds an integer.
    public func bind(_ value: Int64, at index: Int32) {
        sqlite3_bind_int64(handle, index, value)
    }

    /// Binds an integer, or NULL.
    public func bind(_ value: Int64?, at index: Int32) {
        if let value {
            sqlite3_bind_int64(handle, index, value)
        } else {
            sqlite3_bind_null(handle, index)
        }
    }

    /// Binds text, copied.
    public func bind(_ value: String, at index: Int32) {
        var value = value
        value.withUTF8 { bytes in
            _ = bytes.withMemoryRebound(to: CChar.self) { chars in
                sqlite3_bind_text(
                    handle, index, chars.baseAddress, Int32(chars.count), csqlite_transient())
            }
        }
    }

    /// Binds bytes as text (they must be UTF-8), copied.
    public func bind(text bytes: UnsafeRawBufferPointer, at index: Int32) {
        guard let base = bytes.baseAddress else {
            sqlite3_bind_text(handle, index, "", 0, csqlite_static())
            return
        }
        sqlite3_bind_text(
            handle, index, base.assumingMemoryBound(to: CChar.self), Int32(bytes.count),
            csqlite_transient())
    }

    /// Binds bytes as a blob, copied.
    public func bind(blob bytes: UnsafeRawBufferPointer, at index: Int32) {
        guard let base = bytes.baseAddress else {
            sqlite3_bind_zeroblob(handle, index, 0)
            return
        }
        sqlite3_bind_blob(handle, index, base, Int32(bytes.count), csqlite_transient())
    }

    /// Goes to the next row.
    ///
    /// - Returns: whether there is one.
    public func step() throws(SQLiteError) -> Bool {
        let code = sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let error = database.lastError(code, sql)
            sqlite3_reset(handle)
            throw error
        }
    }

    /// Runs the statement to its end and makes it ready for the next run.
    public func run() throws(SQLiteError) {
        while try step() {}
        reset()
    }

    /// Makes the statement ready for the next run; bindings stay.
    public func reset() { sqlite3_reset(handle) }

    /// The column count.
    public var columnCount: Int32 { sqlite3_column_count(handle) }

    /// A column's name.
    public func columnName(_ column: Int32) -> String {
        sqlite3_column_name(handle, column).map { String(cString: $0) } ?? ""
    }

    /// A column as an integer; NULL is 0.
    public func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// A column as an integer, or nil for NULL.
    public func optionalInteger(_ column: Int32) -> Int64? {
        isNull(column) ? nil : sqlite3_column_int64(handle, column)
    }

    /// Whether a column is NULL.
    public func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// A column as text; NULL is the empty string.
    public func text(_ column: Int32) -> String {
        String(decoding: bytes(column), as: UTF8.self)
    }

    /// A column as text, or nil for NULL.
    public func optionalText(_ column: Int32) -> String? {
        isNull(column) ? nil : text(column)
    }

    /// A column's bytes, text or blob.
    public func bytes(_ column: Int32) -> [UInt8] {
        withBytes(column) { Array($0) }
    }

    /// Lends a column's bytes until the next step.
    public func withBytes<Result>(
        _ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let base = sqlite3_column_blob(handle, column)
        return body(
            UnsafeRawBufferPointer(start: base, count: Int(sqlite3_column_bytes(handle, column))))
    }
}
