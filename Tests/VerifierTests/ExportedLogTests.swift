import Foundation
import Testing

@testable import Verifier

/// Logs whose positions are no byte offsets.
@Suite struct ExportedLogTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "exported-log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do {
                try FileManager.default.removeItem(at: folder)
            } catch {
                Issue.record(error)
            }
        }
        try body(folder.path)
    }

    private func export(
        _ records: [(Int64, [UInt8])], bounds: Range<Int64>, partition: Int = 0, to folder: String
    ) throws {
        let writer = try ExportedLogWriter(folder: folder, partition: partition, bounds: bounds)
        for (position, bytes) in records {
            try bytes.withUnsafeBytes { try writer.append(position: position, $0) }
        }
        try writer.finish()
    }

    private func records(
        _ log: ExportedLog, _ range: Range<Int64>
    ) throws -> [(Int64, Int64, [UInt8], [UInt8])] {
        var records: [(Int64, Int64, [UInt8], [UInt8])] = []
        try log.forEachRecord(in: 0, range: range) { record in
            records.append(
                (record.position, record.nextPosition, Array(record.bytes), Array(record.covered)))
        }
        return records
    }

    @Test("gaps, empty records and line feeds in a record keep their positions and bytes")
    func readsWhatWasWritten() throws {
        let given: [(Int64, [UInt8])] = [
            (5, Array("ab".utf8)), (6, []), (9, Array("c\nd\n".utf8)), (10, Array("\n".utf8)),
            (11, Array("e".utf8)), (40, Array("f".utf8)),
        ]
        try withFolder { folder in
            try export(given, bounds: 5..<44, to: folder)
            let log = try ExportedLog(folder: folder)
            #expect(log.partitionCount == 1)
            #expect(try log.bounds(of: 0) == 5..<44)
            let all = try records(log, 0..<100)
            #expect(all.map(\.0) == given.map(\.0))
            #expect(all.map(\.1) == given.map { $0.0 + 1 })
            #expect(all.map(\.2) == given.map(\.1))
            #expect(all.map(\.3) == given.map { $0.1 + [0x0a] })
            for (index, one) in given.enumerated() {
                let found = try records(log, one.0..<one.0 + 1)
                #expect(found.map(\.0) == [one.0])
                #expect(found.map(\.2) == [one.1])
                #expect(try records(log, one.0..<44).count == given.count - index)
            }
            #expect(try records(log, 7..<9).isEmpty)
            #expect(try records(log, 12..<40).isEmpty)
            #expect(try records(log, 41..<44).isEmpty)
        }
    }

    @Test("any range of a random log is what a list of it gives", arguments: [1, 2, 3] as [UInt64])
    func readsAnyRange(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var given: [(Int64, [UInt8])] = []
        var position: Int64 = 0
        for _ in 0..<3_000 {
            position += random.chance(3) ? Int64(random.int(2...50)) : 1
            let text = String(repeating: "x", count: random.int(0...40))
            given.append((position, Array((random.chance(2) ? text + "\n" + text : text).utf8)))
        }
        try withFolder { folder in
            try export(given, bounds: 0..<position + 1, to: folder)
            let log = try ExportedLog(folder: folder)
            for _ in 0..<200 {
                let start = Int64(random.int(0...Int(position)))
                let end = start + Int64(random.int(0...(random.chance(50) ? 3 : 4_000)))
                let expected = given.filter { $0.0 >= start && $0.0 < end }
                let found = try records(log, start..<end)
                #expect(found.map(\.0) == expected.map(\.0), "seed \(seed), \(start)..<\(end)")
                #expect(found.map(\.2) == expected.map(\.1), "seed \(seed), \(start)..<\(end)")
            }
        }
    }

    @Test("positions that do not rise are refused where they are written")
    func refusesFallingPositions() throws {
        try withFolder { folder in
            let records: [(Int64, [UInt8])] = [(3, [0x61]), (3, [0x62])]
            #expect(throws: VerifierError.self) { try export(records, bounds: 0..<9, to: folder) }
            #expect(throws: VerifierError.self) {
                try export([(9, [0x61])], bounds: 0..<9, to: folder)
            }
        }
    }

    @Test("a cut file and strange positions are named")
    func refusesDamage() throws {
        try withFolder { folder in
            try export([(0, Array("abc".utf8)), (1, Array("d".utf8))], bounds: 0..<2, to: folder)
            try Data("abc\n".utf8).write(to: URL(filePath: "\(folder)/partition-0.jsonl"))
            let log = try ExportedLog(folder: folder)
            let cut = #expect(throws: VerifierError.self) { _ = try records(log, 0..<2) }
            #expect(cut?.description.contains("partition-0.jsonl") == true)
            for text in ["", "0\n", "2 1\n", "0 9\n3 1 1 0\n2 1 1 4\n", "0 9\n0 1 x 0\n"] {
                try Data(text.utf8).write(to: URL(filePath: "\(folder)/partition-0.offsets"))
                #expect(throws: VerifierError.self, "\(text)") { try ExportedLog(folder: folder) }
            }
        }
    }

    @Test(
        "a right run over positions with gaps passes every check, a wrong one does not",
        arguments: [nil, .skipsAnOrder, .gapBetweenBatches, .wrongChecksum] as [Mutation?])
    func judgesRunsByPositionsWithGaps(_ mutation: Mutation?) throws {
        let scenario = Scenario(seed: 7, run: RunDescription(), mutation: mutation)
        try withFolder { folder in
            let log = scenario.log.log
            for partition in 0..<log.partitionCount {
                var records: [(Int64, [UInt8])] = []
                try log.forEachRecord(in: partition, range: log.bounds(of: partition)) {
                    records.append(($0.position, Array($0.bytes)))
                }
                // The positions of a file are here what offsets with gaps are on Kafka.
                try export(
                    records, bounds: log.bounds(of: partition), partition: partition, to: folder)
            }
            var evidence = scenario.evidence
            evidence.log = try ExportedLog(folder: folder)
            let report = try Verifier.verify(evidence)
            let plain = try scenario.verify()
            #expect((report.verdict == .passed) == (mutation == nil))
            #expect(report.differences.map(\.story) == plain.differences.map(\.story))
            #expect(report.differenceCount == plain.differenceCount)
        }
    }
}
