import Foundation
import Testing

@testable import Verifier

@Suite struct FolderLogTests {
    private func withFolder(_ files: [String: [UInt8]], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "folder-log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do {
                try FileManager.default.removeItem(at: folder)
            } catch {
                Issue.record(error)
            }
        }
        for (name, bytes) in files { try Data(bytes).write(to: folder.appending(path: name)) }
        try body(folder.path)
    }

    private func records(
        _ log: FolderLog, _ partition: Int, _ range: Range<Int64>
    ) throws -> [(Int64, Int64, [UInt8], [UInt8])] {
        var records: [(Int64, Int64, [UInt8], [UInt8])] = []
        try log.forEachRecord(in: partition, range: range) { record in
            records.append(
                (record.position, record.nextPosition, Array(record.bytes), Array(record.covered)))
        }
        return records
    }

    @Test("records are lines, positions byte offsets, a torn tail is no record (R2, R3)")
    func readsLines() throws {
        try withFolder([
            "partition-0.jsonl": Array("ab\n\ncd\ntorn".utf8), "partition-1.jsonl": [],
            "partition-3.jsonl": [],
        ]) { folder in
            let log = try FolderLog(folder: folder)
            #expect(log.partitionCount == 2)
            #expect(try log.bounds(of: 0) == 0..<7)
            #expect(try log.bounds(of: 1) == 0..<0)
            let all = try records(log, 0, 0..<7)
            #expect(all.map(\.0) == [0, 3, 4])
            #expect(all.map(\.1) == [3, 4, 7])
            #expect(all.map(\.2) == [Array("ab".utf8), [], Array("cd".utf8)])
            #expect(all.map(\.3) == [Array("ab\n".utf8), [0x0a], Array("cd\n".utf8)])
            #expect(try records(log, 0, 1..<4).map(\.0) == [3])
            #expect(try records(log, 0, 3..<4).map(\.0) == [3])
            #expect(try records(log, 0, 5..<7).isEmpty)
            #expect(try records(log, 1, 0..<100).isEmpty)
        }
    }

    @Test("lines longer than a block are whole")
    func readsLongLines() throws {
        let long = [UInt8](repeating: 0x61, count: 3_000_000)
        try withFolder(["partition-0.jsonl": long + [0x0a] + long + [0x0a, 0x62, 0x0a]]) { folder in
            let log = try FolderLog(folder: folder)
            let all = try records(log, 0, 0..<10_000_000)
            #expect(all.map(\.2.count) == [3_000_000, 3_000_000, 1])
            #expect(try records(log, 0, 1..<3_000_002).map(\.0) == [3_000_001])
            #expect(try log.bounds(of: 0) == 0..<6_000_004)
        }
    }

    @Test("a file without a whole line has no records")
    func readsTornFile() throws {
        try withFolder(["partition-0.jsonl": [UInt8](repeating: 0x61, count: 200_000)]) { folder in
            let log = try FolderLog(folder: folder)
            #expect(try log.bounds(of: 0) == 0..<0)
            #expect(try records(log, 0, 0..<1).isEmpty)
        }
    }

    @Test("a folder without partitions is refused, and named")
    func refusesOtherFolders() throws {
        try withFolder([:]) { folder in
            let error = #expect(throws: VerifierError.self) { try FolderLog(folder: folder) }
            #expect(error?.description.contains(folder) == true)
        }
    }
}
