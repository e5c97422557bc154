import SQLite

/// C3 and C6: late floors, watermarks and late counts of the batch log.
struct BoundsCheck {
    let batches: [BatchLogRow]
    let reference: Reference
    let faults: FaultList

    /// C3: floors and watermarks by R34 or R35, and future bounds by R46.
    func checkBounds() throws {
        checkFutureBounds()
        if reference.run.idleTimeoutMs > 0 {
            try checkIdleBounds()
            return
        }
        let statement = try reference.database.prepare(
            "SELECT batch, late_floor, watermark FROM bounds", [:])
        var bounds: [Int64: (floor: Int64?, watermark: Int64?)] = [:]
        while try statement.step() {
            bounds[statement.integer(0)] = (
                statement.optionalInteger(1), statement.optionalInteger(2)
            )
        }
        for row in batches {
            guard let bound = bounds[row.batchID] else { continue }
            compare(row, "late floor", bound.floor, row.lateFloor)
            compare(row, "watermark", bound.watermark, row.watermark)
        }
    }

    private func checkFutureBounds() {
        var first: [Int64: Int64] = [:]
        for row in batches {
            if let limit = reference.run.futureBound, row.futureBound > limit {
                add(row, "future bound", "at most \(timeText(limit))", timeText(row.futureBound))
            }
            let bound = first[row.batchID] ?? row.futureBound
            first[row.batchID] = bound
            if row.futureBound != bound {
                add(row, "future bound", timeText(bound), timeText(row.futureBound))
            }
        }
    }

    /// With an idle timeout the log does not say which partitions were left out. The watermark must
    /// not fall, not be below what all partitions allow, and not be above what those partitions allow
    /// that did deliver something in the batch.
    private func checkIdleBounds() throws {
        var least: [Int64: (all: Int64?, delivering: Int64?)] = [:]
        var rows: [Int64: [(high: Int64?, delivered: Bool)]] = [:]
        let statement = try reference.database.prepare(ReferenceSQL.highs.text, [:])
        while try statement.step() {
            rows[statement.integer(0), default: []].append(
                (statement.optionalInteger(2), statement.integer(3) != 0))
        }
        let delay = reference.run.watermarkDelayMs * 1_000
        for (batch, partitions) in rows {
            let all = partitions.map { $0.high.map { $0 - delay } ?? .min }.min()
            let delivering = partitions.filter(\.delivered).map {
                $0.high.map { $0 - delay } ?? .min
            }
            .min()
            least[batch] = (all, delivering)
        }
        var before: Int64?
        for batch in reference.batchIDs {
            let here = batches.filter { $0.batchID == batch }
            let previous = before
            for row in here {
                compare(row, "late floor", previous, row.lateFloor)
                let watermark = row.watermark ?? .min
                let floor = previous ?? .min
                let lowest = max(floor, least[batch]?.all ?? .min)
                if watermark < lowest {
                    add(row, "watermark", "at least \(text(lowest))", text(row.watermark))
                }
                if let most = least[batch]?.delivering, watermark > max(floor, most) {
                    add(row, "watermark", "at most \(text(max(floor, most)))", text(row.watermark))
                }
            }
            before = here.first?.watermark ?? before
        }
    }

    /// C6: late pairs and late records of each batch (R38).
    func checkLate() throws {
        let expected = try reference.lateCounts()
        for batch in reference.batchIDs {
            let rows = batches.filter { $0.batchID == batch }
            let counts = expected[batch] ?? (0, 0)
            compareLate(batch, "late_pairs", counts.pairs, rows.reduce(0) { $0 + $1.latePairs })
            compareLate(
                batch, "late_records", counts.records, rows.reduce(0) { $0 + $1.lateRecords })
        }
    }

    private func compareLate(_ batch: Int64, _ field: String, _ expected: Int64, _ got: Int64) {
        guard expected != got else { return }
        faults.add(
            Difference(
                .late, got > expected ? .lateDroppedWrongly : .lateCountedWrongly, in: "batch log",
                key: "batch \(batch)", field: field, expected: "\(expected)", got: "\(got)",
                batchID: batch,
                story: got > expected
                    ? "the batch left out more than came too late"
                    : "the batch counted what came too late"))
    }

    private func compare(_ row: BatchLogRow, _ field: String, _ expected: Int64?, _ got: Int64?) {
        if expected != got { add(row, field, text(expected), text(got)) }
    }

    private func text(_ time: Int64?) -> String {
        guard let time, time != .min else { return "minus infinity" }
        return timeText(time)
    }

    private func add(_ row: BatchLogRow, _ field: String, _ expected: String, _ got: String) {
        let rule = reference.run.policy == .record ? "R34" : "R35"
        faults.add(
            Difference(
                .bounds, .wrongWatermark, in: "batch log",
                key: "batch \(row.batchID), partition \(row.partition)", field: field,
                expected: expected, got: got, batchID: row.batchID,
                story: "the batch recorded another \(field) than \(rule) gives"))
    }
}
