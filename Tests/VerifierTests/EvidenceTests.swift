import Foundation
import SQLite
import Testing

@testable import Verifier

@Suite struct EvidenceTests {
    private func scenario(
        _ run: RunDescription = RunDescription(), mutation: Mutation? = nil
    ) -> Scenario {
        Scenario(seed: 11, run: run, partitions: 2, records: 200, batches: 4, mutation: mutation)
    }

    private func outcome(_ name: CheckName, _ report: VerificationReport) -> Check.Outcome? {
        report.checks.first { $0.name == name }?.outcome
    }

    @Test("what is missing is skipped with a reason, and the report is incomplete")
    func skipsWhatIsMissing() throws {
        let changes: [(change: (inout Evidence) -> Void, checks: [CheckName])] = [
            ({ $0.history = nil }, [.producer]), ({ $0.published = nil }, [.results, .order]),
            ({ $0.deadLetters = nil }, [.rejects]),
            (
                { $0.batches = nil },
                [.tiling, .sameBytes, .bounds, .results, .rejects, .late, .account]
            ),
        ]
        for (change, names) in changes {
            var evidence = scenario().evidence
            change(&evidence)
            let report = try Verifier.verify(evidence)
            #expect(report.verdict == .incomplete)
            let skipped = report.checks.filter {
                if case .skipped(let reason) = $0.outcome { !reason.isEmpty } else { false }
            }
            #expect(skipped.map(\.name) == names)
        }
    }

    @Test("checks that were not asked for are not in the report")
    func doesOnlyWhatIsAsked() throws {
        let report = try scenario().verify(VerifierOptions(checks: [.tiling, .order]))
        #expect(report.checks.map(\.name) == [.tiling, .order])
        #expect(report.verdict == .passed)
        let none = try scenario().verify(VerifierOptions(checks: []))
        #expect(none.verdict == .incomplete)
    }

    @Test("published results that can't be read are a fault, not an error")
    func judgesUnreadableResults() throws {
        var evidence = scenario().evidence
        evidence.published = Array("{\"queries\":".utf8)
        let report = try Verifier.verify(evidence)
        #expect(report.verdict == .wrong)
        #expect(report.firstDifference?.faultClass == .unreadablePublication)
        for text in ["{}", "{\"queries\":{},\"windows\":null}", "[]"] {
            evidence.published = Array(text.utf8)
            #expect(try Verifier.verify(evidence).verdict == .wrong)
        }
    }

    @Test("an undrained run may lack finals: it is incomplete, and a drained one wrong")
    func judgesUndrainedRuns() throws {
        var run = RunDescription(watermarkDelayMs: 60_000)
        #expect(try scenario(run, mutation: .missingFinal).verify().verdict == .wrong)
        run.drained = false
        let report = try scenario(run, mutation: .missingFinal).verify()
        #expect(report.verdict == .incomplete, "\(report.differences)")
    }

    @Test("records after the last batch are unaccounted in a drained run (C7)")
    func findsUnconsumedRecords() throws {
        var scenario = scenario()
        let more = try #require(scenario.log.partitions[0].first { $0.order == nil })
        scenario.log.partitions[0].append(more)
        let report = try scenario.verify()
        #expect(report.counts.unaccountedOrders == 1)
        #expect(outcome(.account, report) == .fail(faults: 1))
        scenario.run.drained = false
        #expect(outcome(.account, try scenario.verify()) == .pass)
    }

    @Test("dead letters over the limit are counted, not kept (R21, C5)")
    func acceptsDroppedLetters() throws {
        let run = RunDescription(deadLetterLimit: 3)
        var evidence = scenario(run).evidence
        let all = try #require(evidence.deadLetters)
        #expect(all.count > 4)
        #expect(outcome(.rejects, try Verifier.verify(evidence)) == .fail(faults: 1))
        evidence.deadLetters = Array(all.prefix(3))
        evidence.deadLettersDropped = Int64(all.count - 3)
        #expect(outcome(.rejects, try Verifier.verify(evidence)) == .pass)
        evidence.deadLettersDropped -= 1
        #expect(outcome(.rejects, try Verifier.verify(evidence)) == .fail(faults: 1))
    }

    @Test("a dead letter must hold the record's own bytes (R21, C5)")
    func comparesLetterBytes() throws {
        var evidence = scenario().evidence
        let index = try #require(evidence.deadLetters?.firstIndex { !$0.record.isEmpty })
        evidence.deadLetters?[index].record[0] ^= 1
        let report = try Verifier.verify(evidence)
        #expect(report.firstDifference?.check == .rejects)
        #expect(report.firstDifference?.field == "record")
    }

    @Test("a future bound above the run's is a fault (R46, C3)")
    func checksFutureBounds() throws {
        let run = RunDescription(futureBound: RandomLog.futureBound - 1)
        #expect(outcome(.bounds, try scenario(run).verify()) == .fail(faults: 8))
    }

