internal import CSQLite

/// One connection to a SQLite file. It belongs to one thread at a time: calls are not locked.
public final class Database {
    /// How a file is opened.
    public enum Mode: Sendable {
        /// The file is made when it is missing.
        case readWriteCreate
        /// The file must exist.
        case readWrite
        /// The file must exist, and is never written.
        case readOnly
    }

    /// The file's path, or `:memory:`.
    public let path: String
    let handle: OpaquePointer

    /// Opens a database.
    ///
    /// - Parameter busyTimeoutMs: how long a call waits for another connection's lock.
    /// - Throws: `SQLiteError` with the path when the file can't be opened.
    public init(
        path: String, mode: Mode = .readWriteCreate, busyTimeoutMs: Int32 = 5_000
    ) throws(SQLiteError) {
        let flags: Int32 =
            switch mode {
            case .readWriteCreate: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readWrite: SQLITE_OPEN_READWRITE
            case .readOnly: SQLITE_OPEN_READONLY
            }
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            let message = String(cString: sqlite3_errstr(code))
            sqlite3_close_v2(opened)
            throw SQLiteError(code: code, message: message, context: "opening \(path)")
        }
        self.path = path
        handle = opened
        sqlite3_extended_result_codes(opened, 1)
        sqlite3_busy_timeout(opened, busyTimeoutMs)
    }

    deinit { sqlite3_close_v2(handle) }

    /// The rows that the last INSERT, UPDATE or DELETE touched.
    public var changes: Int64 { sqlite3_changes64(handle) }

    /// Runs one or more statements and drops their rows.
    public func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw lastError(code, sql) }
    }

    /// Compiles one statement, to be run any number of times.
    public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        try Statement(database: self, sql: sql)
    }

    /// Runs `body` between BEGIN IMMEDIATE and COMMIT; rolls back when it throws.
    public func transaction<Result>(
        _ body: () throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        try execute("BEGIN IMMEDIATE")
        let result: Result
        do {
            result = try body()
        } catch {
            // The statement's error is the one worth telling; after it SQLite may have rolled back.
            sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
            throw error
        }
        try execute("COMMIT")
        return result
    }

    /// The first column of the first row as an integer, or nil when there is no row or it is NULL.
    public func integer(_ sql: String) throws(SQLiteError) -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.optionalInteger(0) : nil
    }

    /// The first column of the first row as text, or nil when there is no row or it is NULL.
    public func text(_ sql: String) throws(SQLiteError) -> String? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.optionalText(0) : nil
    }

    func lastError(_ code: Int32, _ sql: String) -> SQLiteError {
        SQLiteError(
            code: code, message: String(cString: sqlite3_errmsg(handle)),
            context: "\(path): \(sql.prefix(200))")
    }
}
