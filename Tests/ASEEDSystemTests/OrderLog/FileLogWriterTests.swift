import ASEEDSystem
import Glibc
import Testing

@Suite struct FileLogWriterTests {
    private func append(_ text: String, to writer: FileLogWriter) throws -> Int64 {
        try Array(text.utf8).withUnsafeBytes { try writer.append($0) }
    }

    @Test(
        "R2: an append returns the position of its first record", arguments: FileLog.Fsync.allCases)
    func appendsBlocks(_ fsync: FileLog.Fsync) throws {
        let folder = try TemporaryFolder()
        let log = try FileLog.create(at: folder.path, partitions: 1)
        let writer = try log.writer(of: 0, fsync: fsync)
        #expect(try append("one\n", to: writer) == 0)
        #expect(try append("two\nthree\n", to: writer) == 4)
        #expect(try append("", to: writer) == 14)
        #expect(writer.position == 14)
        #expect(try log.endPosition(of: 0) == 14)
        #expect(try folder.read("partition-0.jsonl") == Array("one\ntwo\nthree\n".utf8))
    }

    @Test("R2: the next writer cuts a torn tail before it appends")
    func cutsTornTail() throws {
        let folder = try TemporaryFolder()
        let log = try FileLog.create(at: folder.path, partitions: 1)
        try folder.write("one\ntwo\nthr", to: "partition-0.jsonl")
        let writer = try log.writer(of: 0, fsync: .never)
        #expect(writer.tornBytes == 3)
        #expect(try append("next\n", to: writer) == 8)
        #expect(try folder.read("partition-0.jsonl") == Array("one\ntwo\nnext\n".utf8))
    }

    @Test("one writer a partition: a second one is refused and told by whom")
    func refusesSecondWriter() throws {
        let folder = try TemporaryFolder()
        let log = try FileLog.create(at: folder.path, partitions: 2)
        let lock = folder.file("partition-0.lock")
        do {
            let first = try log.writer(of: 0, fsync: .never)
            #expect(throws: LogError.locked(path: lock, pid: getpid())) {
                try log.writer(of: 0, fsync: .never)
            }
            _ = try log.writer(of: 1, fsync: .never)
            _ = try append("one\n", to: first)
        }
        let next = try log.writer(of: 0, fsync: .never)
        #expect(try append("two\n", to: next) == 4)
    }

    @Test("the lock of a dead process is taken over, that of a living one is not")
    func lockOwners() throws {
        let folder = try TemporaryFolder()
        let log = try FileLog.create(at: folder.path, partitions: 1)
        let parent = getppid()
        let ticks = try startTicks(of: parent)
        // No such process; a living pid with another start time; garbage.
        for owner in ["2147483646 5\n", "\(parent) \(ticks + 1)\n", "what?\n"] {
            try folder.write(owner, to: "partition-0.lock")
            _ = try log.writer(of: 0, fsync: .never)
        }
        try folder.write("\(parent) \(ticks)\n", to: "partition-0.lock")
        #expect(throws: LogError.locked(path: folder.file("partition-0.lock"), pid: parent)) {
            try log.writer(of: 0, fsync: .never)
        }
    }

    private func startTicks(of pid: Int32) throws -> UInt64 {
        let stream = try #require(fopen("/proc/\(pid)/stat", "r"))
        defer { fclose(stream) }
        var text = [UInt8](repeating: 0, count: 1_024)
        let got = fread(&text, 1, text.count, stream)
        let whole = String(decoding: text[..<got], as: UTF8.self)
        let rest = whole[try #require(whole.lastIndex(of: ")"))...]
        return try #require(UInt64(rest.split(separator: " ")[20]))
    }

    @Test("an unknown outcome ends the writer")
    func unknownOutcome() throws {
        let folder = try TemporaryFolder()
        let log = try FileLog.create(at: folder.path, partitions: 1)
        // A device that is always full and can't be cut.
        #expect(unlink(folder.file("partition-0.jsonl")) == 0)
        #expect(symlink("/dev/full", folder.file("partition-0.jsonl")) == 0)
        let writer = try log.writer(of: 0, fsync: .never)
        let path = folder.file("partition-0.jsonl")
        #expect(
            throws: LogError.unknownOutcome(
                path: path, reason: SystemError("write \(path)", errno: ENOSPC))
        ) { try append("one\n", to: writer) }
        #expect(throws: LogError.self) { try append("two\n", to: writer) }
    }

    @Test("R2 property: random blocks, crashes and reads give back exactly the whole lines")
    func randomBlocks() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            var random = RandomStream(seed: seed, name: "file-log-property")
            let folder = try TemporaryFolder()
            let log = try FileLog.create(at: folder.path, partitions: 1)
            let reader = try log.reader(of: 0)
            var expected: [UInt8] = []
            for _ in 0..<30 {
                let writer = try log.writer(of: 0, fsync: .never)
                let lines = (0..<random.below(20)).map { _ in
                    String(repeating: "x", count: Int(random.below(300))) + "\n"
                }
                let block = Array(lines.joined().utf8)
                let position = try block.withUnsafeBytes { try writer.append($0) }
                #expect(position == Int64(expected.count), "seed \(seed)")
                expected += block
                if random.below(3) == 0 {
                    // A crash of some other writer in the middle of a line.
                    let torn = String(repeating: "t", count: Int(random.below(1_000)))
                    try folder.write(torn, to: "partition-0.jsonl", append: true)
                }
                #expect(try log.endPosition(of: 0) == Int64(expected.count), "seed \(seed)")
            }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 777, alignment: 1)
            defer { buffer.deallocate() }
            var read: [UInt8] = []
            while read.count < expected.count {
                let got = try reader.read(
                    from: Int64(read.count), upTo: Int64(expected.count), into: buffer)
                read += buffer[..<got]
            }
            #expect(read == expected, "seed \(seed)")
        }
    }
}
