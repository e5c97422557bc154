import Glibc
import SQLite

/// The scratch database in which the reference is computed, and its queries as typed rows.
final class ReferenceDatabase {
    let database: Database
    private let run: RunDescription
    private let file: String?
    /// The batch up to which the sums hold the orders now.
    private var summedThrough: Int64?

    /// Makes an empty database with the tables of `schema.sql`.
    init(run: RunDescription, scratchFolder: String?) throws {
        self.run = run
        var path = ":memory:"
        if let scratchFolder {
            path =
                "\(scratchFolder)/reference-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).sqlite"
        }
        file = scratchFolder == nil ? nil : path
        database = try Database(path: path)
        // Scratch: nothing has to survive a crash. The small cache makes the sorter work on pieces
        // that fit into the processor's cache, which halves the cost of a GROUP BY.
        try database.execute(
            """
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
            PRAGMA cache_size = -4000; PRAGMA temp_store = FILE;
            """)
        try ExactArithmetic.register(in: database)
        try database.execute(ReferenceSQL.schema.text)
        let insert = try database.prepare("INSERT INTO window_kinds VALUES (?, ?, ?, ?)")
        for (kind, window) in Set(run.windows).sorted(by: { $0.order < $1.order }).enumerated() {
            insert.bind(Int64(kind), at: 1)
            insert.bind(window.sizeMs * 1_000, at: 2)
            insert.bind(window.slideMs * 1_000, at: 3)
            insert.bind(window.normalOffsetMs * 1_000, at: 4)
            try insert.run()
        }
    }

    deinit {
        if let file { unlink(file) }
    }

    private var delay: Int64 { run.watermarkDelayMs * 1_000 }

    /// Tells how the engine cut the log.
    func insertRanges(_ rows: [BatchLogRow]) throws {
        let insert = try database.prepare("INSERT OR IGNORE INTO ranges VALUES (?, ?, ?, ?)")
        for row in rows {
            insert.bind(row.batchID, at: 1)
            insert.bind(Int64(row.partition), at: 2)
            insert.bind(row.start, at: 3)
            insert.bind(row.end, at: 4)
            try insert.run()
        }
    }

    /// Computes late floors and watermarks from the orders (R34, R35).
    func computeBounds() throws {
        try run(run.policy == .record ? .boundsRecord : .boundsBatch, ["delay": delay])
    }

    /// Takes late floors and watermarks as they were recorded, where silence moved them (R34).
    func takeBounds(_ bounds: [(batch: Int64, lateFloor: Int64?, watermark: Int64?)]) throws {
        let insert = try database.prepare("INSERT INTO bounds VALUES (?, ?, ?)")
        for bound in bounds {
            insert.bind(bound.batch, at: 1)
            insert.bind(bound.lateFloor, at: 2)
            insert.bind(bound.watermark, at: 3)
            try insert.run()
        }
    }

    /// Finds the orders that a window may have missed.
    func computeBehind() throws {
        try run(run.policy == .record ? .behindRecord : .behindBatch, ["delay": delay])
        try run(.markBehind, [:])
    }

    /// Sums the orders up to a batch, unless they are summed up to it already.
    func computeSums(through batch: Int64) throws {
        guard summedThrough != batch else { return }
        summedThrough = nil
        try database.execute("DELETE FROM cells; DELETE FROM order_sums; DELETE FROM window_sums")
        try run(.cells, ["batch": batch, "granule": granule])
        try run(.orderSums, [:])
        let kinds = try database.prepare("SELECT kind, size, slide, offset FROM window_kinds")
        while try kinds.step() {
            try run(
                .windowSums,
                [
                    "kind": kinds.integer(0), "size": kinds.integer(1), "slide": kinds.integer(2),
                    "offset": kinds.integer(3),
                ])
        }
        summedThrough = batch
    }

    /// The longest time that no window and no hour begins or ends inside of, in microseconds.
    private var granule: Int64 {
        run.windows.reduce(3_600_000) { granule, window in
            [window.sizeMs, window.slideMs, window.normalOffsetMs]
                .reduce(granule, greatestCommonDivisor)
        } * 1_000
    }

    private func run(_ sql: ReferenceSQL, _ parameters: [String: Int64?]) throws {
        try prepare(sql.text, parameters).run()
    }

    /// Compiles a statement; every parameter that it has must be given.
    func prepare(_ sql: String, _ parameters: [String: Int64?]) throws -> Statement {
        let statement = try database.prepare(sql)
        for name in statement.parameterNames {
            guard let value = parameters[String(name.dropFirst())] else {
                throw VerifierError.scratch("the reference query has no value for \(name)")
            }
            statement.bind(value, named: name)
        }
        return statement
    }

    /// Runs a query of the reference and gives its rows their types.
    func rows(
        _ sql: ReferenceSQL, _ parameters: [String: Int64?] = [:]
    ) throws -> [ReferenceRow] {
        let statement = try prepare(sql.text, parameters)
        var rows: [ReferenceRow] = []
        while try statement.step() {
            rows.append(
                ReferenceRow(
                    fields: try (0..<statement.columnCount).map { column in
                        let name = statement.columnName(column)
                        return (name, try value(of: name, statement, column))
                    }))
        }
        return rows
    }

    /// The type of a column by its published name.
    private func value(
        of name: String, _ statement: Statement, _ column: Int32
    ) throws -> ReferenceValue {
        if statement.isNull(column) { return .null }
        func integer() throws -> Int128 {
            guard let value = statement.wideInteger(column) else {
                throw VerifierError.scratch("the reference's \(name) is no integer")
            }
            return value
        }
        switch name {
        case "product_id", "product_name", "category", "price_category", "reason":
            return .text(statement.bytes(column))
        case "total_revenue", "total_value", "price4": return .decimal(try integer(), scale: 4)
        case "avg_price", "average_order_value": return .decimal(try integer(), scale: 8)
        case "window_start", "window_end", "ts": return .time(statement.integer(column))
        case "final": return .flag(statement.integer(column) != 0)
        default: return .integer(try integer())
        }
    }
}

extension RunDescription.Window {
    /// The offset in 0 ..< slide that gives the same windows.
    var normalOffsetMs: Int64 { ((offsetMs % slideMs) + slideMs) % slideMs }

    fileprivate var order: (Int64, Int64, Int64) { (sizeMs, slideMs, normalOffsetMs) }
}

extension RunDescription {
    /// Refuses settings that R30 does not allow.
    func check() throws(VerifierError) {
        if windows.isEmpty { throw .badDescription("there are no windows") }
        for window in windows where window.slideMs <= 0 || window.slideMs > window.sizeMs {
            throw .badDescription(
                "a window of \(window.sizeMs) ms can't slide by \(window.slideMs) ms; "
                    + "the slide must be above 0 and at most the size")
        }
        if watermarkDelayMs < 0 || idleTimeoutMs < 0 {
            throw .badDescription("the watermark delay and the idle timeout can't be negative")
        }
    }
}

private func greatestCommonDivisor(_ a: Int64, _ b: Int64) -> Int64 {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
}
