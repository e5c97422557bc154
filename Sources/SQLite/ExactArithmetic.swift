internal import CSQLite

/// Two SQL functions for sums that need more than 64 bits, where SQLite's own SUM fails.
///
/// `exact_sum(x)` is the sum of integers. `exact_average(sum, count)` is `sum / count` with four
/// decimals more than `sum` has, rounded half up, times 10^4: the average of ten-thousandths in
/// hundred-millionths. Both give an INTEGER where it fits into 64 bits. A greater one is TEXT of 39
/// digits with leading zeros, so that it still sorts after every INTEGER and among its like, and both
/// functions take such a TEXT as an argument. (A negative one beyond 64 bits sorts wrongly.)
public enum ExactArithmetic {
    static let textDigits = 39

    /// Makes the functions known to a connection.
    public static func register(in database: Database) throws(SQLiteError) {
        let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC
        var code = sqlite3_create_function_v2(
            database.handle, "exact_sum", 1, flags, nil, nil, sumStep, sumFinal, nil)
        if code == SQLITE_OK {
            code = sqlite3_create_function_v2(
                database.handle, "exact_average", 2, flags, nil, average, nil, nil, nil)
        }
        guard code == SQLITE_OK else {
            throw database.lastError(code, "registering exact_sum and exact_average")
        }
    }

    /// `value` as these functions write it, if it does not fit into 64 bits.
    static func text(_ value: Int128) -> String {
        let digits = String(value.magnitude)
        let zeros = String(repeating: "0", count: max(0, textDigits - digits.utf8.count))
        return (value < 0 ? "-" : "") + zeros + digits
    }

    /// The integer in a value; nil when it holds something else.
    static func integer(_ value: OpaquePointer?) -> Int128? {
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: Int128(sqlite3_value_int64(value))
        case SQLITE_TEXT: sqlite3_value_text(value).flatMap { Int128(String(cString: $0)) }
        default: nil
        }
    }

    static func answer(_ context: OpaquePointer?, _ value: Int128?) {
        guard let value else {
            sqlite3_result_error(context, "the exact result is beyond 128 bits", -1)
            return
        }
        if let small = Int64(exactly: value) {
            sqlite3_result_int64(context, small)
        } else {
            sqlite3_result_text(context, text(value), -1, csqlite_transient())
        }
    }
}

/// A sum as SQLite keeps it for us between the rows: zeroed at first, aligned to 8 bytes only.
private struct SumState {
    var low: UInt64
    var high: Int64
    var overflowed: Bool

    var value: Int128 { Int128(_low: low, _high: high) }
}

private let sumStep:
    @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void = {
        context, _, arguments in
        guard
            let state = sqlite3_aggregate_context(context, Int32(MemoryLayout<SumState>.size))?
                .assumingMemoryBound(to: SumState.self)
        else {
            sqlite3_result_error_nomem(context)
            return
        }
        let value = arguments?[0]
        if sqlite3_value_type(value) == SQLITE_INTEGER {
            let addend = sqlite3_value_int64(value)
            let (low, carry) = state.pointee.low.addingReportingOverflow(UInt64(bitPattern: addend))
            state.pointee.low = low
            // 2^63 rows of 64 bits are needed to leave 128 bits: only texts can overflow.
            state.pointee.high &+= (addend < 0 ? -1 : 0) + (carry ? 1 : 0)
        } else if let addend = ExactArithmetic.integer(value) {
            let (sum, overflow) = state.pointee.value.addingReportingOverflow(addend)
            state.pointee.low = sum._low
            state.pointee.high = sum._high
            state.pointee.overflowed = state.pointee.overflowed || overflow
        }
    }

private let sumFinal: @convention(c) (OpaquePointer?) -> Void = { context in
    guard let state = sqlite3_aggregate_context(context, 0)?.assumingMemoryBound(to: SumState.self)
    else {
        ExactArithmetic.answer(context, 0)
        return
    }
    ExactArithmetic.answer(context, state.pointee.overflowed ? nil : state.pointee.value)
}

private let average:
    @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void = {
        context, _, arguments in
        guard let sum = ExactArithmetic.integer(arguments?[0]),
            let count = ExactArithmetic.integer(arguments?[1])
        else {
            sqlite3_result_null(context)
            return
        }
        guard count > 0 else {
            ExactArithmetic.answer(context, 0)
            return
        }
        let (scaled, overflow) = sum.multipliedReportingOverflow(by: 10_000)
        guard !overflow else {
            ExactArithmetic.answer(context, nil)
            return
        }
        let (quotient, remainder) = scaled.quotientAndRemainder(dividingBy: count)
        let roundsUp = remainder >= count - remainder
        ExactArithmetic.answer(context, roundsUp ? quotient + 1 : quotient)
    }
