internal import SQLite

/// The dashboard's own small SQLite file: what it has acknowledged survives a restart.
///
/// Belongs to one thread. Each call of `save` is one transaction, on disk before it returns.
final class DashboardStore {
    /// `ASDB`
    private static let applicationID: Int64 = 0x4153_4442
    private static let version: Int64 = 1

    private let database: Database
    private var statements: [String: Statement] = [:]

    /// Opens the file and makes its tables when they are missing.
    ///
    /// - Parameter path: the file, or `:memory:` for a state that ends with the process.
    init(path: String) throws(DashboardError) {
        do {
            database = try Database(path: path)
            try database.execute("PRAGMA journal_mode=WAL")
            try database.execute("PRAGMA synchronous=FULL")
            try Self.check(database, path)
        } catch let error as DashboardError {
            throw error
        } catch {
            throw .storage("\(error)")
        }
    }

    private static func check(_ database: Database, _ path: String) throws {
        let id = try database.integer("PRAGMA application_id") ?? 0
        let version = try database.integer("PRAGMA user_version") ?? 0
        if id == applicationID, version == Self.version { return }
        let tables = try database.integer("SELECT COUNT(*) FROM sqlite_schema") ?? 0
        guard id == 0, version == 0, tables == 0 else {
            throw DashboardError.storage(
                "\(path) is no dashboard state of version \(Self.version) "
                    + "(application id \(id), version \(version)); name another --data folder")
        }
        try database.transaction { () throws(SQLiteError) in
            try database.execute(schema)
            try database.execute("PRAGMA application_id=\(applicationID)")
            try database.execute("PRAGMA user_version=\(Self.version)")
        }
    }

    private static let schema = """
        CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE runs(run_id TEXT PRIMARY KEY, stale INTEGER, fenced INTEGER,
            conflicts INTEGER, finals_dropped INTEGER, acceptances_dropped INTEGER,
            updated_ns INTEGER) WITHOUT ROWID;
        CREATE TABLE snapshots(run_id TEXT, query TEXT, epoch INTEGER, batch_id INTEGER,
            body BLOB, PRIMARY KEY(run_id, query));
        CREATE TABLE marks(run_id TEXT, kind TEXT, epoch INTEGER, batch_id INTEGER,
            watermark TEXT, positions TEXT, PRIMARY KEY(run_id, kind)) WITHOUT ROWID;
        CREATE TABLE windows(run_id TEXT, window_start TEXT, window_end TEXT, category BLOB,
            final INTEGER, batch_id INTEGER, row BLOB,
            PRIMARY KEY(run_id, final, window_start, window_end, category)) WITHOUT ROWID;
        CREATE TABLE acceptances(run_id TEXT, sequence INTEGER, query TEXT, mode TEXT,
            epoch INTEGER, batch_id INTEGER, PRIMARY KEY(run_id, sequence)) WITHOUT ROWID;
        """

    /// Writes changes in one transaction; nothing of them when it throws, as far as is known.
    func save(_ changes: [StateChange]) throws(DashboardError) {
        do {
            try database.transaction { () throws(SQLiteError) in
                for change in changes { try write(change) }
            }
        } catch {
            throw .storage("\(error)")
        }
    }

    /// Keeps what the lab last proved.
    func save(verification note: VerificationNote) throws(DashboardError) {
        do {
            try database.transaction { () throws(SQLiteError) in
                try run("INSERT OR REPLACE INTO meta VALUES('verification', ?1)") { statement in
                    note.body.withUnsafeBytes { statement.bind(blob: $0, at: 1) }
                }
            }
        } catch {
            throw .storage("\(error)")
        }
    }

    /// What the lab last proved.
    func verification() throws(DashboardError) -> VerificationNote {
        do {
            let row = try statement("SELECT value FROM meta WHERE key = 'verification'")
            defer { row.reset() }
            guard try row.step() else { return VerificationNote() }
            return VerificationNote(try JSONParser.parse(row.bytes(0)))
        } catch {
            throw .storage("verification: \(error)")
        }
    }

    private func statement(_ sql: String) throws(SQLiteError) -> Statement {
        if let known = statements[sql] { return known }
        let prepared = try database.prepare(sql)
        statements[sql] = prepared
        return prepared
    }

    private func run(
        _ sql: String, _ bind: (Statement) -> Void
    ) throws(SQLiteError) {
        let statement = try statement(sql)
        bind(statement)
        try statement.run()
    }