    @Test("with an idle timeout a watermark may pass a silent partition, no other (R34, C3)")
    func judgesIdleWatermarks() throws {
        let lines = ["14:00", "14:30", "15:00"].map { time in
            Array(
                InvalidRecords.text(
                    id: time, replacing: "timestamp", with: "\"2024-01-15T\(time):00Z\""
                ).utf8)
        }
        let log = MemoryLog([[lines[0], lines[1]], [lines[2]]])
        let ends = [Int64(lines[0].count + 1), Int64(lines[0].count + lines[1].count + 2)]
        let whole = Int64(lines[2].count + 1)
        func time(_ text: String) -> Int64? {
            Array("2024-01-15T\(text):00Z".utf8).withUnsafeBytes(readEventTime)
        }
        func row(
            _ batch: Int64, _ partition: Int, _ range: Range<Int64>, _ floor: Int64?, _ mark: Int64?
        ) -> BatchLogRow {
            BatchLogRow(
                batchID: batch, partition: partition, start: range.lowerBound,
                end: range.upperBound, records: range.isEmpty ? 0 : 1, valid: range.isEmpty ? 0 : 1,
                rejected: 0, latePairs: 0, lateRecords: 0, crc32c: 0, futureBound: .max,
                lateFloor: floor, watermark: mark, epoch: 1)
        }
        func bounds(_ last: String, idle: Int64) throws -> Check.Outcome? {
            // Partition 1 is silent in the second batch.
            let run = RunDescription(watermarkDelayMs: 0, idleTimeoutMs: idle)
            let batches = [
                row(0, 0, 0..<ends[0], nil, time("14:00")),
                row(0, 1, 0..<whole, nil, time("14:00")),
                row(1, 0, ends[0]..<ends[1], time("14:00"), time(last)),
                row(1, 1, whole..<whole, time("14:00"), time(last)),
            ]
            return outcome(
                .bounds,
                try Verifier.verify(
                    Evidence(log: log, run: run, batches: batches),
                    options: VerifierOptions(checks: [.bounds])))
        }
        #expect(try bounds("14:30", idle: 0) == .pass)
        #expect(try bounds("14:30", idle: 1_000) == .pass)
        #expect(try bounds("14:20", idle: 1_000) == .fail(faults: 2))
        #expect(try bounds("14:31", idle: 1_000) == .fail(faults: 2))
    }

    @Test("the batch log and the dead letters are read from a checkpoint")
    func readsCheckpoints() throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "checkpoint-\(UUID().uuidString).sqlite").path
        defer {
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                Issue.record(error)
            }
        }
        let scenario = scenario()
        try write(scenario.engine, to: path)
        var evidence = scenario.evidence
        evidence.batches = nil
        evidence.deadLetters = nil
        try evidence.readCheckpoint(path: path)
        #expect(evidence.batches == scenario.engine.batches)
        #expect(evidence.deadLetters?.count == scenario.engine.deadLetters.count)
        #expect(evidence.deadLettersDropped == 0)
        #expect(try Verifier.verify(evidence).verdict == .passed)
    }

    private func write(_ engine: NaiveEngine, to path: String) throws {
        let database = try Database(path: path)
        try database.execute(
            """
            CREATE TABLE meta (key TEXT PRIMARY KEY, value);
            INSERT INTO meta VALUES ('dead_letters_dropped', 0);
            CREATE TABLE batches (batch_id INTEGER, partition INTEGER, start INTEGER, "end" INTEGER,
                records INTEGER, valid INTEGER, rejected INTEGER, late_pairs INTEGER,
                late_records INTEGER, crc32c INTEGER, future_bound INTEGER, late_floor INTEGER,
                watermark INTEGER, epoch INTEGER, PRIMARY KEY (batch_id, partition));
            CREATE TABLE dead_letters (partition INTEGER, position INTEGER, batch_id INTEGER,
                reason TEXT, byte_count INTEGER, record BLOB, PRIMARY KEY (partition, position));
            """)
        let batch = try database.prepare(
            "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for row in engine.batches {
            let values: [Int64?] = [
                row.batchID, Int64(row.partition), row.start, row.end, row.records, row.valid,
                row.rejected, row.latePairs, row.lateRecords, Int64(row.crc32c), row.futureBound,
                row.lateFloor, row.watermark, row.epoch,
            ]
            for (index, value) in values.enumerated() { batch.bind(value, at: Int32(index + 1)) }
            try batch.run()
        }
        let letter = try database.prepare("INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?, ?)")
        for row in engine.deadLetters {
            letter.bind(Int64(row.partition), at: 1)
            letter.bind(row.position, at: 2)
            letter.bind(row.batchID, at: 3)
            letter.bind(row.reason, at: 4)
            letter.bind(row.byteCount, at: 5)
            row.record.withUnsafeBytes { letter.bind(blob: $0, at: 6) }
            try letter.run()
        }
    }
}
