internal import Glibc
internal import SQLite

/// What a checkpoint belongs to; all of it must be the same at every start (R4).
struct CheckpointIdentity: Equatable {
    var log: String
    var windows: [WindowSpec]
    var policy: LatenessPolicy
    var delayUs: Int64

    /// The text kept in `meta`: every setting that results depend on.
    var settings: String {
        let grids = windows.map { "\($0.sizeMs)/\($0.slideMs)+\($0.offsetMs)" }
        return "windows \(grids.joined(separator: ",")) policy \(policy.rawValue) "
            + "watermark_delay_ms \(delayUs / 1000)"
    }
}

/// The engine's state on disk: one SQLite file, one transaction a batch (R47).
final class Checkpoint {
    static let fileName = "checkpoint.sqlite"

    let folder: String
    let database: Database
    private let lease: CheckpointLease
    private(set) var epoch: Int64 = 0
    private(set) var runID = ""
    private let statements: CheckpointStatements

    /// Locks the folder, opens or makes the file, and checks that it is this run's.
    init(folder: String, identity: CheckpointIdentity, runID: String) throws(CheckpointError) {
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
            throw .system(SystemError("make folder \(folder)", errno: errno))
        }
        self.folder = folder
        lease = try CheckpointLease(folder: folder)
        do {
            database = try Database(path: folder + "/" + Self.fileName)
            try database.execute(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                    + "PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-16384")
            try Self.prepareTables(database, identity, runID)
            try Self.checkVersion(database, folder)
            statements = try CheckpointStatements(database)
        } catch let error as SQLiteError {
            if error.primaryCode == 26 || error.primaryCode == 11 {
                throw .mismatch(
                    path: folder, what: "\(Self.fileName) is damaged (\(error.message))",
                    next: "restore a copy, or use another --checkpoint to start anew")
            }
            throw .database(error)
        } catch let error as CheckpointError {
            throw error
        } catch {
            throw .system(SystemError("open checkpoint \(folder): \(error)", errno: EIO))
        }
        try check(identity)
    }

    private static func prepareTables(
        _ database: Database, _ identity: CheckpointIdentity, _ runID: String
    ) throws {
        let isNew = try database.integer("SELECT count(*) FROM sqlite_master") == 0
        guard isNew else { return }
        try database.transaction { () throws(SQLiteError) in
            try database.execute(CheckpointSchema.sql)
            try database.execute(
                "PRAGMA application_id=\(CheckpointSchema.applicationID); "
                    + "PRAGMA user_version=\(CheckpointSchema.version)")
            let insert = try database.prepare("INSERT INTO meta (key, value) VALUES (?, ?)")
            for (key, value) in [
                ("log", identity.log), ("settings", identity.settings), ("run_id", runID),
            ] {
                insert.bind(key, at: 1)
                insert.bind(value, at: 2)
                try insert.run()
            }
            try database.execute("INSERT INTO meta (key, value) VALUES ('epoch', 0)")
        }
    }

    private static func checkVersion(_ database: Database, _ folder: String) throws {
        let application = try database.integer("PRAGMA application_id")
        let version = try database.integer("PRAGMA user_version")
        guard application == CheckpointSchema.applicationID, version == CheckpointSchema.version
        else {
            throw CheckpointError.mismatch(
                path: folder,
                what: "\(fileName) is no checkpoint of this version "
                    + "(application \(application ?? 0), version \(version ?? 0))",
                next: "use another --checkpoint")
        }
    }

    private func check(_ identity: CheckpointIdentity) throws(CheckpointError) {
        for (key, expected) in [("log", identity.log), ("settings", identity.settings)] {
            let kept = try meta(key)
            guard kept == expected else {
                throw .mismatch(
                    path: folder,
                    what: "it was made with \(key) \"\(kept ?? "none")\", not \"\(expected)\"",
                    next: "start with the same, or use another --checkpoint")
            }
        }
        runID = try meta("run_id") ?? ""
    }

    /// A value of `meta` as text.
    func meta(_ key: String) throws(CheckpointError) -> String? {
        try query { () throws(SQLiteError) in
            try database.text("SELECT CAST(value AS TEXT) FROM meta WHERE key = '\(key)'")
        }
    }

    /// Takes the next epoch, above the checkpoint's and the dashboard's (R55).
    ///
    /// - Parameter renewingRun: take a new run id when the dashboard has seen a later epoch than
    ///   this checkpoint, which then is an older copy (R66).
    func takeEpoch(
        above dashboardEpoch: Int64, renewingRun: Bool
    ) throws(CheckpointError) {
        let kept = try meta("epoch").flatMap { Int64($0) } ?? 0
        epoch = max(kept, dashboardEpoch) + 1
        if renewingRun, kept > 0, dashboardEpoch > kept { runID += "-\(epoch)" }
        let (next, run) = (epoch, runID)
        try query { () throws(SQLiteError) in
            try database.transaction { () throws(SQLiteError) in
                try database.execute("UPDATE meta SET value = \(next) WHERE key = 'epoch'")
                let update = try database.prepare("UPDATE meta SET value = ? WHERE key = 'run_id'")
                update.bind(run, at: 1)
                try update.run()
            }
        }
    }

    /// Takes acknowledged batches out of the outbox.
    ///
    /// - Throws: `.fenced` when a later engine took over; nothing is changed then.
    func clearOutbox(throughBatch batchID: Int64) throws(CheckpointError) {
        let mine = epoch
        let now = try query { () throws(SQLiteError) in
            try database.transaction { () throws(SQLiteError) -> Int64 in
                let now = try database.integer("SELECT value FROM meta WHERE key = 'epoch'") ?? 0
                if now == mine {
                    try database.execute("DELETE FROM outbox WHERE batch_id <= \(batchID)")
                }
                return now
            }
        }
        guard now == mine else { throw .fenced(path: folder, epoch: now) }
    }

    /// Writes a batch: all of it, or nothing.
    ///
    /// - Parameter acknowledgedFinals: final windows up to this batch leave the outbox.
    /// - Throws: `.fenced` when a later engine took over; `.database` when the outcome may be
    ///   unknown (R48): the caller must not go on with its state.
    func commit(
        _ changes: BatchChanges, state: EngineState, acknowledgedFinals: Int64?,
        at pass: (CrashPoint) throws(EngineError) -> Void
    ) throws {
        try pass(.checkpointBegin)
        let mine = epoch
        try query { () throws(SQLiteError) in try database.execute("BEGIN IMMEDIATE") }
        do {
            let now = try database.integer("SELECT value FROM meta WHERE key = 'epoch'") ?? 0
            guard now == mine else {
                throw CheckpointError.fenced(path: folder, epoch: now)
            }
            try statements.write(changes, state: state, epoch: mine)
            if let acknowledgedFinals {
                try database.execute("DELETE FROM outbox WHERE batch_id <= \(acknowledgedFinals)")
            }
            try pass(.checkpointWritten)
            try database.execute("COMMIT")
        } catch {
            // Whatever state the transaction is in, this connection is done with it.
            _ = try? database.execute("ROLLBACK")
            if let failure = error as? SQLiteError { throw CheckpointError.database(failure) }
            throw error
        }
    }

    /// Rows of the dead-letter log.
    var deadLetterCount: Int64 { statements.deadLetterCount }

    /// Bytes of the database and its write-ahead log.
    func sizeBytes() -> Int64 {
        ["", "-wal"].reduce(0) { sum, suffix in
            var status = stat()
            let path = folder + "/" + Self.fileName + suffix
            return sum + (stat(path, &status) == 0 ? Int64(status.st_size) : 0)
        }
    }

    func query<Value>(
        _ body: () throws(SQLiteError) -> Value
    ) throws(CheckpointError) -> Value {
        do { return try body() } catch { throw .database(error) }
    }
}
