import ASEEDSystem
import Glibc
import Testing

@Suite struct FileLogTests {
    @Test("R4: a new log has an identity that opening it again keeps")
    func identityIsKept() throws {
        let folder = try TemporaryFolder()
        let made = try FileLog.create(at: folder.file("log"), partitions: 3)
        let opened = try FileLog(opening: folder.file("log"))
        #expect(opened.identity == made.identity)
        #expect(made.identity.utf8.count == 32)
        #expect(try opened.partitionCount() == 3)
        #expect(!opened.isReadOnly)
        let other = try FileLog.create(at: folder.file("other"), partitions: 3)
        #expect(other.identity != made.identity)
    }

    @Test("a log is never created over another one")
    func doesNotCreateTwice() throws {
        let folder = try TemporaryFolder()
        _ = try FileLog.create(at: folder.path, partitions: 1)
        #expect(throws: LogError.self) { try FileLog.create(at: folder.path, partitions: 1) }
        let bare = try TemporaryFolder()
        try bare.write("{}\n", to: "partition-0.jsonl")
        #expect(throws: LogError.self) { try FileLog.create(at: bare.path, partitions: 1) }
    }

    @Test("a folder with nothing but partition files is a log that is only read")
    func bareFolderIsReadOnly() throws {
        let folder = try TemporaryFolder()
        try folder.write("one\ntwo\n", to: "partition-0.jsonl")
        try folder.write("", to: "partition-1.jsonl")
        let log = try FileLog(opening: folder.path)
        #expect(log.isReadOnly)
        #expect(log.identity.hasPrefix("files:"))
        #expect(log.identity == (try FileLog(opening: "\(folder.path)/.")).identity)
        #expect(try log.partitionCount() == 2)
        #expect(try log.endPosition(of: 0) == 8)
        #expect(try log.endPosition(of: 1) == 0)
        #expect(throws: LogError.readOnly(path: folder.path)) {
            try log.writer(of: 0, fsync: .never)
        }
    }

    @Test(
        "a folder that is no log says why",
        arguments: [
            ([:], "neither log.json nor partition-0.jsonl"),
            (["partition-1.jsonl": "x\n"], "partition-0.jsonl is missing"),
            (
                ["partition-0.jsonl": "x\n", "partition-2.jsonl": "x\n"],
                "partition-1.jsonl is missing"
            ),
            (["partition-00.jsonl": "x\n"], "no partition's name"),
            (["log.json": "{"], "log.json, line 1"),
            (["log.json": "{\"format\":\"other\"}"], "\"format\""),
            (["log.json": "{\"format\":\"aseed-file-log\",\"version\":2}"], "newer lab"),
            (
                ["log.json": "{\"format\":\"aseed-file-log\",\"version\":1,\"id\":\"x\"}"],
                "\"id\""
            ),
        ] as [([String: String], String)])
    func saysWhyItIsNoLog(_ files: [String: String], _ reason: String) throws {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        let error = #expect(throws: LogError.self) { try FileLog(opening: folder.path) }
        #expect(error.map { "\($0)".contains(reason) } == true, "\(String(describing: error))")
    }

    @Test("a missing folder is a system error with its path")
    func missingFolder() throws {
        let error = #expect(throws: LogError.self) { try FileLog(opening: "/nowhere/at-all") }
        #expect(error == .system(SystemError("open /nowhere/at-all", errno: ENOENT)))
    }

    @Test("R5: partitions that appear later are counted, in both kinds of log")
    func partitionsAppearLater() throws {
        let folder = try TemporaryFolder()
        try folder.write("one\n", to: "partition-0.jsonl")
        let bare = try FileLog(opening: folder.path)
        #expect(try bare.partitionCount() == 1)
        try folder.write("two\n", to: "partition-1.jsonl")
        #expect(try bare.partitionCount() == 2)

        let made = try TemporaryFolder()
        let log = try FileLog.create(at: made.path, partitions: 1)
        try FileLog(opening: made.path).addPartitions(upTo: 3)
        #expect(try log.partitionCount() == 3)
        #expect(try log.endPosition(of: 2) == 0)
        #expect(try FileLog(opening: made.path).identity == log.identity)
    }

    @Test("R2, R3: the end position is after the last line feed, however long the torn tail is")
    func tornTailIsNotCounted() throws {
        for tail in [0, 1, 511, 512, 513, 65_535, 65_536, 65_537, 200_000] {
            for whole in ["", "a\n", "first\nsecond\n"] {
                let folder = try TemporaryFolder()
                try folder.write(
                    whole + String(repeating: "t", count: tail), to: "partition-0.jsonl")
                let log = try FileLog(opening: folder.path)
                #expect(try log.endPosition(of: 0) == Int64(whole.utf8.count), "tail \(tail)")
            }
        }
    }

    @Test("a reader copies up to the end or as much as the buffer takes")
    func readsRanges() throws {
        let folder = try TemporaryFolder()
        try folder.write("one\ntwo\nthree\n", to: "partition-0.jsonl")
        let reader = try FileLog(opening: folder.path).reader(of: 0)
        func read(_ position: Int64, _ end: Int64, capacity: Int) throws -> String {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
            defer { buffer.deallocate() }
            let got = try reader.read(from: position, upTo: end, into: buffer)
            return String(decoding: buffer[..<got], as: UTF8.self)
        }
        #expect(try read(0, 14, capacity: 100) == "one\ntwo\nthree\n")
        #expect(try read(4, 8, capacity: 100) == "two\n")
        #expect(try read(4, 14, capacity: 3) == "two")
        #expect(try read(14, 14, capacity: 3) == "")
        #expect(throws: LogError.self) { try read(8, 4, capacity: 3) }
        #expect(throws: LogError.self) { try read(-1, 4, capacity: 3) }
    }

    @Test("a log that shrank under a reader is an error that names the position")
    func shrunkLog() throws {
        let folder = try TemporaryFolder()
        try folder.write("one\ntwo\n", to: "partition-0.jsonl")
        let reader = try FileLog(opening: folder.path).reader(of: 0)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 1)
        defer { buffer.deallocate() }
        #expect(truncate(folder.file("partition-0.jsonl"), 4) == 0)
        let error = #expect(throws: LogError.self) {
            try reader.read(from: 0, upTo: 8, into: buffer)
        }
        #expect(
            error
                == .outOfRange(
                    path: folder.file("partition-0.jsonl"), position: 8, start: 0, end: 4))
    }
}
