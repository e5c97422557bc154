internal import CSQLite

extension Statement {
    /// Binds an integer, or NULL, to a named parameter such as `:delay`.
    ///
    /// - Returns: whether the statement has that parameter.
    @discardableResult
    public func bind(_ value: Int64?, named name: String) -> Bool {
        let index = sqlite3_bind_parameter_index(handle, name)
        if index > 0 { bind(value, at: index) }
        return index > 0
    }

    /// The names of the parameters, `:delay` and the like; nameless ones are left out.
    public var parameterNames: [String] {
        let count = sqlite3_bind_parameter_count(handle)
        guard count > 0 else { return [] }
        return (1...count).compactMap {
            sqlite3_bind_parameter_name(handle, $0).map { String(cString: $0) }
        }
    }

    /// A column as an integer of up to 128 bits, as `exact_sum` makes them; NULL is 0.
    ///
    /// - Returns: nil when the column is no integer.
    public func wideInteger(_ column: Int32) -> Int128? {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: Int128(integer(column))
        case SQLITE_NULL: 0
        case SQLITE_TEXT: Int128(text(column))
        default: nil
        }
    }
}

extension Statement {
    /// Binds bytes as text (they must be UTF-8) to a named parameter, copied.
    ///
    /// - Returns: whether the statement has that parameter.
    @discardableResult
    public func bind(text bytes: UnsafeRawBufferPointer, named name: String) -> Bool {
        let index = sqlite3_bind_parameter_index(handle, name)
        if index > 0 { bind(text: bytes, at: index) }
        return index > 0
    }
}