    private func write(_ change: StateChange) throws(SQLiteError) {
        switch change {
        case .epoch(let epoch):
            try run("INSERT OR REPLACE INTO meta VALUES('epoch', ?1)") { $0.bind(epoch, at: 1) }
        case .counters(let id, let counters):
            try run("INSERT OR REPLACE INTO runs VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)") {
                $0.bind(id, at: 1)
                $0.bind(counters.stale, at: 2)
                $0.bind(counters.fenced, at: 3)
                $0.bind(counters.conflicts, at: 4)
                $0.bind(counters.finalsDropped, at: 5)
                $0.bind(counters.acceptancesDropped, at: 6)
                $0.bind(counters.updatedNs, at: 7)
            }
        case .snapshot(let id, let query, let snapshot):
            try run("INSERT OR REPLACE INTO snapshots VALUES(?1, ?2, ?3, ?4, ?5)") { statement in
                statement.bind(id, at: 1)
                statement.bind(query.rawValue, at: 2)
                statement.bind(snapshot.version.epoch, at: 3)
                statement.bind(snapshot.version.batchID, at: 4)
                snapshot.body.withUnsafeBytes { statement.bind(blob: $0, at: 5) }
            }
        case .openMark(let id, let mark): try write(mark, "open", id)
        case .finalMark(let id, let mark): try write(mark, "final", id)
        case .openCleared(let id):
            try run("DELETE FROM windows WHERE run_id = ?1 AND final = 0") { $0.bind(id, at: 1) }
        case .open(let id, let row): try write(row, final: nil, id)
        case .openRemoved(let id, let key): try remove(key, final: 0, id)
        case .final(let id, let final): try write(final.row, final: final.batchID, id)
        case .finalRemoved(let id, let key): try remove(key, final: 1, id)
        case .acceptance(let id, let sequence, let acceptance):
            try run("INSERT OR REPLACE INTO acceptances VALUES(?1, ?2, ?3, ?4, ?5, ?6)") {
                $0.bind(id, at: 1)
                $0.bind(sequence, at: 2)
                $0.bind(acceptance.query.rawValue, at: 3)
                $0.bind(acceptance.mode.rawValue, at: 4)
                $0.bind(acceptance.version.epoch, at: 5)
                $0.bind(acceptance.version.batchID, at: 6)
            }
        case .acceptancesRemoved(let id, let below):
            try run("DELETE FROM acceptances WHERE run_id = ?1 AND sequence < ?2") {
                $0.bind(id, at: 1)
                $0.bind(below, at: 2)
            }
        case .runRemoved(let id):
            for table in ["runs", "snapshots", "marks", "windows", "acceptances"] {
                try run("DELETE FROM \(table) WHERE run_id = ?1") { $0.bind(id, at: 1) }
            }
        }
    }

    private func write(_ mark: WindowMark, _ kind: String, _ id: String) throws(SQLiteError) {
        var json = JSONWriter()
        DashboardViews.positions(mark.positions, into: &json)
        try run("INSERT OR REPLACE INTO marks VALUES(?1, ?2, ?3, ?4, ?5, ?6)") {
            $0.bind(id, at: 1)
            $0.bind(kind, at: 2)
            $0.bind(mark.version.epoch, at: 3)
            $0.bind(mark.version.batchID, at: 4)
            if let watermark = mark.watermark {
                $0.bind(watermark, at: 5)
            } else {
                $0.bind(nil, at: 5)
            }
            $0.bind(json.text, at: 6)
        }
    }

    private func write(_ row: WindowRow, final batchID: Int64?, _ id: String) throws(SQLiteError) {
        try run("INSERT OR REPLACE INTO windows VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)") { statement in
            bind(row.key, final: batchID == nil ? 0 : 1, id, statement)
            statement.bind(batchID, at: 6)
            row.json.withUnsafeBytes { statement.bind(blob: $0, at: 7) }
        }
    }

    private func remove(_ key: WindowKey, final: Int64, _ id: String) throws(SQLiteError) {
        let sql = """
            DELETE FROM windows WHERE run_id = ?1 AND window_start = ?2 AND window_end = ?3
            AND category = ?4 AND final = ?5
            """
        try run(sql) { bind(key, final: final, id, $0) }
    }

    private func bind(_ key: WindowKey, final: Int64, _ id: String, _ statement: Statement) {
        statement.bind(id, at: 1)
        statement.bind(key.start, at: 2)
        statement.bind(key.end, at: 3)
        key.category.withUnsafeBytes { statement.bind(blob: $0, at: 4) }
        statement.bind(final, at: 5)
    }

    /// Reads everything back.
    func load(
        instanceID: String, limits: DashboardState.Limits
    ) throws(DashboardError) -> DashboardState {
        do {
            let epoch = try database.integer("SELECT value FROM meta WHERE key = 'epoch'") ?? 0
            let runs = try StoreReader(database: database).runs()
            return DashboardState(
                instanceID: instanceID, limits: limits, epoch: epoch, runs: runs)
        } catch {
            throw .storage("\(error)")
        }
    }
}
