/// Why a database call failed: SQLite's result code, its own words, and the statement or path.
public struct SQLiteError: Error, Equatable, CustomStringConvertible {
    /// The extended result code, for example 5 (`SQLITE_BUSY`) or 13 (`SQLITE_FULL`).
    public let code: Int32
    /// SQLite's message.
    public let message: String
    /// The file, and the statement or call that failed.
    public let context: String

    /// Makes an error from a result code that a caller already has.
    public init(code: Int32, message: String, context: String) {
        self.code = code
        self.message = message
        self.context = context
    }

    /// The primary result code, without SQLite's detail in the upper bytes.
    public var primaryCode: Int32 { code & 0xff }

    /// What failed, where, and SQLite's reason.
    public var description: String { "SQLite: \(message) (code \(code)) in \(context)" }
}
