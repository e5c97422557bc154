internal import SQLite

/// Reads the tables of the dashboard's store back into run states.
struct StoreReader {
    let database: Database

    /// All runs.
    func runs() throws -> [String: RunState] {
        var runs: [String: RunState] = [:]
        try rows("SELECT * FROM runs") { row in
            var run = RunState()
            run.counters = RunCounters(
                stale: row.integer(1), fenced: row.integer(2), conflicts: row.integer(3),
                finalsDropped: row.integer(4), acceptancesDropped: row.integer(5),
                updatedNs: row.integer(6))
            runs[row.text(0)] = run
        }
        try rows("SELECT run_id, query, body FROM snapshots") { row in
            guard let query = QueryName(rawValue: row.text(1)) else {
                throw DashboardError.storage("snapshots: no query \"\(row.text(1))\"")
            }
            let message = try parse(row.bytes(2), query)
            guard case .complete(let parts) = message.content else { return }
            runs[row.text(0)]?.snapshots[query] = StoredSnapshot(
                version: message.envelope.version, watermark: message.envelope.watermark,
                positions: message.envelope.positions, body: message.body, parts: parts)
        }
        try rows("SELECT run_id, kind, epoch, batch_id, watermark, positions FROM marks") { row in
            let positions = try JSONParser.parse(row.text(5)).elements ?? []
            let mark = WindowMark(
                version: Version(epoch: row.integer(2), batchID: row.integer(3)),
                watermark: row.optionalText(4), positions: positions.compactMap(\.integer))
            if row.text(1) == "open" {
                runs[row.text(0)]?.openMark = mark
            } else {
                runs[row.text(0)]?.finalMark = mark
            }
        }
        try rows("SELECT run_id, batch_id, row FROM windows") { row in
            let window = MessageParser.windowRow(try JSONParser.parse(row.bytes(2)))
            if let batchID = row.optionalInteger(1) {
                runs[row.text(0)]?.finals[window.key] = FinalRow(row: window, batchID: batchID)
            } else {
                runs[row.text(0)]?.open[window.key] = window
            }
        }
        let acceptances = "SELECT run_id, query, mode, epoch, batch_id FROM acceptances ORDER BY 1"
        try rows(acceptances + ", sequence") { row in
            guard let query = QueryName(rawValue: row.text(1)),
                let mode = OutputMode(rawValue: row.text(2))
            else { throw DashboardError.storage("acceptances: no query \"\(row.text(1))\"") }
            let version = Version(epoch: row.integer(3), batchID: row.integer(4))
            runs[row.text(0)]?.acceptances.append(
                Acceptance(query: query, mode: mode, version: version))
        }
        return runs
    }

    private func rows(_ sql: String, _ body: (Statement) throws -> Void) throws {
        let statement = try database.prepare(sql)
        while try statement.step() { try body(statement) }
    }

    private func parse(_ body: [UInt8], _ query: QueryName) throws -> DashboardMessage {
        try MessageParser.parse(body, query: query)
    }
}
